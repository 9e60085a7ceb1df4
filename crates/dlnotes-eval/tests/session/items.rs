//! Items: what one cell defines, later cells use, extend and define again.

use crate::notebook::Notebook;

#[test]
fn functions_call_each_other_over_cells_and_reach_their_newest_selves() {
    let mut notebook = Notebook::open();
    notebook.ok("fn is_even(n: u32) -> bool { n == 0 || is_odd(n - 1) }\nfn is_odd(n: u32) -> bool { n != 0 && is_even(n - 1) }");
    notebook.shows("is_even(10)", "= true");
    notebook.ok("fn is_odd(n: u32) -> bool { println!(\"odd {n}\"); n != 0 && is_even(n - 1) }");
    notebook.shows("is_even(3)", "odd 2\nodd 0\n= false");
    notebook.ok(
        "const fn square(x: u32) -> u32 { x * x }\nconst N: usize = square(3) as usize;\nunsafe fn danger() -> i32 { 3 }\n\
         extern \"C\" fn ext(x: i32) -> i32 { x * 2 }\nfn text<T: std::fmt::Debug>(t: T) -> String { format!(\"{t:?}\") }\n\
         #[track_caller] fn line() -> u32 { std::panic::Location::caller().line() }\n/// Has attributes.\n#[must_use] \
         #[inline(never)] fn documented() -> i32 { 1 }\n#[test] fn tested() {}\n#[cfg(test)] mod tests { use super::*; }",
    );
    notebook.shows(
        "\n(square(2), [0; N].len(), unsafe { danger() }, ext(2), text(Some(1)), line())",
        "= (4, 9, 3, 4, \"Some(1)\", 2)",
    );
    notebook.shows("let a = later(3);\nfn later(x: i32) -> i32 { x + K }\nconst K: i32 = 4;\na", "= 7");
    assert!(notebook.ok("fn main() { println!(\"main\"); }").contains("nothing calls it"));
    notebook.shows("main()", "main");
}

#[test]
fn functions_of_c_are_items() {
    let mut notebook = Notebook::open();
    notebook.shows(
        "use std::ffi::c_int;\nunsafe extern \"C\" {\n    safe fn abs(n: c_int) -> c_int;\n    pub fn labs(n: i64) -> i64;\n    \
         static environ: *const *const i8;\n}\nfn both(n: i32) -> i64 { abs(n) as i64 + unsafe { labs(n as i64) } }\nabs(-1)",
        "= 1",
    );
    notebook.shows("(abs(-3), unsafe { labs(-4) }, both(-5), unsafe { environ.is_null() })", "= (3, 4, 10, false)");
    // Another block with one of them takes the place of the whole: what needs the rest is left out, and said to be.
    let told = notebook.ok("unsafe extern \"C\" { safe fn abs(n: i32) -> i32; }\nabs(-7)");
    assert!(told.contains("`both` of cell [1] no longer compiles") && told.contains("= 7"), "{told}");
}

#[test]
fn types_get_implementations_in_later_cells_and_living_values_have_them() {
    let mut notebook = Notebook::open();
    notebook.ok("struct P { x: i32 }");
    notebook.ok("impl P { fn new(x: i32) -> Self { P { x } } }");
    notebook.ok("let p = P::new(4); let boxed = vec![Some(Box::new(P::new(5)))]; let by = move |q: &P| q.x * 10;");
    notebook.ok("impl P { fn twice(&self) -> i32 { self.x * 2 } }");
    notebook.shows("(p.twice(), boxed[0].as_ref().unwrap().twice(), by(&p))", "= (8, 10, 40)");
    notebook.ok("impl std::fmt::Display for P { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"P{}\", self.x) } }");
    notebook.ok("impl std::ops::Add for P { type Output = P; fn add(self, o: P) -> P { P { x: self.x + o.x } } }");
    notebook.ok("impl std::ops::Deref for P { type Target = i32; fn deref(&self) -> &i32 { &self.x } }");
    notebook.ok("impl Iterator for P { type Item = i32; fn next(&mut self) -> Option<i32> { self.x -= 1; (self.x > 0).then_some(self.x) } }");
    notebook.shows("let q = p + P::new(1);\nformat!(\"{q} {} {}\", q.abs(), by(&q))", "= \"P5 5 50\"");
    notebook.shows("q.collect::<Vec<_>>()", "= [4, 3, 2, 1]");
    notebook.ok("struct G<T, const N: usize> { a: [T; N] }\nimpl<T: Copy + std::iter::Sum<T>, const N: usize> G<T, N> { fn sum(&self) -> T { self.a.iter().copied().sum() } }");
    notebook.ok("let g = G { a: [1, 2, 3] };");
    notebook.ok("impl<T, const N: usize> G<T, N> { fn len(&self) -> usize { N } }");
    notebook.shows("(g.sum(), g.len())", "= (6, 3)");
    notebook.ok("mod geo { pub struct Point { pub x: i32 } }");
    notebook.ok("let point = geo::Point { x: 1 };");
    notebook.ok("use geo::Point;");
    notebook.ok("impl Point { fn right(&self) -> i32 { self.x + 1 } }");
    notebook.shows("point.right()", "= 2");
}

