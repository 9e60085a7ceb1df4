//! Questions about cells, answered from the sources of the helper crate.

mod crates;

use std::path::Path;
use std::sync::OnceLock;

use super::*;

/// An analyzer that knows the helper crate from its index alone.
fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dlnotes/src/lib.rs");
        Index::build(&[CrateSource { name: "dlnotes".to_owned(), root }])
    })
}

fn document(cell: &str) -> (Document, usize) {
    let at = cell.find('|').unwrap_or_else(|| panic!("{cell}: no cursor"));
    let cell = cell[..at].to_owned() + &cell[at + 1..];
    let document = Document { prelude: "use dlnotes::prelude::*;".to_owned(), cell, ..Document::default() };
    (document, at)
}

fn with(session: &Document, cell: &str) -> (Document, usize) {
    let (document, at) = document(cell);
    (Document { cell: document.cell, ..session.clone() }, at)
}

fn completed((document, at): &(Document, usize)) -> Completions {
    cursor::complete(document, *at, index())
}

/// The texts offered at the `|` of a cell.
fn texts(cell: &str) -> Vec<String> {
    texts_in(&document(cell))
}

fn texts_in(question: &(Document, usize)) -> Vec<String> {
    completed(question).items.into_iter().map(|item| item.text).collect()
}

/// The signature of what is offered first.
fn first(cell: &str) -> String {
    let found = completed(&document(cell));
    found.items.first().unwrap_or_else(|| panic!("{cell}: nothing")).signature.clone()
}

fn inspected(cell: &str) -> String {
    let (document, at) = document(cell);
    let bundle = cursor::inspect(&document, at, index());
    bundle.unwrap_or_else(|| panic!("{cell}: nothing")).text("text/plain").unwrap().to_owned()
}

fn session() -> Document {
    let variable = |name: &str, ty: &str| Variable { name: name.into(), type_name: ty.into(), mutable: false };
    Document {
        prelude: "use dlnotes::prelude::*;".to_owned(),
        uses: vec!["use std::collections::HashMap;".to_owned()],
        items: vec![
            "/// A point.\n#[derive(Clone)] struct Point { x: f32, y: f32 }".to_owned(),
            "impl Point { /// How far it is.\n fn norm(&self) -> f32 { self.x.hypot(self.y) } fn new(x: f32) -> Self { Point { x, y: 0.0 } } }".to_owned(),
            "fn double(x: &Tensor) -> Tensor { x * 2.0 }".to_owned(),
            "macro_rules! square { ($x:expr) => { $x * $x }; }".to_owned(),
        ],
        variables: vec![
            variable("x", "dlnotes::Tensor"),
            variable("net", "dlnotes::nn::Sequential"),
            variable("points", "std::vec::Vec<Point>"),
            variable("counts", "std::collections::HashMap<std::string::String, usize>"),
            variable("unknown", ""),
        ],
        ..Document::default()
    }
}

#[test]
fn methods_of_the_helper_crate() {
    assert_eq!(first("let x = Tensor::ones([2]); x.rel|"), "fn relu(&self) -> Self");
    assert!(first("Tensor::ar|").starts_with("fn arange("), "{}", first("Tensor::ar|"));
    assert!(first("Sgd::n|").starts_with("fn new(params: impl IntoGroups, lr: Real) -> Self"));
    assert_eq!(first("sigm|"), "fn sigmoid(x: &Tensor) -> Tensor");
    assert!(texts("plot(|").contains(&"sigmoid".to_owned()));
    assert!(texts("let net = sequential![Linear::new(2, 1)]; net.f|").contains(&"forward".to_owned()));
    assert!(texts("let o = Sgd::new(net.parameters(), 0.1).mo|").contains(&"momentum".to_owned()));
    assert!(texts("nn::i|").contains(&"init".to_owned()));
    assert!(texts("plot(&x, &y).xl|").contains(&"xlabel".to_owned()));
}

#[test]
fn what_macros_define_is_there() {
    assert_eq!(first("let x = Tensor::ones([2]); x.gt|"), "fn gt(&self, other: impl Operand) -> Self");
    assert!(texts("Sgd::new([&w], 0.1).weight|").contains(&"weight_decay".to_owned()));
    assert!(texts("plot(&x, &y).dis|").contains(&"display".to_owned()));
    assert!(texts("CrossEntropyLoss::n|").contains(&"none".to_owned()));
    assert!(texts("let mut a = Animator::new().xla|").contains(&"xlabel".to_owned()));
    assert!(texts("seque|").contains(&"sequential!".to_owned()));
    assert_eq!(first("let x = Tensor::ones([2]); x.leak|"), "fn leaky_relu(&self, slope: Real) -> Self");
    assert_eq!(first("softpl|"), "fn softplus(x: &Tensor) -> Tensor");
    assert!(first("LeakyRe|").starts_with("struct LeakyRelu"), "{}", first("LeakyRe|"));
    assert!(texts("Activation::|").contains(&"Gelu".to_owned()));
}

