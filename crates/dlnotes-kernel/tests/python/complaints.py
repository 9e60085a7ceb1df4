"""What users of Rust notebooks complain of in public, cell by cell: what was wrong elsewhere is right here."""
import tempfile
import time
import unittest

from cells import crate
from session import TIMEOUT, Checks, setUpSession, tearDownSession


class Complaints(Checks, unittest.TestCase):
    setUp, tearDown = setUpSession, tearDownSession

    def ok(self, code):
        result = self.session.run(code)
        self.assertEqual(result.status, "ok", f"{code}\n{result.traceback}")
        return result

    def shows(self, code, value):
        self.assertEqual(self.ok(code).value(), value, code)

    def test_the_commonest_result_is_kept_in_a_variable(self):
        self.ok("fn parse(s: &str) -> Result<i32, Box<dyn std::error::Error>> { Ok(s.parse()?) }\n"
                'let p = parse("5");\nlet bad = parse("five");')
        self.ok("trait Speak { fn speak(&self) -> String; }\nstruct Dog;\n"
                'impl Speak for Dog { fn speak(&self) -> String { "woof".into() } }\n'
                "let all: Vec<Box<dyn Speak + Send>> = vec![Box::new(Dog)];\n"
                "let shared: std::sync::Arc<dyn std::any::Any + Send + Sync> = std::sync::Arc::new(7_i32);")
        self.shows("(p.unwrap(), bad.is_err(), all[0].speak(), shared.downcast_ref::<i32>().copied())",
                   '(5, true, "woof", Some(7))')

    def test_there_is_one_static_for_the_session(self):
        self.ok("use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};\nstatic HITS: AtomicUsize = AtomicUsize::new(0);\n"
                "fn hit() -> usize { HITS.fetch_add(1, SeqCst) + 1 }")
        for count in "123":
            self.shows("hit()", count)

    def test_a_function_that_wants_a_variable_is_told_to_take_it(self):
        self.ok("let n = 1;")
        self.failed(self.session.run("fn f() -> i32 { n }"), "CompileError[E0425]",
                    "a function can't see a notebook's variables: pass `n` to it")

    def test_a_closure_is_kept_with_what_it_borrows(self):
        failed = self.session.run("let a = 1; let f = |x: i32| x + a;")
        self.failed(failed, "CompileError[E0373]", "let f = move |x: i32| x + a;")
        self.assertEqual(failed.traceback.count("let f ="), 2, "the cell's line, and the one to write instead")
        self.ok("let a = 1; let f = move |x: i32| x + a;")
        self.shows("f(a)", "2")

    def test_what_a_macro_defines_is_an_item(self):
        self.ok("thread_local! { static T: std::cell::Cell<i32> = const { std::cell::Cell::new(1) }; }\nT.set(T.get() + 1);")
        self.shows("T.get()", "2")
        self.ok("macro_rules! point { ($n:ident) => { #[derive(Debug)] struct $n { x: i32 } } }\npoint!(P);\nlet p = P { x: 1 };")
        self.shows("(P { x: 2 }, &p)", "(P { x: 2 }, P { x: 1 })")

    def test_what_c_prints_is_in_its_cell(self):
        c = 'unsafe extern "C" { fn puts(s: *const std::ffi::c_char) -> i32; fn printf(s: *const std::ffi::c_char, ...) -> i32; }'
        result = self.ok(f'{c}\nprintln!("from Rust"); unsafe {{ puts(c"from C".as_ptr()); printf(c"no end".as_ptr()); }}')
        self.assertEqual(result.text, "from Rust\nfrom C\nno end")

    def test_long_output_is_whole_below_the_servers_limit(self):
        for code, length in (("for i in 0..20_000 { println!(\"line {i}\"); }", 208_890),
                             ("println!(\"{}\", \"x\".repeat(500_000));", 500_001)):
            text = self.ok(code).text
            self.assertEqual((len(text), "left out" in text), (length, False), code)
            time.sleep(2)

    def test_a_long_value_is_shortened(self):
        for code in ("(0..1_000_000).collect::<Vec<i32>>()", "vec![0.5_f64; 1_000_000]", '"long ".repeat(1_000_000)',
                     "(0..1_000_000).map(|i| (i, i.to_string())).collect::<std::collections::BTreeMap<_, _>>()"):
            value = self.ok(code).value()
            self.assertLess(len(value.encode()), 25_000, code)
            self.assertIn("shortened", value)

    def test_a_shell_line_is_told_from_a_negation(self):
        self.ok("let v = vec![1]; let yes = true;")
        self.shows("!v.is_empty()", "true")
        self.shows("!yes", "false")
        self.shows("!(yes && v.is_empty())", "true")
        self.assertEqual(self.ok("!echo from the shell").text, "from the shell\n")
        self.assertEqual(self.ok("! echo from the shell").text, "from the shell\n")

    def test_a_main_that_nobody_calls_is_told(self):
        self.assertIn("`main()` on a line of its own runs it", self.ok('fn main() { println!("hi"); }').text)
        self.assertEqual(self.ok("main()").text, "hi\n")

    def test_a_later_import_changes_nothing_that_is_older(self):
        self.ok("fn half(n: i32) -> Result<i32, String> { if n % 2 == 0 { Ok(n / 2) } else { Err(\"odd\".into()) } }")
        self.ok("use std::fmt::Result;\nstruct P;\nimpl std::fmt::Display for P {\n"
                '    fn fmt(&self, f: &mut std::fmt::Formatter) -> Result { write!(f, "P") }\n}')
        self.shows("(half(4), P.to_string())", '(Ok(2), "P")')

    def test_no_internal_name_is_seen_and_no_line_has_power(self):
        result = self.session.run("None::<i32>?;")
        self.failed(result, "CompileError[E0277]", "`.ok_or(")
        for internal in ("Left", "dlnotes", "__", "Keeper"):
            self.assertNotIn(internal, result.traceback)
        lines = ["EVCXR_PANIC_NOTIFICATION", "EVCXR_EXECUTION_COMPLETE", "EVCXR_ERROR_OCCURRED", "EVCXR_VARIABLE_CHANGED_TYPE:x",
                 "EVCXR_END_CONTENT", "\x1b_dlnotes;0123456789abcdef0123456789abcdef;1\x1b\\", "EVCXR_BEGIN_CONTENT text/html"]
        text = "\n".join(lines) + "\n"
        literal = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\x1b", "\\x1b")
        result = self.ok(f'print!("{literal}"); eprint!("{literal}"); 7')
        self.assertEqual(result.value(), "7")
        for stream in ("stdout", "stderr"):
            self.assertEqual("".join(c["text"] for kind, c in result.outputs if kind == "stream" and c["name"] == stream), text)

    def test_where_a_variable_went_is_told_also_by_the_cell_that_defined_it(self):
        self.ok("let s = String::from(\"a\"); drop(s);")
        self.failed(self.session.run("s.len()"), "CompileError[E0425]", "`s` went in cell [")
        self.failed(self.session.run("let early = 1; panic!(\"no\")"), "Panic", "`early`")
        self.failed(self.session.run("early"), "CompileError[E0425]", "`early` went in cell [")
        self.failed(self.session.run('let read = 1; let n: i32 = "x".parse()?;'), "Error", "`read`")
        self.failed(self.session.run("read"), "CompileError[E0425]", "`read` went in cell [")

    def test_dependencies_are_understood_as_cargo_did_for_years_and_stop_without_a_trace(self):
        with tempfile.TemporaryDirectory() as folder:
            features = "[features]\ndefault = [\"no\"]\nno = []\nyes = []\n"
            crate(folder, "old-fashioned", 'pub fn with() -> (bool, bool) { (cfg!(feature = "yes"), cfg!(feature = "no")) }', features)
            self.shows(f':dep old-fashioned = {{ path = "{folder}/old-fashioned", default_features = false, features = ["yes"] }}\n'
                       "old_fashioned::with()", "(true, false)")
            self.ok("let precious = 1;")
            crate(folder, "slow", "pub fn f() {}", "")
            with open(f"{folder}/slow/build.rs", "w") as file:
                file.write("fn main() { std::thread::sleep(std::time::Duration::from_secs(60)) }")
            request = self.session.send(f':dep slow = {{ path = "{folder}/slow" }}\n1')
            time.sleep(3)
            self.session.interrupt()
            self.failed(self.session.result(request), "Interrupted")
            start = time.monotonic()
            self.shows("precious + 1", "2")
            self.assertLess(time.monotonic() - start, 10)
            self.assertNotIn("slow", self.ok(":show_deps").text)

    def test_a_changed_struct_stands_and_what_no_longer_fits_is_named(self):
        first = self.ok("struct N { a: i32 }\nfn mk() -> N { N { a: 1 } }")
        result = self.ok("struct N { a: i32, b: i32 }")
        self.assertIn(f"`mk` of cell [{first.reply['execution_count']}] no longer compiles", result.text)
        self.shows("N { a: 1, b: 2 }.b", "2")

    def test_types_that_later_lines_decide_are_found(self):
        self.shows("use std::collections::HashMap;\nlet mut m = HashMap::new();\n"
                   'for w in "a b a".split_whitespace() { *m.entry(w).or_insert(0) += 1; }\nm.len()', "2")
        self.shows('m["a"]', "2")

    def test_advice_compiles(self):
        result = self.session.run("fn g(s: &String) { s.push('x'); }")
        self.failed(result, "CompileError[E0596]", "fn g(s: &mut String)")
        self.assertNotIn("let mut", result.traceback)

    def test_what_is_not_needed_says_so(self):
        result = self.session.run(":sccache 1\n1 + 1")
        self.assertEqual((result.status, result.value()), ("ok", "2"))
        self.assertIn("no effect", result.text)
        self.assertNotIn("EVCXR", result.text)

    def test_the_first_await_of_a_session_waits_for_no_compiler_of_crates(self):
        start = time.monotonic()
        self.shows("async fn five() -> i32 { 5 }\nfive().await", "5")
        self.assertLess(time.monotonic() - start, 10, "tokio is compiled")


if __name__ == "__main__":
    unittest.main(verbosity=2)