#[test]
fn traits_are_implemented_for_all_sorts_of_types_in_later_cells() {
    let mut notebook = Notebook::open();
    notebook
        .ok("trait Double { fn double(&self) -> Self; }\nimpl Double for i32 { fn double(&self) -> i32 { self * 2 } }");
    notebook.ok("impl Double for String { fn double(&self) -> String { self.repeat(2) } }");
    notebook.ok("impl<T: Clone> Double for Vec<T> { fn double(&self) -> Vec<T> { [&self[..], &self[..]].concat() } }");
    notebook.shows("(4.double(), String::from(\"a\").double(), vec![1].double())", "= (8, \"aa\", [1, 1])");
    notebook.ok("trait Named { fn name(&self) -> String; }\nimpl<T: std::fmt::Debug> Named for T { fn name(&self) -> String { format!(\"<{self:?}>\") } }");
    notebook.ok("trait Both: Double + Named + Sized { const N: u32; type Unit: Default; fn both(&self) -> String { format!(\"{}{}\", self.double().name(), Self::N) } }");
    notebook.ok("impl Both for i32 { const N: u32 = 7; type Unit = u8; }");
    notebook.shows("5.both()", "= \"<10>7\"");
    notebook.ok("#[derive(Debug, Clone, Copy, PartialEq)] struct Meters(f64);");
    notebook.ok("let m = Meters(2.0);");
    notebook.ok("impl From<Meters> for f64 { fn from(m: Meters) -> f64 { m.0 } }");
    notebook.ok("impl std::ops::Mul<Meters> for f64 { type Output = Meters; fn mul(self, m: Meters) -> Meters { Meters(self * m.0) } }");
    notebook.shows("(f64::from(m), 2.0 * m)", "= (2.0, Meters(4.0))");
    notebook.ok("trait Speak { fn speak(&self) -> String; }\nstruct Dog;\nimpl Speak for Dog { fn speak(&self) -> String { \"woof\".into() } }");
    notebook.ok("let animals: Vec<Box<dyn Speak>> = vec![Box::new(Dog)];");
    notebook.ok("struct Cat;\nimpl Speak for Cat { fn speak(&self) -> String { \"meow\".into() } }");
    notebook.ok("impl dyn Speak { fn loud(&self) -> String { self.speak().to_uppercase() } }");
    notebook.shows("let mut animals = animals;\nanimals.push(Box::new(Cat));\nanimals.iter().map(|a| a.loud()).collect::<Vec<_>>()", "= [\"WOOF\", \"MEOW\"]");
}

#[test]
fn macros_use_and_define_items_and_can_be_defined_again() {
    let mut notebook = Notebook::open();
    notebook.ok("macro_rules! sum { () => { 0 }; ($a:expr $(, $r:expr)*) => { $a + sum!($($r),*) } }");
    notebook.shows("sum!(1, 2, 3)", "= 6");
    notebook.ok("fn base() -> i32 { 10 }\nmacro_rules! with_base { ($e:expr) => { base() + $e } }");
    notebook.ok("fn base() -> i32 { 20 }");
    notebook.shows("with_base!(1)", "= 21");
    notebook.ok("fn caller() -> i32 { with_base!(5) }");
    notebook.ok("macro_rules! with_base { ($e:expr) => { base() * $e } }");
    notebook.shows("(with_base!(2), caller())", "= (40, 100)");
    notebook.ok("macro_rules! getter { ($name:ident, $t:ty) => { #[derive(Debug)] struct $name { v: $t } impl $name { fn get(&self) -> &$t { &self.v } } } }");
    notebook.ok("getter!(Holder, i32);");
    notebook.ok("let h = Holder { v: 4 };");
    notebook.shows("(h.get(), h.v)", "= (4, 4)");
    notebook.ok("macro_rules! consts { ($($n:ident = $v:expr),*) => { $( const $n: i32 = $v; )* } }\nconsts!(ONE = 1, TWO = 2);");
    notebook.shows("ONE + TWO", "= 3");
    notebook.ok("thread_local! { static T: std::cell::Cell<i32> = const { std::cell::Cell::new(1) }; static U: std::cell::RefCell<Vec<i32>> = Default::default(); }");
    notebook.ok("T.set(5); U.with_borrow_mut(|u| u.push(1));");
    notebook.shows("(T.get(), U.with_borrow(|u| u.len()))", "= (5, 1)");
}

