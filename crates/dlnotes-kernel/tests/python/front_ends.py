"""Programs that run notebooks on this kernel: they stop at a failing cell, and papermill injects parameters."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import nbformat
import pexpect
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

KERNEL = "dlnotes-test"
REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../.."))

FAILING = {
    "panic": ('panic!("on purpose");', "Panic"),
    "index": ("let v = vec![1];\nv[7]", "Panic"),
    "assertion": ("assert_eq!(1, 2);", "Panic"),
    "question mark": ('let n: i32 = "x".parse()?;', "Error"),
    "compile error": ('let n: i32 = "x";', "CompileError[E0308]"),
    "exit": ("std::process::exit(3);", "ChildDied"),
}


def notebook(*cells, parameters=None):
    book = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": KERNEL, "display_name": KERNEL, "language": "rust"}})
    for cell in cells:
        book.cells.append(nbformat.v4.new_code_cell(cell))
    if parameters is not None:
        book.cells[parameters].metadata["tags"] = ["parameters"]
    return book


def saved(folder, book):
    path = os.path.join(folder, "in.ipynb")
    nbformat.write(book, path)
    return path


class FrontEnds(unittest.TestCase):
    def test_nbclient_stops_at_every_kind_of_failure(self):
        for name, (code, ename) in FAILING.items():
            with self.subTest(name):
                book = notebook("let before = 1;", code, 'println!("never");')
                with self.assertRaises(CellExecutionError) as caught:
                    NotebookClient(book, timeout=120, kernel_name=KERNEL).execute()
                self.assertEqual(caught.exception.ename, ename)
                errors = [output for output in book.cells[1].outputs if output.output_type == "error"]
                self.assertEqual(len(errors), 1)
                self.assertEqual(book.cells[2].outputs, [])

    def test_a_failing_cell_that_is_expected_does_not_stop_the_rest(self):
        book = notebook('panic!("on purpose");', "1 + 1")
        book.cells[0].metadata["tags"] = ["raises-exception"]
        NotebookClient(book, timeout=120, kernel_name=KERNEL).execute()
        self.assertEqual(book.cells[1].outputs[0]["data"]["text/plain"], "2")

    def test_nbconvert_fails_with_the_notebook(self):
        with tempfile.TemporaryDirectory() as folder:
            for code, fails in (("1 + 1", False), ('panic!("no");', True)):
                path = saved(folder, notebook(code))
                command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--stdout", path]
                done = subprocess.run(command, capture_output=True, text=True, timeout=180)
                self.assertEqual(done.returncode != 0, fails, done.stderr[-2000:])
                if not fails:
                    self.assertEqual(json.loads(done.stdout)["cells"][0]["outputs"][0]["data"]["text/plain"], ["2"])

    def test_nbmake_and_jupytext_fail_with_the_notebook(self):
        with tempfile.TemporaryDirectory() as folder:
            for code, fails in (("1 + 1", False), ("let n: i32 = \"x\".parse()?;", True)):
                path = saved(folder, notebook(code))
                for command in (["pytest", "--nbmake", "-p", "no:cacheprovider", path],
                                ["jupytext", "--execute", "--to", "ipynb", "--output", os.path.join(folder, "out.ipynb"), path]):
                    with self.subTest(command[0], code=code):
                        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, timeout=180, cwd=folder)
                        self.assertEqual(done.returncode != 0, fails, done.stdout[-1000:] + done.stderr[-1000:])

    def test_the_console_shows_values_and_failures_and_interrupts(self):
        # Plain prompts: what the terminal would add is not looked at.
        command = ["-m", "jupyter", "console", "--kernel", KERNEL, "--simple-prompt"]
        console = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=60, dimensions=(40, 200))
        self.addCleanup(console.close, force=True)
        console.expect("In \\[1\\]:")
        console.sendline("let n = 40;")
        console.expect("In \\[2\\]:")
        console.sendline("n + 2")
        console.expect("Out\\[2\\]:.*42")
        console.expect("In \\[3\\]:")
        console.sendline("vec![1][40]")
        console.expect("the len is 1 but the index is 40")
        console.expect("In \\[4\\]:")
        # The terminal echoes what is typed: what the cell prints must look different.
        console.sendline('println!("{}ning", "run"); loop { dlnotes_display::poll_interrupt(); }')
        console.expect("running")
        console.sendintr()
        console.expect("Interrupted")
        console.expect("In \\[5\\]:")
        console.sendline("n")
        console.expect("Out\\[5\\]:.*40")
        console.sendeof()
        console.expect("really want to exit")
        console.sendline("y")
        console.expect(pexpect.EOF)

    def test_papermill_injects_parameters_and_stops_at_a_failure(self):
        sys.path.insert(0, os.path.join(REPOSITORY, "python"))
        import dlnotes_papermill  # noqa: F401  (installed, papermill finds it by its entry point)
        import papermill

        with tempfile.TemporaryDirectory() as folder:
            path, out = saved(folder, notebook("let n = 1; let name = String::new(); let rates = vec![0.0_f32];",
                                               'println!("{n} {name} {rates:?}");', parameters=0)), os.path.join(folder, "out.ipynb")
            parameters = {"n": 3, "name": 'a "quoted"# text', "rates": [0.5, 1.0]}
            done = papermill.execute_notebook(path, out, parameters=parameters, progress_bar=False)
            self.assertEqual(done.cells[2].outputs[0]["text"], '3 a "quoted"# text [0.5, 1.0]\n')
            path = saved(folder, notebook('panic!("no");'))
            with self.assertRaises(papermill.PapermillExecutionError):
                papermill.execute_notebook(path, out, progress_bar=False)


if __name__ == "__main__":
    unittest.main(verbosity=2)
