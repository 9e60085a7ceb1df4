//! Commands, the lines at the head of a cell that begin with a colon.

use crate::notebook::Notebook;

#[test]
fn an_overflow_panics_unless_cells_are_compiled_as_a_release_build() {
    let mut notebook = Notebook::open();
    let twice = "fn twice(n: u8) -> u8 { n * 2 }";
    notebook.ok(twice);
    notebook.ok("let large: u8 = 200;");
    notebook.fails("twice(large)", &["Panic", "attempt to multiply with overflow"]);
    notebook.fails(":opt 4", &["CommandError", "0 to 3"]);
    notebook.shows(":opt 3\nlarge.wrapping_add(1)", "optimization: 3\n= 201");
    notebook.shows("let sum = large + large;\nsum", "= 144");
    notebook.shows(":opt 2", "optimization: 2");
    notebook.fails("large + large", &["attempt to add with overflow"]);
}

#[test]
fn a_command_that_stands_alone_says_so() {
    let mut notebook = Notebook::open();
    notebook.fails(":time 1 + 1", &["CommandError", "`:time` takes no arguments, and was given `1 + 1`"]);
    notebook.shows(":time", "`:time` times the code on the lines below it, and there is none");
    assert!(notebook.ok(":time // at last\nlet x = 1;").contains("compiled in"));
    notebook.shows(":vars // all", "= x: i32");
}
