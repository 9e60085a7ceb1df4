//! Variables: how they are named, moved, lost and dropped.

use crate::notebook::Notebook;

#[test]
fn names_patterns_and_mutability_are_rusts() {
    let mut notebook = Notebook::open();
    notebook.ok("let r#type = 5; let 损失 = 0.5; let größe = 2.0; let _x = 1; let x = 1; let x = x + 1; let x = format!(\"{x}\");");
    notebook.shows("(r#type, 损失 * größe, _x, x.as_str())", "= (5, 1.0, 1, \"2\")");
    notebook.ok("let (a, (mut b, ..), [c, .., d]) = (1, (2, 3), [4, 5, 6]);\nlet whole @ (first, _) = (7, 8);\nlet Some(e) = Some(9) else { panic!() };");
    notebook.shows("b += 1; (a, b, c, d, whole, first, e)", "= (1, 3, 4, 6, (7, 8), 7, 9)");
    notebook
        .fails("a = 2;", &["E0384", "assign twice to immutable variable `a`", "cell [5], line 1", "let mut a = a;"]);
    notebook.shows("let mut a = a; a += 1; a", "= 2");
    notebook.shows("a += 1; a", "= 3");
    notebook.ok("let v; if a > 1 { v = 1; } else { v = 2; }\nlet w: Vec<i32>; w = vec![v];");
    notebook.shows("w", "= [1]");
    notebook.ok("let maybe: i32; if a > 100 { maybe = 1; println!(\"{maybe}\"); }");
    notebook.fails("maybe", &["E0425", "isn't given a value on every way"]);
    notebook.ok("use std::collections::HashMap;\nlet mut m = HashMap::new();\nfor w in \"a b a\".split_whitespace() { *m.entry(w).or_insert(0) += 1; }");
    notebook.shows("m[\"a\"]", "= 2");
}

#[test]
fn a_moved_value_is_gone_and_the_others_stay() {
    let mut notebook = Notebook::open();
    let define =
        "let s = String::from(\"s\"); let t = (String::from(\"a\"), String::from(\"b\")); let u = String::from(\"u\");";
    for (code, gone) in [
        ("drop(s);", "s"),
        ("let a = t.0;", "t"),
        ("let f = move || s.len();", "s"),
        ("for i in 0..1 { if i == 0 { drop(s); break; } }", "s"),
        ("if u.len() > 5 { drop(s); }", "s"),
        ("let s2 = s; let u2 = u;", "s"),
    ] {
        notebook.ok(define);
        notebook.ok(code);
        notebook.fails(gone, &["E0425", "moved there"]);
    }
    notebook.fails("let n = String::new(); let m = n; n", &["E0382"]);
    notebook.ok("let n = String::new(); let m = n;");
    notebook.fails("n", &["E0425", "moved there"]);
    notebook.ok("m");
}

#[test]
fn borrows_are_refused_with_the_way_out() {
    let mut notebook = Notebook::open();
    notebook.ok("let n = 5; let s = String::from(\"abc\"); let mut list = vec![1];");
    notebook.fails("let f = |x: i32| x + n;", &["`f` borrows from `n`", "write `move` in front"]);
    notebook.ok("let f = move |x: i32| x + n;");
    notebook.fails("let part = s.as_str();", &["`part` borrows from `s`"]);
    notebook.fails("let all = list.iter();", &["`all` borrows from `list`"]);
    notebook.fails("let one = &mut list;", &["`one` borrows from `list`"]);
    notebook.shows("{ let part = s.as_str(); part.len() + f(1) as usize }", "= 9");
}

