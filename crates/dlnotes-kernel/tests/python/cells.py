"""What a reader does with cells: run them again, edit them, answer them, stop them, ask for commands."""
import os
import platform
import subprocess
import tempfile
import time
import unittest

from session import TIMEOUT, Checks, cache_directory, setUpSession, tearDownSession


def crate(folder, name, code, manifest):
    os.makedirs(f"{folder}/{name}/src")
    with open(f"{folder}/{name}/Cargo.toml", "w") as file:
        file.write(f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\n{manifest}')
    with open(f"{folder}/{name}/src/lib.rs", "w") as file:
        file.write(code)


class Cells(Checks, unittest.TestCase):
    setUpClass = classmethod(setUpSession)
    tearDownClass = classmethod(tearDownSession)

    def test_a_shell_command_is_shown_and_stopped(self):
        request = self.session.send("!echo before; sleep 60")
        self.session.wait_for("before")
        self.session.interrupt()
        self.failed(self.session.result(request), "Interrupted")
        self.failed(self.session.run("!exit 4"), "ShellError", "4")

    def test_cells_that_hold_an_impl_run_again_and_a_changed_struct_drops_its_values(self):
        self.session.run("struct Net { w: f32 }")
        for factor in (2, 3):
            self.assertEqual(self.session.run(f"impl Net {{ fn go(&self) -> f32 {{ self.w * {factor}.0 }} }}").status, "ok")
        self.session.run("let net = Net { w: 1.0 };")
        self.assertEqual(self.session.run("net.go()").value(), "3.0")
        result = self.session.run("struct Net { w: f64, more: [f64; 4] }\nimpl Net { fn go(&self) -> f64 { self.w } }")
        self.assertEqual(result.status, "ok", result.traceback)
        self.assertIn("net", result.text)
        self.failed(self.session.run("net.go()"), "CompileError[E0425]", "`net` went in cell")

    def test_closures_are_kept_and_what_can_not_be_kept_is_explained(self):
        self.failed(self.session.run('let s = String::new(); let r = &s;'), "CompileError[E0597]", "`r` borrows from `s`", ".clone()")
        self.failed(self.session.run("let a = 1; let f = |x: i32| x + a;"), "CompileError[E0373]", "let f = move |x: i32| x + a;")
        self.session.run("let a = 1; let mut calls = 0; let mut add = move |x: i32| { calls += 1; x + a + calls };")
        self.assertEqual(self.session.run("add(1)").value(), "3")
        self.assertEqual(self.session.run("add(1)").value(), "4")
        self.failed(self.session.run("use rand::Rng;"), "CompileError[E0432]", ":dep rand")
        self.failed(self.session.run(":quit"), "CommandError", "Shut Down")

    def test_errors_say_what_is_wrong_and_where_whatever_else_the_compiler_says(self):
        self.session.run("macro_rules! never_used { () => { 1 } }\nenum Side { Left, Right }\nstruct Plain;\nlet side = Side::Left;")
        for cell, name, *parts in (
            ("let x = vec![1].nosuch();", "CompileError[E0599]", "no method named `nosuch`", "line 1, column 17"),
            ("std::fs::read(\"a\");\nnosuch", "CompileError[E0425]", "cannot find value `nosuch`", "line 2, column 1"),
                ("let a = 1;\nmatch side { Side::Left => a }", "CompileError[E0004]", "`Side::Right` not covered", "line 2, column 7"),
            ("let a = 1;\n1 / 0", "CompileError[unconditional_panic]", "line 2, column 1", "attempt to divide"),
            ("Plain", "CompileError[E0277]", "`Plain` doesn't implement `Debug`", "line 1, column 1", "derive(Debug)"),
            ("let a = \"open", "CompileError[E0765]", "unterminated", "line 1, column 9"),
            ("let a = 1 a", "CompileError", "found `a`", "line 1, column 11"),
            ("2 + fn", "CompileError", "expected expression, found keyword `fn`\n", "line 1, column 5"),
            ("let a = 1;\nlet fn = 1;", "CompileError", "expected identifier, found keyword `fn`", "line 2, column 5"),
            (":time\n/* open", "CompileError[E0758]", "unterminated block comment", "line 2, column 1"),
            ("let a = 1", "CompileError", "expected `;`, found the end of the cell\n", "line 1, column 10"),
            ("use std::nothing;", "CompileError[E0432]", "no `nothing` in the root", "line 1"),
            ("#[derive(Debug)]\nstruct Never;\n#[track_caller]\nfn fails() -> Never { panic!(\"always\") }\nfails()", "Panic", "line 5"),
        ):
            with self.subTest(cell):
                result = self.session.run(cell)
                self.failed(result, name, *parts)
                self.assertNotIn("never_used", result.traceback)
                self.assertNotIn("evcxr", result.traceback)

    def test_places_that_a_cell_prints_are_the_cells_own(self):
        result = self.session.run("let a = 20;\ndbg!(a + 1);\nlet _ = std::thread::spawn(|| panic!(\"alone\")).join();")
        self.assertRegex(result.text, r"\[cell \[\d+\]:2:1\] a \+ 1 = 21\n")
        self.assertRegex(result.text, r"panicked at cell \[\d+\]:3:31:\nalone\n")

    def test_an_answer_of_the_reader(self):
        request = self.session.send('println!("EVCXR_INPUT_REQUEST:name?"); let mut s = String::new(); '
                                    "std::io::stdin().read_line(&mut s).unwrap(); s.trim().to_owned()", allow_stdin=True)
        question = self.session.client.get_stdin_msg(timeout=TIMEOUT)
        self.assertEqual(question["content"]["prompt"], "name?")
        self.session.client.input("Ferris")
        self.assertEqual(self.session.result(request).value(), '"Ferris"')

    def test_standard_input_asks_the_reader_or_gets_empty_lines(self):
        code = "let mut s = String::new(); std::io::stdin().read_line(&mut s).unwrap(); s.trim().to_owned()"
        request = self.session.send(code, allow_stdin=True)
        self.session.client.get_stdin_msg(timeout=TIMEOUT)
        self.session.client.input("Ferris")
        self.assertEqual(self.session.result(request).value(), '"Ferris"')
        result = self.session.run(code, allow_stdin=False)
        self.assertEqual(result.value(), '""')
        self.assertIn("nobody can be asked", result.text)
        self.goes_on()

    def test_figures_are_replaced_while_the_cell_runs_and_get_a_picture_at_its_end(self):
        code = """use dlnotes_display::{Bundle, display_with_id, update};
let svg = |x: i32| format!("<svg xmlns='http://www.w3.org/2000/svg' width='90' height='60'><rect x='{x}' width='9' height='9'/></svg>");
display_with_id(&Bundle::new("image/svg+xml", svg(0)), "figure");
for frame in 1..40 {
    std::thread::sleep(std::time::Duration::from_millis(40));
    update(&Bundle::new("image/svg+xml", svg(frame)), "figure");
}"""
        request = self.session.send("{" + code + "}")
        updates = [(at, content) for at, kind, content in self.session.messages(request) if kind == "update_display_data"]
        self.assertEqual(self.session.reply(request)["status"], "ok")
        times, last = [at for at, _ in updates], updates[-1][1]
        self.assertGreater(len(times), 15, "fewer than ten frames a second")
        self.assertGreater(times[-2] - times[0], 0.8, "the frames came together, at the end")
        self.assertIn("x='39'", last["data"]["image/svg+xml"])
        self.assertIn("image/png", last["data"])

    def test_restart_keeps_items_and_loses_variables(self):
        self.session.run("fn kept() -> i32 { 4 }\nlet lost = 1;")
        self.assertIn("was restarted", self.session.run(":restart").text)
        self.assertEqual(self.session.run("kept()").value(), "4")
        self.failed(self.session.run("lost"), "CompileError[E0425]")
        self.assertEqual(self.session.run('let v = vec![1]; v.len()').value(), "1")

    def test_clear_forgets_everything_but_the_helper_crate(self):
        self.session.run("fn gone() -> i32 { 4 }\nlet lost = 1;")
        with tempfile.TemporaryDirectory() as folder:
            crate(folder, "added", "pub const SEVEN: i32 = 7;", "")
            self.assertEqual(self.session.run(f':dep added = {{ path = "{folder}/added" }}\nadded::SEVEN').value(), "7")
        result = self.session.run(":clear\n1 + 1")
        self.assertEqual((result.reply["status"], result.value()), ("ok", "2"))
        self.assertIn("everything that cells defined is gone", result.text)
        self.failed(self.session.run("gone()"), "CompileError[E0425]")
        self.failed(self.session.run("lost"), "CompileError[E0425]")
        self.failed(self.session.run("added::SEVEN"), "CompileError[E0433]")
        self.session.run("let kept = vec![1];")
        self.assertEqual(self.session.run("use dlnotes_display::Bundle;\nkept.len()").value(), "1")
        self.goes_on()

    def test_variables_of_every_kind_pass_from_cell_to_cell(self):
        self.session.run("let counted = std::rc::Rc::new(5);\nlet second = counted.clone();\nlet nothing = ();\n"
                         "let large = [7_u8; 100_000];\nlet boxed: Box<dyn Fn(i32) -> i32> = Box::new(|n| n + 1);")
        if platform.machine() == "x86_64":  # a type that no `extern "C"` function can take
            self.session.run("let wide: std::arch::x86_64::__m256i = unsafe { std::mem::zeroed() };")
            self.assertEqual(self.session.run("std::mem::size_of_val(&wide)").value(), "32")
        self.goes_on()
        self.assertEqual(self.session.run("(large[99_999], boxed(1), std::rc::Rc::strong_count(&counted))").value(), "(7, 2, 2)")
        self.session.run("drop(second);")
        self.assertEqual(self.session.run("std::rc::Rc::strong_count(&counted)").value(), "1")

    def test_commands(self):
        self.session.run("let counted = 12;")
        self.assertIn("counted: i32", self.session.run(":vars").value())
        self.assertRegex(self.session.run(":time\ncounted + 1").text, "compiled in .*, ran for ")


class FreshSession(Checks, unittest.TestCase):
    setUp, tearDown = setUpSession, tearDownSession

    def test_an_error_in_a_crate_of_the_readers_names_its_file(self):
        with tempfile.TemporaryDirectory() as folder:
            crate(folder, "broken", 'pub fn f() -> i32 {\n    let unused = 1;\n    "text"\n}\n', "")
            cell = f':dep broken = {{ path = "{folder}/broken" }}\nlet a = 1;\nbroken::f()'
            place = f"in {folder}/broken/src/lib.rs, line 3, column 5: expected `i32`, found `&str`"
            failed = self.session.run(cell)
            self.failed(failed, "CompileError[E0308]", "mismatched types", place)
            self.assertNotIn("cell [", failed.traceback)
            self.assertNotIn("unused", failed.traceback)
            with open(f"{folder}/broken/src/lib.rs", "w") as file:
                file.write("pub fn f() -> i32 { 7 }")
            self.assertEqual(self.session.run(cell).value(), "7")

    def test_an_exported_session_builds_and_runs(self):
        self.session.run("fn twice(n: i32) -> i32 { n * 2 }\nlet counted = 12;")
        self.session.run("fn twice(n: i32) -> i32 { 2 * n }")
        self.session.run('println!("{}", twice(counted));')
        # A type that changes while a value of it lives, and what uses it.
        self.session.run("use std::collections::HashMap;\nstruct Point { x: f64 }\nimpl Point { fn at(x: f64) -> Self { Self { x } } }\n"
                         "fn norm(p: &Point) -> f64 { p.x.abs() }\nlet p = Point::at(-1.0);\nlet _old = norm(&p);")
        self.session.run("struct Point { x: f64, y: f64 }\nimpl Point { fn at(x: f64) -> Self { Self { x, y: 0.5 } } }")
        changed = self.session.run("use std::collections::{BTreeMap, HashMap};\nlet p = Point::at(-3.0);\n"
                                   'println!("{} {}", norm(&p), p.y);')
        self.assertEqual(changed.status, "ok", changed.traceback)
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.session.run(f":export {folder}/notes").status, "ok")
            command = ["cargo", "run", "--quiet", "--release"]
            ran = subprocess.run(command, cwd=f"{folder}/notes", capture_output=True, text=True, timeout=TIMEOUT)
            self.assertEqual(ran.stdout, "24\n3 0.5\n", ran.stderr)

    def test_a_cell_that_sets_parameters_is_known_by_its_tag_or_its_comment(self):
        def program(folder):
            self.assertEqual(self.session.run(f":export {folder}/trial").status, "ok")
            with open(f"{folder}/trial/src/main.rs") as file:
                return " ".join(file.read().split())

        with tempfile.TemporaryDirectory() as folder:
            self.session.run_tagged("let rate = 0.5; let steps = 3;", "wide")
            self.session.run("rate * steps as f64")
            self.assertIn("fn main() -> Result", program(folder))
            self.session.run(":clear")
            self.session.run_tagged("let rate = 0.5; let steps = 3;", "wide", "parameters")
            self.session.run("// Parameters\nlet steps = 4_i64;")
            self.assertEqual(self.session.run("rate * steps as f64").value(), "2.0")
            text = program(folder)
            self.assertRegex(text, r"fn run\( ?point: &dlnotes_sweep::Trial, rate: f64, steps: i64,? ?\) ->")
            self.assertRegex(text, r'point.or\("rate", 0.5\)\?, point.or\("steps", 4_i64\)\?')
            command = ["cargo", "run", "--quiet", "--release", "--", "--rate", "0.25"]
            ran = subprocess.run(command, cwd=f"{folder}/trial", capture_output=True, text=True, timeout=TIMEOUT)
            self.assertEqual(ran.stdout, "1\n", ran.stderr)

    def test_a_dependency_never_disturbs_what_is_loaded(self):
        self.goes_on()  # the kernel has started
        with tempfile.TemporaryDirectory() as folder:
            crate(folder, "shared", 'pub fn answer() -> i32 { if cfg!(feature = "more") { 42 } else { 41 } }',
                  '[features]\nmore = []\n')
            crate(folder, "user", "pub use shared::answer as other;",
                  '[dependencies]\nshared = { path = "../shared", features = ["more"] }\n')
            first = self.session.run(f':dep shared = {{ path = "{folder}/shared" }}\nshared::answer()')
            self.assertEqual(first.value(), "41", first.traceback)
            lines = [content["data"].get("text/plain", "") for kind, content in first.outputs if kind.endswith("display_data")]
            self.assertTrue(any(line.startswith("compiled 1 crate in ") for line in lines), lines)
            self.session.run("let precious = 1;")
            cell = f':dep user = {{ path = "{folder}/user" }}\nuser::other()'
            second = self.session.run(cell)
            self.assertEqual(second.value(), "42", second.traceback)
            # The crate has the features that the user's crates want together, as cargo does it; the variable is there.
            self.assertIn("`shared` is another version from here on", second.text)
            self.assertEqual(self.session.run("shared::answer() + precious").value(), "43")


if __name__ == "__main__":
    unittest.main(verbosity=2)
