//! No value is ever taken for one of another type.

use crate::notebook::Notebook;

#[test]
fn values_of_a_changed_type_are_dropped_by_name() {
    let mut notebook = Notebook::open();
    // Every shape in which a type can be part of another one's name.
    let define = "struct P { a: i32 }\nstruct W<T>(T);\nenum E { One(P) }\nstruct Outer { e: E }\ntype Alias = Option<P>;\n\
                  trait Tr { fn go(&self) -> i32; }\nimpl Tr for P { fn go(&self) -> i32 { self.a } }";
    for (changed, text) in [
        ("struct P { a: f32 }", "changes what E, Outer, P is: alias, array, boxed, e, map, nested, outer, p, pointer"),
        ("struct P { a: u32 }", "changes what E, Outer, P is: alias"),
    ] {
        notebook.ok(define);
        notebook.ok("let p = P { a: 1 }; let e = E::One(P { a: 2 }); let outer = Outer { e: E::One(P { a: 3 }) };\n\
             let alias: Alias = None; let array = [P { a: 4 }]; let boxed = Box::new(P { a: 5 });\n\
             let map = std::collections::HashMap::from([(1, P { a: 6 })]); let nested = W(vec![W((1, P { a: 7 }))]);\n\
             let pointer: fn(P) -> i32 = |p| p.a; let free = 1;");
        let said = notebook.ok(changed);
        assert!(said.contains(text), "{said}");
        assert_eq!(notebook.variables(), "free: i32");
        notebook.fails("p.a", &["E0425", "its type `P` was changed there"]);
    }
}

#[test]
fn what_a_type_is_may_depend_on_more_than_its_text() {
    let mut notebook = Notebook::open();
    notebook.ok("const N: usize = 2;\nconst M: usize = N * 2;\nstruct A { a: [u8; M] }\nlet a = A { a: [1; 4] };");
    assert!(notebook.ok("const N: usize = 3;").contains("A is: a"));
    notebook.ok("const fn n() -> isize { 1 }\nconst fn m() -> isize { n() + 1 }\n#[derive(Debug)] enum E { X = m(), Y = 7 }\nlet e = E::X;");
    assert!(notebook.ok("const fn n() -> isize { 4 }").contains(": e"));
    notebook.ok("trait Has { type T; }\nstruct Key;\nimpl Has for Key { type T = i32; }\nstruct Of { t: <Key as Has>::T }\nlet of = Of { t: 1 };");
    assert!(notebook.ok("impl Has for Key { type T = f32; }").contains(": of"));
    notebook.ok("mod geo { pub struct Point { pub x: i32 } }\nlet point = geo::Point { x: 1 };");
    assert!(notebook.ok("mod geo { pub struct Point { pub x: f32 } }").contains("geo is: point"));
    notebook.ok("macro_rules! field { () => { i32 } }\nstruct Mac { x: field!() }\nlet mac = Mac { x: 1 };");
    assert!(notebook.ok("macro_rules! field { () => { f32 } }").contains(": mac"));
}

#[test]
fn closures_go_on_with_what_they_were_made_of() {
    let mut notebook = Notebook::open();
    notebook.ok("struct P { a: i32 }\nfn make() -> P { P { a: 7 } }\nfn add(x: i32) -> i32 { x + 1 }");
    notebook.ok("let held = { let p = make(); move || p.a }; let calls = |x: i32| add(x); let it = (0..3).map(|x| add(x)); let named = (0..3).map(add);");
    let said = notebook.ok("struct P { a: f32 }\nfn make() -> P { P { a: 0.5 } }\nfn add(x: i32) -> i32 { x + 100 }");
    assert_eq!(said, "dropped, because this cell changes what add is: named\n");
    notebook.shows("(held(), calls(1), it.clone().sum::<i32>())", "= (7, 2, 6)");
    notebook.shows("(held(), calls(1), it.sum::<i32>())", "= (7, 2, 6)");
    // The same text twice: two types.
    notebook.ok("let one = { let s = String::from(\"one\"); move || s.clone() };");
    notebook.ok("let two = { let s = String::from(\"two\"); move || s.clone() };");
    notebook.shows("(one(), two())", "= (\"one\", \"two\")");
    // Of a variable that is another one by now.
    notebook.ok("let k = 5i32; let by = move |x: i32| x * k;");
    notebook.ok("let k = String::from(\"k\");");
    notebook.shows("(by(2), k.as_str())", "= (10, \"k\")");
}

#[test]
fn values_live_on_when_their_type_gets_a_method() {
    let mut notebook = Notebook::open();
    notebook.ok("#[derive(Clone, Debug, PartialEq)] struct P { a: i32, b: String }\ntrait Tr { fn go(&self) -> i32; fn name(&self) -> String { String::from(\"default\") } }\nimpl Tr for P { fn go(&self) -> i32 { self.a } }");
    notebook.ok(
        "use std::collections::HashMap; use std::rc::Rc; use std::cell::RefCell;\nlet make = |a| P { a, b: format!(\"b{a}\") };\n\
         let list = vec![make(1), make(2)]; let map = HashMap::from([(3, make(3))]); let shared = Rc::new(RefCell::new(make(4)));\n\
         let dynamic: Box<dyn Tr> = Box::new(make(5)); let held = { let p = make(6); move || p.clone() };\n\
         let (tx, rx) = std::sync::mpsc::channel(); tx.send(make(7))?; let thread = std::thread::spawn(|| P { a: 8, b: String::new() });",
    );
    notebook.ok("impl P { fn sum(&self) -> i32 { self.a * 10 } }");
    notebook.ok("impl P { fn more(&self) -> i32 { self.sum() + 1 } }");
    notebook.shows(
        "let sum: i32 = list.iter().map(|p| p.more()).sum();\n\
         (sum, map[&3].more(), shared.borrow().more(), dynamic.go(), dynamic.name(), held().more(), rx.recv()?.more(), thread.join().unwrap().more())",
        "= (32, 31, 41, 5, \"default\", 61, 71, 81)",
    );
    notebook.shows("list[1] == make(2)", "= true");
    let said = notebook.ok("trait Tr { fn other(&self) -> f64; fn go(&self) -> i32; }\nimpl Tr for P { fn other(&self) -> f64 { 0.5 } fn go(&self) -> i32 { 1 } }");
    assert!(said.contains("Tr is: dynamic"), "{said}");
}