#[test]
fn types_follow_calls_fields_and_operators() {
    for cell in [
        "Tensor::ones([2]).relu().sum().rel|",
        "let y = 3.0 * &Tensor::ones([2]) - 1.0; y.rel|",
        "let (w, b) = (Tensor::zeros([1]), Tensor::ones([2])); b.rel|",
        "let net = Linear::new(2, 1); net.weight.rel|",
        "let x = Tensor::ones([2]).requires_grad(); x.grad().unwrap().rel|",
        "let x = Tensor::ones([2]); if let Some(g) = x.grad() { g.rel| }",
        "for p in vec![Tensor::ones([2])] { p.rel| }",
        "for (i, p) in vec![Tensor::ones([2])].iter().enumerate() { p.rel| }",
        "fn f(a: &Tensor) -> Tensor { a.rel| }",
        "let f = |a: &Tensor| a.rel|",
        "vec![Tensor::ones([2])].iter().map(|a| a.rel|)",
        "let v: Vec<Tensor> = Vec::new(); v[0].rel|",
        "let t = { let a = 1; Tensor::ones([a]) }; t.rel|",
        "struct M { w: Tensor } impl M { fn f(&self) { self.w.rel| } }",
        "let v: Vec<_> = (0..3).map(|i| i).collect(); let x = Tensor::ones([1]);\n\nprintln!(\"{}\", x.rel|",
        "match Some(Tensor::ones([1])) { Some(t) => t.rel|",
    ] {
        let cell = cell.replacen("rel|", "rel\u{1}", 1).replace('|', "\u{2}").replace('\u{1}', "|");
        let at = cell.find('|').unwrap();
        let text = (cell[..at].to_owned() + &cell[at + 1..]).replace('\u{2}', "|");
        let document = Document { prelude: "use dlnotes::prelude::*;".to_owned(), cell: text, ..Document::default() };
        assert!(texts_in(&(document, at)).contains(&"relu".to_owned()), "{cell}");
    }
}

#[test]
fn the_standard_library() {
    assert_eq!(first("let v = vec![1]; v.pu|"), "fn push(&mut self, value: T)");
    assert!(texts("let v = vec![1]; v.it|").contains(&"iter".to_owned()));
    assert!(texts("\"a b\".split_whitespace().fil|").contains(&"filter".to_owned()));
    assert!(texts("let s = String::from(\"a\"); s.tr|").contains(&"trim".to_owned()));
    assert!(texts("1.5_f32.sq|").contains(&"sqrt".to_owned()));
    assert!(texts("let x = 1.5; x.sq|").contains(&"sqrt".to_owned()));
    assert!(texts("f32::M|").contains(&"MAX".to_owned()));
    assert!(texts("std::f64::consts::P|").contains(&"PI".to_owned()));
    assert!(texts("use std::collections::{BTreeMap, Ha|").contains(&"HashMap".to_owned()));
    assert!(texts("use std::collections::HashMap; let mut m = HashMap::new(); m.ins|").contains(&"insert".to_owned()));
    assert!(texts("Some(1).un|").contains(&"unwrap_or".to_owned()));
    assert!(texts("\"1\".parse::<f64>().unwrap().sq|").contains(&"sqrt".to_owned()));
    assert!(texts("let t = std::time::Instant::now(); t.elapsed().as_m|").contains(&"as_millis".to_owned()));
    assert!(texts("printl|").contains(&"println!".to_owned()));
    assert!(texts("let n: usize = 3; n.saturating_s|").contains(&"saturating_sub".to_owned()));
}

#[test]
fn the_session_is_known() {
    let session = session();
    let texts = |cell: &str| texts_in(&with(&session, cell));
    assert!(texts("x.rel|").contains(&"relu".to_owned()));
    assert!(texts("dou|").contains(&"double".to_owned()));
    assert!(texts("double(&x).rel|").contains(&"relu".to_owned()));
    assert!(texts("squ|").contains(&"square!".to_owned()));
    assert!(texts("unkn|").contains(&"unknown".to_owned()));
    assert_eq!(texts("points[0].|")[..2], ["x", "y"]);
    assert!(texts("points[0].no|").contains(&"norm".to_owned()));
    assert!(texts("Point::n|").contains(&"new".to_owned()));
    assert_eq!(texts("let p = Point { |")[..2], ["x", "y"]);
    assert!(texts("for (word, n) in counts { n.po|").contains(&"pow".to_owned()));
    assert!(texts("counts.entry(k).or_|").contains(&"or_insert".to_owned()));
    assert!(texts("let p = Point::new(1.0); p.clo|").contains(&"clone".to_owned()));
    let found = completed(&with(&session, "x|"));
    assert_eq!((found.items[0].text.as_str(), found.items[0].signature.as_str()), ("x", "x: dlnotes::Tensor"));
}