#[test]
fn modules_and_imports_mean_what_they_say() {
    let mut notebook = Notebook::open();
    notebook.ok(
        "mod geo { pub const PI: f64 = 3.0; pub mod circle { use super::PI; pub fn area(r: f64) -> f64 { PI * r * r } \
         pub(crate) fn near() -> i32 { 1 } pub(super) fn above() -> i32 { 2 } } pub fn sum() -> i32 { self::circle::above() } }",
    );
    notebook.shows("(geo::circle::area(1.0), geo::circle::near(), geo::sum())", "= (3.0, 1, 2)");
    notebook.fails("geo::circle::above()", &["E0603"]);
    notebook.ok("use geo::circle::{self, area as surface};");
    notebook.shows("(circle::area(1.0), surface(2.0))", "= (3.0, 12.0)");
    notebook.ok("fn base() -> i32 { 20 }\nmod outer { pub fn go() -> i32 { super::base() + crate::base() } }");
    notebook.ok("mod later { pub fn go() -> i32 { crate::outer::go() + crate::base() } }");
    notebook.shows("later::go() + crate::base()", "= 80");
    notebook
        .ok("enum Side { Left, Right }\nuse Side::*;\nfn which(s: &Side) -> i32 { match s { Left => 1, Right => 2 } }");
    notebook.shows("let s = Right;\n(which(&s), which(&Left))", "= (2, 1)");
    notebook.ok("use std::{collections::{BTreeMap, HashMap as Map, *}, io::{self, Write as _}};");
    notebook.shows("let m: Map<u8, u8> = Map::new();\nlet b: BTreeMap<u8, u8> = BTreeMap::new();\nlet h: HashSet<u8> = HashSet::new();\n\
         io::stdout().write_all(b\"w\\n\")?;\n(m.len(), b.len(), h.len())", "w\n= (0, 0, 0)");
    notebook.ok("extern crate std as mystd;");
    notebook.shows("mystd::mem::size_of::<u16>()", "= 2");
    notebook.ok("fn r#match(r#in: i32) -> i32 { r#in }\nmod r#type { pub fn go() -> i32 { 1 } }");
    notebook.shows("r#match(3) + r#type::go()", "= 4");
}

#[test]
fn a_later_import_changes_nothing_that_is_older() {
    let mut notebook = Notebook::open();
    notebook.ok("fn parse(s: &str) -> Result<i32, Box<dyn std::error::Error>> { Ok(s.parse()?) }\nstruct Keeps { r: Option<Result<i32, String>> }");
    notebook.ok("use std::fmt::Result;");
    notebook.shows("parse(\"5\").unwrap()", "= 5");
    notebook.ok("impl Keeps { fn new() -> Self { Keeps { r: None } } }");
    notebook.shows("Keeps::new().r.is_none()", "= true");
    notebook.ok("fn show(_: &mut std::fmt::Formatter) -> Result { Ok(()) }");
    notebook.shows("parse(\"7\")?", "= 7");
    notebook.ok("use std::rc::Weak;");
    notebook.ok("let w: Weak<i32> = Weak::new();");
    notebook.ok("use std::sync::Weak;");
    notebook.shows(
        "let v: Weak<i32> = Weak::new();\n(std::any::type_name_of_val(&w), std::any::type_name_of_val(&v))",
        "= (\"alloc::rc::Weak<i32>\", \"alloc::sync::Weak<i32>\")",
    );
    notebook.ok("mod geo { pub fn area() -> i32 { 1 } }\nuse geo::area;");
    notebook.shows("area()", "= 1");
    let text = notebook.ok("mod geo { pub fn other() -> i32 { 2 } }\nfn uses() -> i32 { geo::other() }");
    let text = text + &notebook.ok("uses()");
    assert!(text.contains("`use geo::area;` of cell [12] leads nowhere any more") && text.ends_with("= 2\n"), "{text}");
    notebook.shows("fn more() -> i32 { uses() + 1 }\nmore()", "= 3");
}

#[test]
fn statics_keep_their_value() {
    let mut notebook = Notebook::open();
    let counter = "use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};\nstatic HITS: AtomicUsize = AtomicUsize::new(0);\nfn hit() -> usize { HITS.fetch_add(1, SeqCst) + 1 }";
    notebook.ok(counter);
    notebook.ok("hit(); hit();");
    notebook.shows("hit()", "= 3");
    notebook.ok(counter);
    notebook.shows("hit()", "= 4");
    notebook.ok(&format!("{counter}\nfn unrelated() {{}}"));
    notebook.shows("hit()", "= 5");
    notebook.ok("fn hit() -> usize { HITS.fetch_add(10, SeqCst) + 10 }");
    notebook.shows("hit()", "= 15");
    notebook.ok("static mut RAW: i32 = 5;\nfn other() {}");
    notebook.ok("unsafe { RAW += 1 }");
    notebook.ok("static mut RAW: i32 = 5;\nfn other() { println!() }");
    notebook.shows("unsafe { RAW }", "= 6");
    notebook.ok("static CELL: std::sync::OnceLock<String> = std::sync::OnceLock::new();\nstatic LAZY: std::sync::LazyLock<u8> = std::sync::LazyLock::new(|| { println!(\"made\"); 2 });");
    notebook.shows("CELL.get_or_init(|| \"a\".into());\n*LAZY", "made\n= 2");
    notebook.shows("(CELL.get(), *LAZY)", "= (Some(\"a\"), 2)");
}

