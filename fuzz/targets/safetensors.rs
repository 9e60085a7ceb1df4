//! Parameter files: as they are, and with the length of the header put right.
//!
//! Must hold: no panic; a file is taken whole or the model is untouched; what was saved is what is loaded.
#![no_main]

use dlnotes::prelude::*;
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

static PATH: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    folder.join(format!("dlnotes-fuzz-{}.safetensors", std::process::id()))
});

fuzz_target!(|data: &[u8]| {
    let header = data.iter().rposition(|b| *b == b'}').map_or(data.len(), |last| last + 1);
    check(data);
    check(&[&(header as u64).to_le_bytes(), data].concat());
});

fn check(file: &[u8]) {
    let net = sequential![Linear::new(2, 3)];
    let values = || net.parameters().iter().flat_map(|p| p.to_vec()).map(f32::to_bits).collect::<Vec<_>>();
    let before = values();
    std::fs::write(&*PATH, file).expect("a folder for temporary files");
    match load_parameters(&net, &*PATH) {
        Err(_) => assert_eq!(values(), before, "a file that was refused changed the model"),
        Ok(()) => {
            let loaded = values();
            save_parameters(&net, &*PATH).expect("a folder for temporary files");
            load_parameters(&net, &*PATH).expect("what was saved can be loaded");
            assert_eq!(values(), loaded);
        }
    }
}
