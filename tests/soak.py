"""A kernel under load for long: 1,000 cells, 100 restarts, four kernels at once. What must stay flat is measured.

    soak.py KERNELSPEC [--cells 1000] [--restarts 100] [--kernels 4]

`cargo xtask soak` runs it; docs/reliability.md has the figures. Fails if a cell doesn't end as it should, if a process,
a descriptor or a work folder is left over, or if memory grows faster per cell than the cells' libraries, which are
never unloaded, explain.
"""

import argparse
import os
import pathlib
import statistics
import sys
import threading
import time

from jupyter_client.manager import KernelManager

TIMEOUT = 300  # seconds
# A loaded cell: its library's pages, and what the kernel keeps of it.
LARGEST_SLOPE = 100  # KB a cell, kernel and child together

# What readers write: values, items again and again, figures, text, mistakes. Each with what its reply must say.
CELLS = [
    ("let t = Tensor::randn([64, 64]);", "ok"),
    ("t.matmul(&t).sum().item() + {n} as f32", "ok"),
    ("fn f(x: f32) -> f32 {{ x + {n}.0 }}\nf(1.0)", "ok"),
    ("plot([0, 1, 2], [0.0, {n}.0, 1.0]).title(\"{n}\")", "ok"),
    ("for i in 0..50 {{ println!(\"line {{i}} of {n}\"); }}", "ok"),
    ("let text = format!(\"{{}}\", {n}); text.len()", "ok"),
    ("let wrong: String = {n};", "error"),
    ("panic!(\"number {n}\")", "error"),
    ("let x = Tensor::ones([8]).requires_grad(); x.exp().sum().backward(); x.grad().unwrap()", "ok"),
    ("struct S{n} {{ a: i32 }}\nimpl S{n} {{ fn get(&self) -> i32 {{ self.a }} }}\nS{n} {{ a: {n} }}.get()", "ok"),
]


def cache():
    named = os.environ.get("DLNOTES_CACHE_DIR")
    return pathlib.Path(named) if named else pathlib.Path.home() / ".cache/dlnotes"


