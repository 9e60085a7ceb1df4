"""Faults caused on purpose: each is told with its name, the kernel goes on or ends, and nothing is left behind."""
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from jupyter_client.manager import KernelManager

KERNEL = "dlnotes-test"
TIMEOUT = 120


def run_directories():
    cache = os.environ.get("DLNOTES_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "dlnotes")
    return set(glob.glob(os.path.join(cache, "run", "*")))


class Result:
    def __init__(self, reply, outputs):
        self.status, self.reply, self.outputs = reply["status"], reply, outputs
        self.ename = reply.get("ename", "")
        self.text = "".join(content["text"] for kind, content in outputs if kind == "stream")
        self.traceback = "\n".join(reply.get("traceback", []))

    def kinds(self):
        return [kind for kind, _ in self.outputs]

    def value(self):
        return next(content["data"]["text/plain"] for kind, content in self.outputs if kind == "execute_result")


class Session:
    def __init__(self, **kwargs):
        self.manager = KernelManager(kernel_name=KERNEL)
        self.manager.start_kernel(**kwargs)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.pid = self.manager.provisioner.pid

    def send(self, code, **kwargs):
        return self.client.execute(code, **kwargs)

    def result(self, request):
        outputs = []
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind not in ("status", "execute_input"):
                outputs.append((kind, content))
        return Result(self.client.get_shell_msg(timeout=TIMEOUT)["content"], outputs)

    def run(self, code, **kwargs):
        return self.result(self.send(code, **kwargs))

    def wait_for(self, text):
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["msg_type"] == "stream" and text in message["content"]["text"]:
                return

    def interrupt(self):
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))

    def child(self):
        pids = subprocess.run(["pgrep", "-P", str(self.pid)], capture_output=True, text=True).stdout.split()
        return next(int(pid) for pid in pids if os.path.exists(f"/proc/{pid}/exe")
                    and os.readlink(f"/proc/{pid}/exe") == os.readlink(f"/proc/{self.pid}/exe"))

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.before = run_directories()
        cls.session = Session()

    @classmethod
    def tearDownClass(cls):
        child = cls.session.child()
        cls.session.close()
        time.sleep(0.5)
        assert not os.path.exists(f"/proc/{child}"), "the process that runs cells is left behind"
        assert run_directories() <= cls.before, "a directory is left behind"

    def failed(self, result, ename, *parts):
        self.assertEqual((result.status, result.ename), ("error", ename), result.traceback)
        self.assertEqual(result.kinds().count("error"), 1)
        for part in parts:
            self.assertIn(part, result.traceback)

    def goes_on(self):
        self.assertEqual(self.session.run("1 + 1").value(), "2")

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

    def test_a_shell_command_is_shown_and_stopped(self):
        request = self.session.send("!echo before; sleep 60")
        self.session.wait_for("before")
        self.session.interrupt()
        self.failed(self.session.result(request), "Interrupted")
        self.failed(self.session.run("!exit 4"), "ShellError", "4")

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

    def test_what_can_not_be_kept_is_explained(self):
        self.failed(self.session.run("let f = |x: i32| x;"), "CompileError", "closure", "fn name")
        self.failed(self.session.run('let s = String::new(); let r = &s;'), "CompileError", "borrow")
        self.failed(self.session.run("use rand::Rng;"), "CompileError[E0432]", ":dep rand")
        self.failed(self.session.run(":quit"), "CommandError", "Shut Down")

    def test_panics_elsewhere_are_text_and_not_failures(self):
        result = self.session.run('std::thread::spawn(|| panic!("elsewhere")).join().is_err()')
        self.assertEqual((result.status, result.value()), ("ok", "true"))
        self.assertIn("elsewhere", result.text)

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
        times, last = [], None
        while True:
            message = self.session.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "update_display_data":
                times.append(time.time())
                last = message["content"]
            if message["content"].get("execution_state") == "idle":
                break
        self.assertEqual(self.session.client.get_shell_msg(timeout=TIMEOUT)["content"]["status"], "ok")
        self.assertGreater(len(times), 15, "fewer than ten frames a second")
        self.assertGreater(times[-2] - times[0], 0.8, "the frames came together, at the end")
        self.assertIn("x='39'", last["data"]["image/svg+xml"])
        self.assertIn("image/png", last["data"])

    def test_restart_keeps_items_and_loses_variables(self):
        self.session.run("fn kept() -> i32 { 4 }\nlet lost = 1;")
        self.assertIn("started anew", self.session.run(":restart").text)
        self.assertEqual(self.session.run("kept()").value(), "4")
        self.failed(self.session.run("lost"), "CompileError[E0425]")
        self.assertEqual(self.session.run('let v = vec![1]; v.len()').value(), "1")

    def test_commands(self):
        self.session.run("let counted = 12;")
        self.assertIn("counted: i32", self.session.run(":vars").value())
        self.assertRegex(self.session.run(":time\ncounted + 1").text, "compiled in .*, ran for ")
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.session.run(f":export {folder}/notes").status, "ok")
            self.assertIn("let counted = 12;", open(f"{folder}/notes/src/main.rs").read())

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


class Environment(unittest.TestCase):
    def test_without_rustc_cells_say_what_to_do(self):
        with tempfile.TemporaryDirectory() as folder:
            spec = json.load(open(os.path.join(os.environ["JUPYTER_PATH"], "kernels", KERNEL, "kernel.json")))
            connection = Session.__new__(Session)
            connection.manager = KernelManager(kernel_name=KERNEL)
            connection.manager.kernel_spec.argv[:] = spec["argv"]
            connection.manager.kernel_spec.env.update({"PATH": folder})
            connection.manager.start_kernel()
            connection.client = connection.manager.blocking_client()
            connection.client.start_channels()
            connection.client.wait_for_ready(timeout=TIMEOUT)
            result = connection.run("1")
            self.assertEqual((result.status, result.ename), ("error", "KernelError"))
            self.assertIn("rustup.rs", result.traceback)
            connection.close()

    def test_two_kernels_start_at_once(self):
        sessions = []
        threads = [threading.Thread(target=lambda: sessions.append(Session())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for session in sessions:
            self.assertEqual(session.run("1 + 1").value(), "2")
            session.close()

    def test_a_kernel_whose_parent_has_gone_ends(self):
        program = ("from jupyter_client.manager import KernelManager\n"
                   f"m = KernelManager(kernel_name={KERNEL!r}); m.start_kernel(); print(m.provisioner.pid, flush=True)\n"
                   "import os, time; time.sleep(1); os._exit(0)")
        pid = int(subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, timeout=60).stdout)
        deadline = time.time() + 20
        while os.path.exists(f"/proc/{pid}") and time.time() < deadline:
            time.sleep(0.2)
        self.assertFalse(os.path.exists(f"/proc/{pid}"))

    def test_a_killed_kernel_takes_its_busy_child_along(self):
        session = Session()
        request = session.send('println!("running"); loop { std::thread::sleep(std::time::Duration::from_secs(1)) }')
        session.wait_for("running")
        child = session.child()
        os.kill(session.pid, signal.SIGKILL)
        deadline = time.time() + 10
        while os.path.exists(f"/proc/{child}") and time.time() < deadline:
            time.sleep(0.1)
        self.assertFalse(os.path.exists(f"/proc/{child}"), request)
        session.client.stop_channels()


if __name__ == "__main__":
    unittest.main(verbosity=2)