#[test]
fn a_name_means_what_it_was_last() {
    let session = session();
    let texts = |cell: &str| texts_in(&with(&session, cell));
    assert!(texts("let x = vec![1]; x.pu|").contains(&"push".to_owned()));
    assert!(texts("{ let x = vec![1]; } x.rel|").contains(&"relu".to_owned()));
    assert!(!texts("{ let hidden = 1; } hid|").contains(&"hidden".to_owned()));
    let twice = Document { items: vec!["struct P { a: i32 }".into(), "struct P { b: i32 }".into()], ..session.clone() };
    assert_eq!(texts_in(&with(&twice, "fn f(p: P) { p.| }"))[..1], ["b"]);
    // The user's own function hides the prelude's.
    let own = Document { items: vec!["fn relu(a: f32) -> f32 { a }".into()], ..session.clone() };
    assert_eq!(completed(&with(&own, "relu|")).items[0].signature, "fn relu(a: f32) -> f32");
}

#[test]
fn places_are_bytes_of_the_cell_and_nothing_is_offered_in_texts() {
    let found = completed(&document("let 损失 = Tensor::ones([1]); // 损\n损失.rel|"));
    assert_eq!(found.items[0].text, "relu");
    assert_eq!(found.end - found.start, 3);
    assert!(texts("let 损失 = 1; 损|").contains(&"损失".to_owned()));
    for cell in [
        "\"x.rel|\"",
        "// x.rel|",
        "/* Ten| */",
        "let s = \"Ten|",
        "let Ten|",
        "1.|",
        "12|",
        "'a|",
        "fn rel|",
        "r#\"Ten|\"#",
        "let mut v|",
    ] {
        assert!(texts(cell).is_empty(), "{cell}: {:?}", texts(cell));
    }
}

#[test]
fn inspection_tells_signature_and_documentation() {
    assert!(inspected("re|lu(&x)").starts_with("fn relu(x: &Tensor) -> Tensor\n\nReLU(x)"));
    assert!(inspected("plot(|").starts_with("fn plot(x: impl Values, y: impl Values) -> Figure\n\nA line through"));
    assert!(inspected("plot(&x, &re|lu(&x))").starts_with("fn relu"));
    assert!(inspected("let x = Tensor::ones([2]); x.relu|()").starts_with("fn relu(&self) -> Self\n\nReLU(x)"));
    assert!(inspected("Tensor::aran|ge(0., 1., 0.1)").starts_with("fn arange("));
    assert!(inspected("let 损失 = Tensor::ones([2]); 损|失").starts_with("let 损失: Tensor\n\nAn n-dimensional"));
    assert!(inspected("let net = Linear::new(2, 1); net.forw|ard(&x)").contains("fn forward(&self"));
    assert!(inspected("sequential|![Relu]").contains("model from its layers"));
    assert!(inspected("vec|![1]").contains("`Vec`") || inspected("vec|![1]").contains("Vec of the elements"));
    let session = session();
    let inspect = |cell: &str| {
        let (document, at) = with(&session, cell);
        cursor::inspect(&document, at, index()).and_then(|bundle| bundle.text("text/plain").map(str::to_owned))
    };
    assert_eq!(inspect("points[0].nor|m()").unwrap(), "fn norm(&self) -> f32\n\nHow far it is.");
    assert_eq!(inspect("Poin|t").unwrap(), "struct Point { x: f32, y: f32 }\n\nA point.");
    assert_eq!(
        inspect("cou|nts").unwrap().lines().next(),
        Some("let counts: std::collections::HashMap<std::string::String, usize>")
    );
    assert_eq!(inspect("\"re|lu\""), None);
    assert_eq!(inspect("nothing_like|_it"), None);
}

#[test]
fn an_index_survives_its_file_and_answers_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("index.json");
    index().save(&file).unwrap();
    let loaded = Index::load(&file).unwrap();
    let (document, at) = document("let x = Tensor::ones([2]); x.rel|");
    assert_eq!(cursor::complete(&document, at, &loaded), cursor::complete(&document, at, index()));
    std::fs::write(&file, "{}").unwrap();
    assert!(Index::load(&file).is_err());
}
