"""Times kernels side by side, equivalent cells in each: bench_kernel PLAN

PLAN is JSON: `kernels`, a list of `{name, language, specs, spec}` (the folder in which Jupyter finds the kernelspec, and its
name); `rounds`, how often each launch is timed; `samples` of each cell; `earlier`, numbers of cells after which a cell is
timed again; `cells`, how many more the first kernel runs, drawing how long each took and how memory grew as `figure`, an
SVG. Prints a line of JSON per result, `{"name", "unit", "kernel", "value"}`.
"""

import json
import re
import statistics
import sys
import time

from cells import EPOCHS, TRAIN
from kernel import Kernel, shows_figure

# Seconds without a request after which a session is idle: whatever is prepared for the next cell is there.
IDLE = 3

STAGE = re.compile(r"([A-Za-z][A-Za-z ]*?)(?: in| for|:)? ([\d.]+) ?(ns|µs|us|ms|s)\b")
MILLISECONDS = {"ns": 1e-6, "µs": 1e-3, "us": 1e-3, "ms": 1.0, "s": 1e3}


def tell(name, unit, kernel, value):
    print(json.dumps({"name": name, "unit": unit, "kernel": kernel, "value": value}), flush=True)


def launch_to_info(side):
    with Kernel(side) as kernel:
        return kernel.wait_for_info()


def launch_to_figure(side):
    with Kernel(side) as kernel:
        requests = [kernel.client.execute(code) for code in kernel.cells.first_figure]
        found = shows_figure(kernel.messages(requests[-1]))
        seconds = kernel.seconds()
        assert found, f"{kernel.name} showed no figure"
        return seconds


def run_all(side):
    """A whole notebook, from the kernel's launch to the end of its last cell."""
    with Kernel(side) as kernel:
        shown = kernel.run_all(kernel.cells.notebook)
        seconds = kernel.seconds()
        assert sum(map(shows_figure, shown)) == 2, f"{kernel.name} showed other figures than two"
        return seconds


def launches(sides, rounds):
    """Turn and turn about: the machine is the same for all of them."""
    for title, measure in [
        ("launch to kernel_info", launch_to_info),
        ("launch to first figure, Run All at once", launch_to_figure),
        ("Run All of a notebook of ten cells", run_all),
    ]:
        times = {side["name"]: [] for side in sides}
        for _ in range(rounds):
            for side in sides:
                times[side["name"]].append(measure(side))
        for name, seconds in times.items():
            tell(title, "ms", name, 1e3 * statistics.median(seconds))


def queued_or_not(side, rounds):
    """Run All of a notebook in a session that is ready: all cells sent at once, as JupyterLab does, and each when the one
    before has ended, as nbclient does; turn and turn about, each in a kernel of its own."""
    ways = {"all queued": Kernel.run_all, "one by one": Kernel.run_each}
    times = {way: [] for way in ways}
    for _ in range(rounds):
        for way, run in ways.items():
            with Kernel(side) as kernel:
                kernel.wait_for_info()
                kernel.run_each(kernel.cells.first_figure)
                time.sleep(IDLE)
                start = time.monotonic()
                run(kernel, kernel.cells.notebook)
                times[way].append(time.monotonic() - start)
    for way, seconds in times.items():
        tell(f"Run All of ten cells in a session that is ready, {way}", "ms", side["name"], 1e3 * statistics.median(seconds))


def session(kernel, samples):
    cells = kernel.cells
    median = lambda code, first: 1e3 * statistics.median(
        kernel.seconds_of(code.replace("{n}", str(n))) for n in range(first, first + samples)
    )
    kernel.wait_for_info()
    for code in cells.first_figure:
        kernel.seconds_of(code)
    tell("a cell that defines a variable", "ms", kernel.name, median(cells.define, 0))
    tell("a cell that draws a figure", "ms", kernel.name, median(cells.draw, 0))
    time.sleep(IDLE)
    tell("memory of an idle session, all processes", "MB", kernel.name, kernel.memory())
    first, _ = kernel.complete(cells.complete.replace("{n}", "first"))
    tell("first completion after a dot", "ms", kernel.name, 1e3 * first)
    completions = [kernel.complete(cells.complete.replace("{n}", str(n))) for n in range(samples)]
    tell("completion after a dot", "ms", kernel.name, 1e3 * statistics.median(seconds for seconds, _ in completions))
    tell("completion after a dot: names", "names", kernel.name, statistics.median(names for _, names in completions))
    tell("memory after completions", "MB", kernel.name, kernel.memory())
    seconds, messages, _ = kernel.run(cells.printing)
    tell("200,000 printed lines", "ms", kernel.name, 1e3 * seconds)
    printed = sum(len(content["text"]) for kind, content in messages if kind == "stream")
    tell("200,000 printed lines: what arrives", "MB", kernel.name, printed / 1e6)
    tell("a panic is reported as a failure", "of 1", kernel.name, int(kernel.run(cells.fail)[2] == "error"))
    kernel.seconds_of(cells.measure)
    for name, code in cells.work.items():
        tell(f"in a cell: {name}", "ms", kernel.name, float(kernel.value(code)))


