"""PyPI's jupyter_kernel_test on this kernel: nothing may fail and nothing may be skipped."""
import sys
import time
import unittest

import jupyter_kernel_test


class Conformance(jupyter_kernel_test.KernelTests):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A cell that waits for the kernel to start says so first; the suite expects its own output first.
        cls.kc.execute_interactive("();", timeout=180)

    kernel_name = "dlnotes-test"
    language_name = "rust"
    file_extension = ".rs"

    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("oops");'
    code_page_something = ":doc String"
    code_generate_error = 'panic!("no");'
    code_execute_result = [
        {"code": "1+2+3 // summed by the conformance tests", "result": "6"},
        {"code": "(1..4).map(|n| n * n).collect::<Vec<_>>()", "result": "[1, 4, 9]"},
    ]
    code_display_data = [
        {
            "code": 'dlnotes_display::display(&dlnotes_display::Bundle::new("image/svg+xml", "<svg/>"));',
            "mime": "image/svg+xml",
        },
        {
            "code": 'println!("EVCXR_BEGIN_CONTENT text/html\\n<b>x</b>\\nEVCXR_END_CONTENT");',
            "mime": "text/html",
        },
    ]
    code_clear_output = "dlnotes_display::clear_output(false);"
    code_inspect_sample = "String"
    # The history is the user's: the pattern must find no other session's cell.
    code_history_pattern = "1?2*by the conformance tests"
    supported_history_operations = ("tail", "range", "search")

    completion_samples = [
        {"text": "let text = String::from(\"a\"); text.trim_start_m", "matches": {"trim_start_matches"}},
        {"text": "std::collections::HashM", "matches": {"HashMap"}},
    ]
    complete_code_samples = ["1 + 1", "let x = 1;", "fn f() {}", ":vars", "println!(\"a\")"]
    incomplete_code_samples = ["fn f() {", "let x = vec![1,", "\"text"]
    invalid_code_samples = ["fn f() }", "let x = );"]


class Welcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "dlnotes-test"
    support_iopub_welcome = True

    @classmethod
    def tearDownClass(cls):
        # Jupyter's client, if its heartbeat is stopped before that has begun, opens sockets until there are none left
        # ("Too many open files").
        deadline = time.monotonic() + 60
        while not cls.kc.hb_channel.is_beating() and time.monotonic() < deadline:
            time.sleep(0.01)
        super().tearDownClass()


if __name__ == "__main__":
    suite = unittest.TestSuite()
    for case in (Conformance, Welcome):
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    sys.exit(0 if result.wasSuccessful() and not result.skipped else 1)
