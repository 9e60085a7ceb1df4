//! Builds crates with the real cargo.

use dlnotes_eval::depend::{Watch, Places, Prepared, Toolchain};

struct Printed;

impl Watch for Printed {
    fn progress(&self, line: &str) {
        println!("{line}");
    }

    fn process(&self, _: Option<u32>) {}

    fn is_interrupted(&self) -> bool {
        false
    }
}

#[test]
fn prepared() {
    let toolchain = Toolchain::find().unwrap();
    let places = Places::find().unwrap();
    let prepared = Prepared::find_in(&toolchain, places, true).unwrap();
    let libraries = prepared.ensure(&toolchain, &Printed).unwrap();
    println!("{libraries:#?}");
}