def family(pid):
    """The processes below `pid`, itself included."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                children.setdefault(int(fields[1]), []).append(int(entry.name))
            except OSError:
                pass  # has ended meanwhile
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def kilobytes(pid):
    """Memory that is the process's alone, so that shared pages aren't counted twice."""
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def disk(folder):
    found = [path.lstat() for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
    return sum(stat.st_blocks * 512 for stat in found) / 1e6


class Kernel:
    def __init__(self, spec):
        self.manager = KernelManager(kernel_name=spec)
        start = time.monotonic()
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.started = time.monotonic() - start

    @property
    def pid(self):
        return self.manager.provisioner.pid

    def run(self, code, expected="ok"):
        start = time.monotonic()
        reply = self.client.execute_interactive(code, timeout=TIMEOUT, output_hook=lambda message: None)
        content = reply["content"]
        if content["status"] != expected:
            sys.exit(f"failed: {code!r} ended as {content['status']}: {content.get('evalue')}")
        return time.monotonic() - start

    def state(self):
        pids = family(self.pid)
        return {
            "kernel_mb": kilobytes(self.pid) / 1e3,
            "child_mb": sum(kilobytes(pid) for pid in pids[1:]) / 1e3,
            "processes": len(pids),
            "descriptors": len(os.listdir(f"/proc/{self.pid}/fd")),
            "disk_mb": disk(cache() / "run" / str(self.pid)),
        }

    def end(self):
        pids = family(self.pid)
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=False)
        left = pids
        for _ in range(50):
            left = [pid for pid in left if pathlib.Path(f"/proc/{pid}").exists()]
            if not left:
                return
            time.sleep(0.1)
        sys.exit(f"failed: processes {left} outlive their kernel")


def row(name, times, state):
    texts = [f"{value:.0f}" if isinstance(value, float) else str(value) for value in state.values()]
    print(f"| {name} | {statistics.median(times) * 1e3:.0f} | {max(times) * 1e3:.0f} | {' | '.join(texts)} |", flush=True)


def cells(spec, count):
    print(f"## {count} cells\n")
    print("| cells | median ms | max ms | kernel MB | child MB | processes | descriptors | disk MB |")
    print("|---|---|---|---|---|---|---|---|")
    kernel = Kernel(spec)
    row("first", [kernel.run("1 + 1")], kernel.state())
    states, times = [], []
    step = max(count // 10, 1)
    for n in range(1, count + 1):
        code, expected = CELLS[(n - 1) % len(CELLS)]
        times.append(kernel.run(code.format(n=n), expected))
        if n % step == 0:
            states.append(kernel.state())
            row(f"to {n}", times[-step:], states[-1])
    # The first tenth fills caches; the slope is that of the rest.
    first, last = states[0], states[-1]
    grown = sum(last[name] - first[name] for name in ("kernel_mb", "child_mb"))
    slope = grown * 1e3 / max(count - step, 1)
    early, late = statistics.median(times[:step]), statistics.median(times[-step:])
    print(f"\nmemory {slope:.0f} KB a cell; median of the last tenth {late / early:.2f} times that of the first")
    kernel.end()
    check(slope < LARGEST_SLOPE, f"memory grows by less than {LARGEST_SLOPE} KB a cell")
    check(last["processes"] == first["processes"], "no process is left over")
    check(last["descriptors"] <= first["descriptors"] + 2, "no descriptor is left over")
    check(last["disk_mb"] < first["disk_mb"] + 20 + count * 0.05, "the work folder does not grow")


def restarts(spec, count):
    print(f"\n## {count} restarts\n")
    print("| restarts | median ms | max ms | kernel MB | child MB | processes | descriptors | disk MB |")
    print("|---|---|---|---|---|---|---|---|")
    kernel = Kernel(spec)
    kernel.run("let before = 1;")
    times, states = [], []
    step = max(count // 5, 1)
    for n in range(1, count + 1):
        start = time.monotonic()
        kernel.manager.restart_kernel(now=False)
        kernel.client.wait_for_ready(timeout=TIMEOUT)
        kernel.run("1 + 1")
        times.append(time.monotonic() - start)
        if n % step == 0:
            states.append(kernel.state())
            row(f"to {n}", times[-step:], states[-1])
    kernel.end()
    check(states[-1]["processes"] == states[0]["processes"], "no process is left over")
    check(abs(states[-1]["kernel_mb"] - states[0]["kernel_mb"]) < 60, "a kernel takes what the first one took")


def at_once(spec, count):
    print(f"\n## {count} kernels at once\n")
    kernels, lock = [], threading.Lock()

    def work():
        kernel = Kernel(spec)
        first = kernel.run("plot([0, 1], [0.0, 1.0])")
        times = [kernel.run(code.format(n=n), expected) for n, (code, expected) in enumerate(CELLS * 2)]
        with lock:
            kernels.append((kernel, first, times))

    start = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = time.monotonic() - start
    check(len(kernels) == count, f"{count} kernels ran {2 * len(CELLS)} cells each at the same time")
    print("| kernel_info s | first figure s | median ms | kernel MB | child MB |\n|---|---|---|---|---|")
    for kernel, first, times in kernels:
        state = kernel.state()
        memory = f"{state['kernel_mb']:.0f} | {state['child_mb']:.0f}"
        print(f"| {kernel.started:.1f} | {first:.1f} | {statistics.median(times) * 1e3:.0f} | {memory} |")
        kernel.end()
    print(f"\nall together {total:.0f} s")


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")
    print(f"ok: {what}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec")
    for name, default in (("cells", 1000), ("restarts", 100), ("kernels", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    before = set((cache() / "run").glob("*"))
    for work, count in ((cells, options.cells), (restarts, options.restarts), (at_once, options.kernels)):
        if count:
            work(options.spec, count)
    time.sleep(2)
    check(set((cache() / "run").glob("*")) <= before, "no work folder is left over")


if __name__ == "__main__":
    main()
