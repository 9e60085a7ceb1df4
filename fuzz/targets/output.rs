//! Whatever a cell prints. The first byte says where the rest is cut.
//!
//! Must hold: no panic; cutting the bytes anywhere changes nothing; text without anything special passes unchanged.
#![no_main]

use dlnotes_fuzz::output::{Seen, found};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&step, output)) = data.split_first() else { return };
    let whole = found([output]);
    assert_eq!(found(output.chunks(usize::from(step) + 1)), whole, "cut every {} bytes", usize::from(step) + 1);
    if !output.contains(&0x1b) && !output.windows(6).any(|window| window == b"EVCXR_") {
        let text = if output.is_empty() { vec![] } else { vec![Seen::Text(output.to_vec())] };
        assert_eq!(whole, text);
    }
});