#[test]
fn closures_keep_their_state_and_hold_others() {
    let mut notebook = Notebook::open();
    notebook.ok("let mut n = 0; let mut count = move || { n += 1; n };");
    notebook.shows("count()", "= 1");
    notebook.shows("count(); count()", "= 3");
    notebook.ok("let f = |x: i32| x + 1;");
    notebook.ok("let g = move |x: i32| f(x) * 2;");
    notebook.ok("let h = move |x: i32| g(f(x));");
    notebook.ok("let f = |x: i32| x + 1;");
    notebook.ok("let f = move |x: i32| h(x) + f(x);");
    notebook.shows("f(1)", "= 8");
    notebook.ok("let parsed = \"5\".parse::<i32>()?; let add = move |x: i32| x + parsed;");
    notebook.shows("add(1)", "= 6");
    notebook.ok("let make = |k: i32| move |x: i32| x * k; let by = make(3);");
    notebook.shows("by(2) + make(2)(2)", "= 10");
}

const COUNTED: &str = "#[derive(Debug)] struct D(&'static str);\nimpl Drop for D { fn drop(&mut self) { println!(\"drop {}\", self.0); } }";

#[test]
fn values_are_dropped_once_and_in_order() {
    let mut notebook = Notebook::open();
    notebook.ok(COUNTED);
    notebook.shows("let a = D(\"a\"); let b = D(\"b\");", "");
    notebook.shows("&a;", "");
    notebook.shows("let a = D(\"c\");", "drop a");
    notebook.shows("let a = D(\"d\"); let a = D(\"e\"); println!(\"end\");", "end\ndrop d\ndrop c");
    notebook.shows("drop(b);", "drop b");
    notebook.shows("{ let _x = D(\"x\"); let _y = D(\"y\"); }", "drop y\ndrop x");
    let text =
        notebook.fails("let a = D(\"f\"); let v = vec![D(\"g\"), D(\"h\")]; panic!(\"oh\");", &["Panic: oh", "`v`"]);
    assert!(text.starts_with("drop g\ndrop h\ndrop f\n"), "{text}");
    notebook.shows("a.0", "= \"e\"");
    notebook.fails("let late = D(\"i\"); \"x\".parse::<i32>()?;", &["drop i", "invalid digit"]);
    notebook.fails("late", &["E0425", "lost when that cell failed"]);
    notebook.fails("let moved = a; panic!();", &["drop e"]);
    notebook.fails("a", &["E0425"]);
    notebook.shows("let held = { let d = D(\"j\"); move || { let d = &d; d.0 } };", "");
    notebook.shows("let held = 1;", "drop j");
    notebook.ok("let a = D(\"k\");");
    let text = notebook.ok("struct D(i32);");
    assert!(text.contains("drop k") && text.contains("dropped, because this cell changes what D is: a"), "{text}");
}

#[test]
fn memory_stays_flat_over_many_definitions() {
    let mut notebook = Notebook::open();
    notebook.ok("fn resident() -> usize { std::fs::read_to_string(\"/proc/self/statm\").unwrap().split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4 }");
    let resident = |notebook: &mut Notebook| -> usize {
        notebook.ok("resident()").trim().trim_start_matches("= ").parse().unwrap()
    };
    notebook.ok("let v = vec![1u8; 1 << 20];");
    let before = resident(&mut notebook);
    for _ in 0..40 {
        notebook.ok("let v = vec![1u8; 1 << 20];");
    }
    let after = resident(&mut notebook);
    assert!(after < before + 8 * 1024, "{before} kB became {after} kB");
}

#[test]
fn a_borrow_that_the_cell_moves_away_needs_no_keeping() {
    let mut notebook = Notebook::open();
    notebook.shows("let v = vec![1, 2];\nlet it = v.iter();\nfor x in it { print!(\"{x} \") }", "1 2");
    notebook.shows("let words = String::from(\"a b\");\nlet parts = words.split(' ');\nparts.count()", "= 2");
    assert_eq!(notebook.variables(), "v: Vec<i32>, words: String");
    // What it borrowed from is there in the next cell, wherever it was defined.
    notebook.shows("let it = v.iter();\nlet sum: i32 = it.sum();\nsum", "= 3");
    assert_eq!(notebook.variables(), "sum: i32, v: Vec<i32>, words: String");
    // One that is there at the end is an error still.
    notebook.fails("let it = v.iter();\nlet other = v.iter();\nit.count()", &["E0597", "`other` borrows from `v`"]);
}