#[test]
fn a_cell_that_fails_changes_nothing() {
    let mut notebook = Notebook::open();
    notebook.ok("fn f() -> i32 { 1 }\nstruct P { x: i32 }\nuse std::collections::HashMap;\nlet v = P { x: f() };");
    let before = notebook.variables();
    notebook.fails("fn f() -> i32 { \"a\" }", &["E0308"]);
    notebook.fails("struct P { x: f32 }\nlet v = P { x: 1.0 };\nlet w = v + 1;", &["E0369"]);
    notebook.fails("use std::collections::BTreeMap as HashMap;\nlet v = 5; v.nothing()", &["E0599"]);
    notebook.fails("let v = ;", &["error"]);
    notebook.fails("let v = (1;", &["error"]);
    notebook.fails("struct P;\nlet v = P;\nlet y = v.x;", &["E0609"]);
    assert_eq!(notebook.variables(), before);
    notebook.shows("let m: HashMap<i32, i32> = HashMap::with_capacity(f() as usize);\nv.x + m.len() as i32", "= 1");
}

#[test]
fn cells_are_edited_and_run_in_any_order() {
    let mut notebook = Notebook::open();
    notebook.ok("struct N { a: i32 }\nfn make() -> N { N { a: 1 } }\nfn read(n: &N) -> i32 { n.a }");
    notebook.ok("let n = make();\nlet list = vec![make()];\nlet other = 5;");
    let text = notebook.ok("struct N { a: i32, b: i32 }");
    assert!(text.contains("dropped, because this cell changes what N is: list, n"), "{text}");
    assert!(text.contains("`make` of cell [1] no longer compiles"), "{text}");
    assert_eq!(notebook.variables(), "other: i32");
    notebook.fails("n.a", &["E0425", "its type `N` was changed there"]);
    notebook.fails("make()", &["E0425"]);
    notebook.shows("read(&N { a: 3, b: 4 })", "= 3");
    notebook.ok("fn make() -> N { N { a: 1, b: 2 } }");
    notebook.shows("make().b + other", "= 7");
}

#[test]
fn a_crate_is_the_newest_one_also_where_it_was_declared_before() {
    let mut notebook = Notebook::open();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "Cargo.toml",
        "[package]\nname = \"given\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[lib]\npath = \"lib.rs\"\n[workspace]\n",
    );
    write("lib.rs", "pub fn number() -> i32 { 1 }\n#[macro_export] macro_rules! seven { () => { 7 } }");
    let dep = format!(":dep given = {{ path = {:?} }}\n", folder.path());
    let first = format!("{dep}extern crate given;\nextern crate given as renamed;\ngiven::number()");
    assert!(notebook.ok(&first).ends_with("= 1\n"));
    notebook.shows("#[macro_use] extern crate given;\nfn f() -> i32 { seven!() }\nf() + seven!()", "= 14");
    notebook.shows("seven!()", "= 7");
    write("lib.rs", "pub fn number() -> i32 { 22 }");
    // A second later at least, or with another length: then cargo sees it.
    assert!(notebook.ok(&format!("{dep}extern crate given;\ngiven::number()")).ends_with("= 22\n"));
    notebook.shows("renamed::number()", "= 22");
    notebook.fails("extern crate absent;", &["E0463", "cell [6], line 1"]);
}

#[test]
fn commands_of_another_kernel_that_mean_nothing_here_stop_no_cell() {
    let mut notebook = Notebook::open();
    assert!(notebook.ok(":sccache 1\n:efmt {:?}\n1 + 1").ends_with("= 2\n"));
}

#[test]
fn an_error_that_borrows_leaves_the_cell() {
    let mut notebook = Notebook::open();
    notebook.ok("use std::sync::{Arc, Mutex};\nlet count = Arc::new(Mutex::new(5));");
    notebook.shows("*count.lock()?", "= 5");
    notebook.ok("let other = Arc::clone(&count); std::thread::spawn(move || { let _held = other.lock(); panic!() }).join().unwrap_err();");
    notebook.fails("*count.lock()?", &["poisoned lock"]);
    notebook.shows("Arc::strong_count(&count)", "= 1");
}
