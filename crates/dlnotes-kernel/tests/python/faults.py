"""Faults that a cell causes, on purpose: each is told with its name, the kernel goes on, and nothing is left behind."""
import os
import signal
import time
import unittest

from session import Checks, setUpSession, tearDownSession


class Faults(Checks, unittest.TestCase):
    setUpClass = classmethod(setUpSession)
    tearDownClass = classmethod(tearDownSession)

    def test_panic_names_its_line_and_the_variables_that_are_lost(self):
        self.session.run("let kept = 7;")
        result = self.session.run("let lost = 1;\nlet v = vec![lost];\nv[5]")
        self.failed(result, "Panic", "the len is 1 but the index is 5", "line 3", "`lost`, `v`")
        self.assertEqual(result.text, "")
        self.assertEqual(self.session.run("kept").value(), "7")

    def test_question_mark(self):
        self.failed(self.session.run('let n: i32 = "x".parse()?;'), "Error", "invalid digit")

    def test_deaths_are_named(self):
        for code, reason in [
            ("std::process::exit(3)", "exit status: 3"),
            ("std::process::abort()", "SIGABRT"),
            ("unsafe { std::ptr::null_mut::<i32>().write_volatile(1) }", "SIG"),
            ("#[allow(unconditional_recursion)] fn deep(n: u64) -> u64 { deep(n + 1) + 1 }\ndeep(0)", "recursion"),
            ("let v: Vec<u8> = Vec::with_capacity(1 << 46); v.len()", "memory"),
        ]:
            with self.subTest(code):
                self.session.run("let precious = 1;")
                self.failed(self.session.run(code), "ChildDied", reason, "`precious`")
                self.goes_on()

    def test_output_before_a_death_is_kept(self):
        result = self.session.run('for i in 0..2000 { println!("line {i}"); } print!("the end"); std::process::abort()')
        self.failed(result, "ChildDied")
        self.assertIn("line 1999\n", result.text)

    def test_killed_from_outside(self):
        request = self.session.send('println!("running"); loop { std::thread::sleep(std::time::Duration::from_secs(1)) }')
        self.session.wait_for("running")
        os.kill(self.session.child(), signal.SIGKILL)
        self.failed(self.session.result(request), "ChildDied", "SIGKILL")
        self.goes_on()

    def test_interrupt_keeps_the_session_where_the_cell_polls(self):
        self.session.run("let kept = String::from(\"a\");")
        request = self.session.send('println!("running"); loop { dlnotes_display::poll_interrupt(); }')
        self.session.wait_for("running")
        self.session.interrupt()
        self.failed(self.session.result(request), "Interrupted", "is kept")
        self.assertEqual(self.session.run("kept").value(), '"a"')

    def test_a_second_interrupt_ends_what_never_polls(self):
        self.session.run("let precious = 1;")
        request = self.session.send('println!("running"); loop { std::hint::black_box(1); }')
        self.session.wait_for("running")
        self.session.interrupt()
        time.sleep(0.3)
        self.session.interrupt()
        self.failed(self.session.result(request), "Interrupted", "`precious`")
        self.goes_on()

    def test_interrupt_while_compiling(self):
        self.session.run("let kept = 3;")
        code = "".join(f"fn long{i}<T: std::fmt::Debug>(t: T) -> String {{ format!(\"{{t:?}}\") }}\n" for i in range(300))
        code += "".join(f"long{i}({i}_u64); long{i}(\"a\"); long{i}(vec![1.5]);\n" for i in range(300))
        request = self.session.send(code)
        time.sleep(0.3)
        self.session.interrupt()
        self.failed(self.session.result(request), "Interrupted")
        self.assertEqual(self.session.run("kept").value(), "3")

    def test_output_that_is_not_text(self):
        result = self.session.run('use std::io::Write; std::io::stdout().write_all(b"a\\xff\\xfeb\\n").unwrap();')
        self.assertEqual(result.text, "a\ufffd\ufffdb\n")

    def test_a_flood_is_elided_and_the_end_arrives(self):
        result = self.session.run('for i in 0..3_000_000 { println!("a line of output with its number {i}"); } "value"')
        self.assertEqual(result.status, "ok")
        self.assertLess(len(result.text), 20_000_000)
        self.assertIn("left out", result.text)
        self.assertTrue(result.text.endswith("number 2999999\n"))
        self.assertIn("execute_result", result.kinds())

    def test_panics_elsewhere_are_text_and_not_failures(self):
        result = self.session.run('std::thread::spawn(|| panic!("elsewhere")).join().is_err()')
        self.assertEqual((result.status, result.value()), ("ok", "true"))
        self.assertIn("elsewhere", result.text)

    def test_threads_that_outlive_their_cell_are_heard(self):
        self.session.run('std::thread::spawn(|| { std::thread::sleep(std::time::Duration::from_millis(700)); println!("late"); });')
        self.session.wait_for("late")
        self.goes_on()

    def test_a_process_that_outlives_its_cell_does_not_hold_up_a_death(self):
        self.session.run('std::process::Command::new("sleep").arg("30").spawn().unwrap();')
        start = time.time()
        self.failed(self.session.run("std::process::abort()"), "ChildDied")
        self.assertLess(time.time() - start, 20)
        self.goes_on()


if __name__ == "__main__":
    unittest.main(verbosity=2)
