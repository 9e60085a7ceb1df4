"""A kernel under a real client."""

import pathlib
import time

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from cells import LANGUAGES

TIMEOUT = 600  # seconds for anything


class Kernel:
    """`side` says how it is called, its language, the folder of its kernelspec and the kernelspec's name."""

    def __init__(self, side):
        self.name = side["name"]
        self.cells = LANGUAGES[side["language"]]
        self.is_rust = side["language"] == "rust"
        specs = KernelSpecManager(kernel_dirs=[side["specs"]], ensure_native_kernel=False)
        self.manager = KernelManager(kernel_name=side["spec"], kernel_spec_manager=specs)
        self.start = time.monotonic()
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def seconds(self):
        """Since it was launched."""
        return time.monotonic() - self.start

    def wait_for_info(self):
        self.client.wait_for_ready(timeout=TIMEOUT)
        return self.seconds()

    def messages(self, request):
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == request:
                yield message["msg_type"], message["content"]
                if message["content"].get("execution_state") == "idle":
                    return

    def run(self, code):
        """How long it took until idle, the messages, and the reply's status."""
        start = time.monotonic()
        request = self.client.execute(code)
        messages = list(self.messages(request))
        seconds = time.monotonic() - start
        return seconds, messages, self.reply(request)["status"]

    def run_all(self, cells):
        """As a front end does: all are sent at once, as soon as the kernel's process exists. The messages of each."""
        requests = [self.client.execute(code) for code in cells]
        shown = [list(self.messages(request)) for request in requests]
        for request, code in zip(requests, cells):
            assert self.reply(request)["status"] == "ok", (self.name, code)
        return shown

    def run_each(self, cells):
        """Each cell is sent when the one before has ended."""
        for code in cells:
            self.seconds_of(code)

    def reply(self, request):
        """Other replies before it answer what was asked more than once while the kernel started."""
        while True:
            message = self.client.get_shell_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    def seconds_of(self, code):
        seconds, messages, status = self.run(code)
        assert status == "ok", (self.name, code, messages)
        return seconds

    def value(self, code):
        _, messages, status = self.run(code)
        assert status == "ok", (self.name, code, messages)
        return next(content["data"]["text/plain"] for kind, content in messages if kind == "execute_result")

    def complete(self, code):
        """Seconds until the completions at the end of `code` are there, and how many there are."""
        start = time.monotonic()
        matches = self.reply(self.client.complete(code))["matches"]
        return time.monotonic() - start, len(matches)

    def memory(self):
        """Megabytes of the kernel and of all processes that it started, each page that several share counted once."""
        process = psutil.Process(self.manager.provisioner.pid)
        return sum(proportional(p) for p in [process, *process.children(recursive=True)]) / 1e6


def proportional(process):
    """Bytes, shared pages shared out; 0 for a process that has ended."""
    try:
        for line in pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
        return 0
    except FileNotFoundError:  # it has ended, or this isn't Linux
        return process.memory_full_info().uss if process.is_running() else 0
    except ProcessLookupError:
        return 0


def shows_figure(messages):
    return any(
        kind in ("execute_result", "display_data") and any(mime.startswith("image/") for mime in content["data"])
        for kind, content in messages
    )
