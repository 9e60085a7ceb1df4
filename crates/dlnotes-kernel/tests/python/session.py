"""A front end for the tests: starts the kernel under test and says what comes back."""
import glob
import os
import subprocess
import time

from jupyter_client.manager import KernelManager

KERNEL = "dlnotes-test"
TIMEOUT = 180


def cache_directory():
    return os.environ.get("DLNOTES_CACHE_DIR") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "dlnotes")


def run_directories():
    return set(glob.glob(os.path.join(cache_directory(), "run", "*")))


def has_open(pid, name):
    """Whether a process has a file of this name open."""
    for file in glob.glob(f"/proc/{pid}/fd/*"):
        try:
            if os.path.basename(os.readlink(file)) == name:
                return True
        except OSError:  # it is closed
            pass
    return False


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
    def __init__(self, environment=None, **kwargs):
        """Starts a kernel; `environment` comes on top of what its kernelspec says, `kwargs` go to Jupyter."""
        self.manager = KernelManager(kernel_name=KERNEL)
        self.manager.kernel_spec.env.update(environment or {})
        self.manager.start_kernel(**kwargs)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.pid = self.manager.provisioner.pid

    def send(self, code, **kwargs):
        return self.client.execute(code, **kwargs)

    def run_tagged(self, code, *tags):
        """As JupyterLab runs a cell, whose metadata it sends along."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
                   "stop_on_error": True}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": "a", "tags": list(tags)})
        self.client.shell_channel.send(message)
        return self.result(message["header"]["msg_id"])

    def result(self, request):
        outputs = [(kind, content) for _, kind, content in self.messages(request) if kind not in ("status", "execute_input")]
        return Result(self.reply(request), outputs)

    def messages(self, request):
        """What comes on iopub for a request, each with its time, until idle."""
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == request:
                if message["content"].get("execution_state") == "idle":
                    return
                yield time.monotonic(), message["msg_type"], message["content"]

    def reply(self, request):
        """Not one that came late: while a kernel starts, the client asks who it is more than once."""
        while True:
            message = self.client.get_shell_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    def run(self, code, **kwargs):
        return self.result(self.send(code, **kwargs))

    def wait_for(self, text):
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["msg_type"] == "stream" and text in message["content"]["text"]:
                return

    def wait_for_display(self):
        while self.client.get_iopub_msg(timeout=TIMEOUT)["msg_type"] != "display_data":
            pass

    def interrupt(self):
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))

    def children(self, *names):
        """Processes that the kernel has started, by the beginning of their programs' names."""
        pids = subprocess.run(["pgrep", "-P", str(self.pid)], capture_output=True, text=True).stdout.split()
        found = []
        for pid in pids:
            try:
                program = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
            except OSError:  # it is over
                continue
            if program.startswith(names):
                found.append(int(pid))
        return found

    def child(self):
        """The process that runs cells."""
        return self.children("dlnotes-cells", "dlnotes_cells")[0]

    def compiler(self):
        """The compiler that waits for the next cell, as soon as it has got as far as the pipe."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            for pid in self.children("rustc"):
                if has_open(pid, "start"):
                    return pid
            time.sleep(0.05)
        raise AssertionError("no compiler waits for a cell")

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def work_directory(self):
        return os.path.join(cache_directory(), "run", str(self.pid), "work")


class Checks:
    """For test cases that have a `session`."""

    def failed(self, result, ename, *parts):
        self.assertEqual((result.status, result.ename), ("error", ename), result.traceback)
        self.assertEqual(result.kinds().count("error"), 1)
        for part in parts:
            self.assertIn(part, result.traceback)

    def goes_on(self):
        self.assertEqual(self.session.run("1 + 1").value(), "2")


def setUpSession(case):
    case.before = run_directories()
    case.session = Session()
    case.session.run("();")  # waits for the kernel to start, and has its line about that


def tearDownSession(case):
    """Ends the session; no process and no directory may be left."""
    child = case.session.child()
    case.session.close()
    time.sleep(0.5)
    assert not os.path.exists(f"/proc/{child}"), "the process that runs cells is left behind"
    assert run_directories() <= case.before, "a directory is left behind"
