"""Times kernels side by side, the same cells in each: python bench.py KERNEL… [--cells N]

Names of installed kernels, such as `dlnotes`, `rust` (stock evcxr_jupyter), `python3`. Numbers are of one run each; on a
machine that does other work they say little.
"""
import argparse
import os
import statistics
import subprocess
import time

from jupyter_client.manager import KernelManager

HELPER = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../dlnotes"))

CELLS = {
    "rust": {
        "load": "1;",
        "let": "let value_{n} = Tensor::ones([4, {n} + 1]).sum().item();",
        "plot": 'dlnotes::dlnotes_display::display(&dlnotes::dlnotes_display::Bundle::new("image/svg+xml", '
                '"<svg xmlns=\'http://www.w3.org/2000/svg\' width=\'300\' height=\'200\'><text x=\'9\' y=\'99\'>{n}</text></svg>"));',
        "print": 'for i in 0..200_000 {{ println!("a line of output with its number {{i}}"); }}',
        "fail": 'panic!("on purpose");',
    },
    "python": {
        "load": "import torch",
        "let": "value_{n} = torch.ones(4, {n} + 1).sum().item()",
        "plot": "import matplotlib.pyplot as plt; plt.plot([1, 2, {n}]); plt.show()",
        "print": "for i in range(200_000): print('a line of output with its number', i)",
        "fail": "raise Exception('on purpose')",
    },
}


def children(pid):
    found = [pid]
    for child in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split():
        found += children(int(child))
    return found


def memory_mb(pid):
    total = 0
    for process in children(pid):
        try:
            for line in open(f"/proc/{process}/smaps_rollup"):
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total / 1024


class Kernel:
    def __init__(self, name):
        self.start = time.time()
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.language = self.manager.kernel_spec.language
        request = self.client.kernel_info()
        while True:
            if self.client.get_shell_msg(timeout=120)["parent_header"].get("msg_id") == request:
                break
        self.info = time.time() - self.start
        self.pid = self.manager.provisioner.pid

    def run(self, code):
        start = time.time()
        request = self.client.execute(code)
        size = 0
        while True:
            message = self.client.get_iopub_msg(timeout=300)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                size += len(content["text"])
            if content.get("execution_state") == "idle":
                break
        reply = self.client.get_shell_msg(timeout=60)["content"]
        return time.time() - start, reply["status"], size


def measure(name, cells):
    kernel = Kernel(name)
    code = CELLS[kernel.language]
    load = code["load"]
    if kernel.language == "rust" and not name.startswith("dlnotes"):
        load = f":dep dlnotes = {{ path = {HELPER!r} }}\nuse dlnotes::prelude::*;".replace("'", '"')
    kernel.run(load)
    assert kernel.run(code["plot"].format(n=0))[1] == "ok"
    first_plot = time.time() - kernel.start
    lets = [kernel.run(code["let"].format(n=n))[0] for n in range(12)]
    plots = [kernel.run(code["plot"].format(n=n))[0] for n in range(12)]
    seconds, _, size = kernel.run(code["print"].format())
    failed = kernel.run(code["fail"])[1]
    idle = memory_mb(kernel.pid)
    print(f"{name:14} kernel_info {kernel.info:5.2f} s   first plot {first_plot:6.2f} s   let {statistics.median(lets):5.3f} s   "
          f"plot {statistics.median(plots):5.3f} s   print {seconds:5.2f} s, {size / 1e6:4.1f} MB arrive   failing cell: {failed:5}   "
          f"memory {idle:4.0f} MB", flush=True)
    if cells:
        times = []
        for n in range(cells):
            times.append(kernel.run(code["let"].format(n=n % 50))[0])
            if n % 100 == 99:
                print(f"    after {n + 1:4} cells: median {statistics.median(times[-100:]):5.3f} s, {memory_mb(kernel.pid):4.0f} MB", flush=True)
        print(f"    {(memory_mb(kernel.pid) - idle) * 1024 / cells:.0f} KB a cell")
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kernels", nargs="+")
    parser.add_argument("--cells", type=int, default=0, help="then run this many more, for the growth of time and memory")
    arguments = parser.parse_args()
    for kernel in arguments.kernels:
        measure(kernel, arguments.cells)