def stages(kernel, samples):
    """Where a cell's time goes, as the kernel's `:time` tells it."""
    cells = kernel.cells
    for title, code in [("defines a variable", cells.define), ("draws a figure", cells.draw), ("defines a function", cells.item)]:
        found = {}
        for n in range(samples):
            _, messages, status = kernel.run(":time\n" + code.replace("{n}", str(n)))
            assert status == "ok", (kernel.name, code, messages)
            for stage, milliseconds in told(messages):
                found.setdefault(stage, []).append(milliseconds)
        for stage, milliseconds in found.items():
            tell(f"`:time` of a cell that {title}: {stage}", "ms", kernel.name, statistics.median(milliseconds))


def told(messages):
    """Stages and milliseconds in what was printed: `compiled in 85 ms, ran for 2 ms`."""
    for kind, content in messages:
        if kind == "stream":
            for stage, number, unit in STAGE.findall(content["text"]):
                yield stage.strip(), float(number) * MILLISECONDS[unit]


def after_earlier_cells(side, earlier, samples):
    """The same cell after more and more cells, half of which define functions and half variables."""
    with Kernel(side) as kernel:
        kernel.run_all(kernel.cells.first_figure)
        done = 0
        for count in earlier:
            for n in range(done, count):
                code = kernel.cells.item if n % 2 == 0 else kernel.cells.variable
                kernel.seconds_of(code.replace("{n}", str(n)))
            done = count
            # A name of its own, so that it doesn't add to the session.
            seconds = [kernel.seconds_of(kernel.cells.define.replace("{n}", "0")) for _ in range(samples)]
            tell(f"a cell that defines a variable, after {count} cells", "ms", kernel.name, 1e3 * statistics.median(seconds))


def live_figure(kernel):
    """How often a figure is drawn again while a cell trains, and what that costs."""
    kernel.seconds_of(TRAIN)
    slowdowns, frames = [], []
    for _ in range(5):
        without = float(kernel.value(f"train(None, {EPOCHS})"))
        kernel.seconds_of("let mut animator = Animator::new();")
        _, messages, _ = kernel.run(f'println!("{{}}", train(Some(&mut animator), {EPOCHS}));')
        drawn = sum(kind == "update_display_data" for kind, _ in messages)
        live = float(next(content["text"] for kind, content in messages if kind == "stream"))
        slowdowns.append(100 * (live / without - 1))
        frames.append(drawn / live)
    tell("live figure: frames", "a second", kernel.name, statistics.median(frames))
    tell("live figure: training takes longer by", "%", kernel.name, statistics.median(slowdowns))


def many_cells(kernel, count, figure):
    """Latency and memory over many cells, drawn by the kernel itself."""
    before = kernel.memory()
    seconds, memory = [], []
    for n in range(count):
        seconds.append(kernel.seconds_of(kernel.cells.define.replace("{n}", str(n % 50))))
        if n % 10 == 9:
            memory.append((n + 1, kernel.memory()))
    tenth = max(1, count // 10)
    tell(f"first tenth of {count} cells that define a variable", "ms", kernel.name, 1e3 * statistics.median(seconds[:tenth]))
    tell(f"last tenth of {count} cells that define a variable", "ms", kernel.name, 1e3 * statistics.median(seconds[-tenth:]))
    tell(f"growth over {count} cells", "KB a cell", kernel.name, 1e3 * (kernel.memory() - before) / count)
    numbers = lambda values: "vec![" + ", ".join(f"{value:.4f}_f64" for value in values) + "]"
    cell = ("Grid::new([\n"
            f"    plot((1..={count}).collect::<Vec<usize>>(), {numbers(seconds)}).xlabel(\"cell\").ylabel(\"seconds\").ylim(0, 0.5),\n"
            f"    plot({numbers(n for n, _ in memory)}, {numbers(mb for _, mb in memory)}).xlabel(\"cell\").ylabel(\"MB\").ylim(0, 800),\n"
            f"]).columns(2).save({json.dumps(figure)}).unwrap();")
    kernel.seconds_of(cell)


def main():
    plan = json.loads(sys.argv[1])
    sides, samples = plan["kernels"], plan["samples"]
    launches(sides, plan["rounds"])
    for index, side in enumerate(sides):
        with Kernel(side) as kernel:
            session(kernel, samples)
            if index == 0:
                stages(kernel, samples)
            if index == 0 and plan["cells"]:
                live_figure(kernel)
                many_cells(kernel, plan["cells"], plan["figure"])
        if index == 0:
            queued_or_not(side, samples)
        after_earlier_cells(side, plan["earlier"], samples)


if __name__ == "__main__":
    main()
