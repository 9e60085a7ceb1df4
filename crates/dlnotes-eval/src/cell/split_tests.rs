//! Cells, and their parts.

use super::super::parse;
use super::*;

#[test]
fn a_value_is_an_expression_without_semicolon_at_the_end() {
    for (code, expect) in [
        ("1 + 1", Some("1 + 1")),
        ("let x = 1;\nx", Some("x")),
        ("let x = 1;", None),
        ("x;", None),
        ("fn f() -> i32 { 1 }", None),
        ("x // the end", Some("x")),
        ("vec![1, 2]", Some("vec![1, 2]")),
        ("if a { 1 } else { 2 }", Some("if a { 1 } else { 2 }")),
    ] {
        let value = parse(code).unwrap().value;
        assert_eq!(value.map(|range| &code[range]), expect, "{code}");
    }
}

#[test]
fn variables_are_those_of_the_cells_own_lets() {
    let code =
        "let (a, mut b) = f(); if x { let c = 1; } let P { d, .. } = p; let None = e else { return }; let a = 2;";
    let split = parse(code).unwrap();
    let found: Vec<(&str, bool)> = split.variables().iter().map(|n| (n.name.as_str(), n.mutable)).collect();
    assert_eq!(found, [("b", true), ("d", false), ("a", false)]);
}

#[test]
fn items_are_made_public_where_they_stand() {
    let code = "#[derive(Debug)]\nstruct P { x: f32, pub(crate) y: f32 }\nimpl P { const fn n(&self) {} }\n\
                async unsafe fn g() {}\nmacro_rules! m { () => {} }\nmod a { fn private() {} pub(crate) fn f() {} }\n\
                enum E { A(i32) }\nstruct T(f32);";
    let mut text = code.to_owned();
    for (range, with) in parse(code).unwrap().items.into_iter().flat_map(|item| item.edits).rev() {
        text.replace_range(range, with);
    }
    let expect = "#[derive(Debug)]\npub struct P { pub x: f32, pub y: f32 }\nimpl P { pub const fn n(&self) {} }\n\
                  pub async unsafe fn g() {}\n#[macro_export] macro_rules! m { () => {} }\n\
                  pub mod a { fn private() {} pub fn f() {} }\npub enum E { A(i32) }\npub struct T(pub f32);";
    assert_eq!(text, expect);
}

#[test]
fn macros_that_define_items_are_items() {
    let code = "macro_rules! point { ($n:ident) => { struct $n { x: f32 } } }\npoint!(P);\npoint! { Q }\n\
                thread_local! { static N: u8 = 1; }\nprintln!(\"a\");\nvec![1]";
    let split = parse(code).unwrap();
    let kinds = split.items.iter().filter(|item| item.kind == Kind::Expansion).count();
    assert_eq!((kinds, split.value.is_some()), (3, true));
}

#[test]
fn awaiting_is_seen_where_the_cell_itself_does_it() {
    for (code, expect) in [
        ("f().await", true),
        ("let x = f().await?;", true),
        ("println!(\"{}\", f().await);", true),
        ("let x = async { f().await };", false),
        ("async fn g() { f().await }", false),
        ("let c = async |x: i32| f(x).await;", false),
        ("tokio::spawn(f());", true),
    ] {
        assert_eq!(parse(code).unwrap().awaits, expect, "{code}");
    }
}
