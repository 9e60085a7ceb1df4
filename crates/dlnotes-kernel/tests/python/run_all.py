"""Run All: what cells show when all are queued at once, some of them compiled ahead of their turn, is what they show when
each waits for the one before."""
import os
import tempfile
import time
import unittest

from session import TIMEOUT, Checks, Session, setUpSession, tearDownSession

CELLS = [
    "use std::collections::BTreeMap;",
    "let mut counts: BTreeMap<char, usize> = BTreeMap::new();",
    "fn letters(text: &str) -> impl Iterator<Item = char> + '_ { text.chars().filter(|c| c.is_alphabetic()) }",
    'for letter in letters("a b, a!") { *counts.entry(letter).or_default() += 1; }',
    "counts.clone()",
    "#[derive(Debug)] struct Point { x: f64, y: f64 }",
    "let points = vec![Point { x: 1.0, y: 2.0 }, Point { x: 3.0, y: -4.0 }];",
    "impl Point { fn norm(&self) -> f64 { self.x.hypot(self.y) } }",
    'println!("{:.3}", points[1].norm()); eprintln!("to standard error");',
    "let total: f64 = points.into_iter().map(|point| point.norm()).sum();",
    'dlnotes_display::display(&dlnotes_display::Bundle::new("text/plain", "shown"));',
    "macro_rules! square { ($e:expr) => { $e * $e } }",
    "square!(7) + 1",
    "let total = total as i32; total",
    "dbg!(total + 1);",
]


# What is sent while it runs is queued when the next cell begins, and may be compiled ahead.
MEANWHILE = "std::thread::sleep(std::time::Duration::from_millis(500));"


def is_compiled_ahead(session):
    return [name for name in os.listdir(session.work_directory()) if name.startswith("ahead")]


def joined(outputs):
    """With what a stream says one after the other in one piece: into how many it is cut is a matter of time."""
    pieces = []
    for kind, content in outputs:
        if kind == "stream" and pieces and pieces[-1][0] == kind and pieces[-1][1]["name"] == content["name"]:
            content = {**content, "text": pieces.pop()[1]["text"] + content["text"]}
        pieces.append((kind, content))
    return pieces


class RunAll(Checks, unittest.TestCase):
    setUpClass = classmethod(setUpSession)
    tearDownClass = classmethod(tearDownSession)

    def nothing_is_left(self):
        """One compiler waits for the next cell, and nothing was made for a cell that never came."""
        deadline = time.monotonic() + TIMEOUT
        while is_compiled_ahead(self.session) or len(self.session.children("rustc")) != 1:
            self.assertLess(time.monotonic(), deadline, (is_compiled_ahead(self.session), self.session.children("rustc")))
            time.sleep(0.02)

    def aborted(self, request):
        self.assertEqual(self.session.reply(request)["status"], "aborted")

    def pipe(self):
        """A pipe that a compiler reads and nobody writes."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "pipe")
        os.mkfifo(path)
        return path

    def test_all_at_once_is_the_same_as_one_after_another(self):
        sessions = [Session(), Session()]
        for session in sessions:
            self.addCleanup(session.close)
            session.run("();")
        each = [sessions[0].run(code) for code in CELLS]
        requests = [sessions[1].send(code) for code in CELLS]
        order, outputs = [], {request: [] for request in requests}
        while len(order) == 0 or order[-1] != (requests[-1], "idle"):
            message = sessions[1].client.get_iopub_msg(timeout=TIMEOUT)
            request, kind, content = message["parent_header"].get("msg_id"), message["msg_type"], message["content"]
            order.append((request, content.get("execution_state", kind)))
            if kind not in ("status", "execute_input"):
                outputs[request].append((kind, content))
        for request, code, alone in zip(requests, CELLS, each):
            with self.subTest(code):
                reply = sessions[1].reply(request)
                self.assertEqual((reply["status"], reply["execution_count"]), ("ok", alone.reply["execution_count"]))
                self.assertEqual(joined(outputs[request]), joined(alone.outputs))
        turns = [requests.index(request) for request, _ in order]
        self.assertEqual(turns, sorted(turns), "a cell has shown something before its turn")
        states = [state for _, state in order if state in ("busy", "idle")]
        self.assertEqual(states, ["busy", "idle"] * len(CELLS))

    def test_what_is_queued_behind_a_failure_is_aborted_and_leaves_nothing(self):
        requests = [self.session.send(code) for code in ('panic!("on purpose");', "let a = 2;", "let b = 3;")]
        self.failed(self.session.result(requests[0]), "Panic")
        self.aborted(requests[1])
        self.aborted(requests[2])
        self.nothing_is_left()
        self.failed(self.session.run("a"), "CompileError[E0425]")

    def test_an_interrupt_stops_the_cell_and_what_is_compiled_for_the_next(self):
        codes = ('println!("running"); loop { dlnotes_display::poll_interrupt() }', f'include_str!("{self.pipe()}")')
        self.session.send(MEANWHILE)
        requests = [self.session.send(code) for code in codes]
        self.session.wait_for("running")
        deadline = time.monotonic() + TIMEOUT
        while not is_compiled_ahead(self.session):
            self.assertLess(time.monotonic(), deadline, "nothing is compiled ahead")
        self.session.interrupt()
        self.failed(self.session.result(requests[0]), "Interrupted")
        self.aborted(requests[1])
        self.nothing_is_left()
        self.goes_on()

    def test_a_kernel_that_is_shut_down_takes_what_is_compiled_ahead_along(self):
        session = Session()
        session.run("();")
        session.send(MEANWHILE)
        for code in ('println!("running"); loop { dlnotes_display::poll_interrupt() }', f'include_str!("{self.pipe()}")'):
            session.send(code)
        deadline = time.monotonic() + TIMEOUT
        while len(compilers := session.children("rustc")) < 2:
            self.assertLess(time.monotonic(), deadline, "nothing is compiled ahead")
            time.sleep(0.01)
        folder = session.work_directory()
        session.close()
        while any(os.path.exists(f"/proc/{pid}") for pid in compilers) or os.path.exists(folder):
            self.assertLess(time.monotonic(), deadline, "a compiler or a folder is left behind")
            time.sleep(0.01)


if __name__ == "__main__":
    unittest.main(verbosity=2)
