"""Times kernels side by side, the same cells in each: bench_kernel.py ROUNDS CELLS FIGURE NAME=KERNELSPECS…

NAME is printed, KERNELSPECS the folder in which Jupyter finds that kernel as `rust`; it runs in the current folder. Prints
a line of JSON per result, `{"name", "unit", "kernel", "value"}`. The first kernel then runs CELLS more cells and draws
how long each took and how memory grew as FIGURE, an SVG.
"""
import json
import statistics
import sys
import time
from contextlib import closing

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

TIMEOUT = 600

LET = "let value_{n} = Tensor::ones([4, {n} + 1]).sum().item();"
PLOT = "plot(&x, &relu(&x)).title(\"{n}\")"
RUN_ALL = ["let x = Tensor::arange(-8.0, 8.0, 0.1);", "let y = relu(&x);", "plot(&x, &y).xlabel(\"x\")"]
PRINT = 'for i in 0..200_000 { println!("a line of output with its number {i}"); }'
SAMPLES = 15

# The same work as benchmarks of crates/dlnotes, by their names, timed inside a cell.
WORK = {
    "autograd/chain of 1000 mul": """{
    let (x, factor) = (Tensor::ones([4]).requires_grad(), Tensor::full([4], 1.000_1));
    measure(200, || {
        let mut y = x.clone();
        for _ in 0..1000 { y = &y * &factor; }
        y.sum().backward();
        x.zero_grad();
    })
}""",
    "autograd/ReLU of 1M": """{
    let x = Tensor::randn([1_000_000]).requires_grad();
    let ones = x.ones_like();
    measure(200, || { Activation::Relu.forward(&x).backward_with(&ones); x.zero_grad(); })
}""",
}
# Training that adds a point after each epoch of some milliseconds, with and without an animator that draws it.
TRAIN = """fn train(animator: Option<&mut Animator>, epochs: usize) -> f64 {
    seed(1);
    let x = Tensor::randn([1024, 64]);
    let data = Batches::new((&x, &x.narrow(1, 0, 1).squeeze(1).gt(0.0)), 256);
    let net = sequential![Linear::new(64, 256), Relu, Linear::new(256, 2)];
    let mut trainer = Sgd::new(net.parameters(), 0.1);
    let mut animator = animator;
    let start = std::time::Instant::now();
    for epoch in 1..=epochs {
        let loss = train_epoch(&net, &data, &CrossEntropyLoss::none(), &mut trainer).loss;
        if let Some(animator) = &mut animator { animator.add(epoch, [loss]); }
    }
    start.elapsed().as_secs_f64()
}"""
EPOCHS = 1000
MEASURE = """fn measure(times: usize, mut work: impl FnMut()) -> f64 {
    let mut each: Vec<f64> = (0..times).map(|_| { let start = std::time::Instant::now(); work(); start.elapsed().as_secs_f64() * 1e3 }).collect();
    each.sort_by(f64::total_cmp);
    each[times / 2]
}"""


class Kernel:
    def __init__(self, name, folder):
        self.name = name
        self.manager = KernelManager(kernel_name="rust", kernel_spec_manager=KernelSpecManager(kernel_dirs=[folder]))
        self.start = time.monotonic()
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels()

    def wait_for_info(self):
        self.client.wait_for_ready(timeout=TIMEOUT)
        return time.monotonic() - self.start

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

    def reply(self, request):
        """Other replies before it answer what was asked more than once while the kernel started."""
        while True:
            message = self.client.get_shell_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    def value(self, code):
        _, messages, status = self.run(code)
        assert status == "ok", (self.name, code, messages)
        return next(content["data"]["text/plain"] for kind, content in messages if kind == "execute_result")

    def complete(self, code):
        """Seconds until the completions at the end of `code` are there."""
        start = time.monotonic()
        assert self.reply(self.client.complete(code))["matches"], (self.name, code)
        return time.monotonic() - start

    def memory(self):
        """Megabytes, shared pages shared out, of the kernel and the processes that it started."""
        process = psutil.Process(self.manager.provisioner.pid)
        infos = [p.memory_full_info() for p in [process, *process.children(recursive=True)]]
        return sum(getattr(info, "pss", info.uss) for info in infos) / 1e6

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def tell(name, unit, kernel, value):
    print(json.dumps({"name": name, "unit": unit, "kernel": kernel, "value": value}), flush=True)


def launch_to_info(name, folder):
    with closing(Kernel(name, folder)) as kernel:
        return kernel.wait_for_info()


def launch_to_plot(name, folder):
    """Run All at once: the cells are sent as soon as the kernel's process exists."""
    with closing(Kernel(name, folder)) as kernel:
        requests = [kernel.client.execute(code) for code in RUN_ALL]
        found = any(kind in ("execute_result", "display_data") for kind, _ in kernel.messages(requests[-1]))
        seconds = time.monotonic() - kernel.start
        assert found, f"{name} showed no plot"
        return seconds


def session(kernel):
    kernel.wait_for_info()
    kernel.run(RUN_ALL[0])
    kernel.run(PLOT.format(n=0))
    tell("`let` cell", "ms", kernel.name, 1e3 * statistics.median(kernel.run(LET.format(n=n))[0] for n in range(SAMPLES)))
    tell("plot cell", "ms", kernel.name, 1e3 * statistics.median(kernel.run(PLOT.format(n=n))[0] for n in range(SAMPLES)))
    # Another name each time, so that no answer is known from before.
    completions = [kernel.complete(f"let name_{n} = relu(&x); name_{n}.") for n in range(SAMPLES)]
    tell("completion after a dot", "ms", kernel.name, 1e3 * statistics.median(completions))
    tell("memory after 32 cells", "MB", kernel.name, kernel.memory())
    seconds, messages, _ = kernel.run(PRINT)
    tell("200,000 printed lines", "ms", kernel.name, 1e3 * seconds)
    printed = sum(len(content["text"]) for kind, content in messages if kind == "stream")
    tell("200,000 printed lines: what arrives", "MB", kernel.name, printed / 1e6)
    tell("a panic is reported as a failure", "of 1", kernel.name, int(kernel.run('panic!("on purpose");')[2] == "error"))
    kernel.run(MEASURE)
    for name, code in WORK.items():
        tell(f"in a cell: {name}", "ms", kernel.name, float(kernel.value(code)))


def live_figure(kernel):
    """How often a figure is drawn again while a cell trains, and what that costs."""
    assert kernel.run(TRAIN)[2] == "ok"
    slowdowns, frames = [], []
    for _ in range(5):
        without = float(kernel.value(f"train(None, {EPOCHS})"))
        kernel.run("let mut animator = Animator::new();")
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
        seconds.append(kernel.run(LET.format(n=n % 50))[0])
        if n % 10 == 9:
            memory.append((n + 1, kernel.memory()))
    tenth = max(1, count // 10)
    tell(f"`let` cell, first tenth of {count}", "ms", kernel.name, 1e3 * statistics.median(seconds[:tenth]))
    tell(f"`let` cell, last tenth of {count}", "ms", kernel.name, 1e3 * statistics.median(seconds[-tenth:]))
    tell(f"growth over {count} cells", "KB a cell", kernel.name, 1e3 * (kernel.memory() - before) / count)
    numbers = lambda values: "vec![" + ", ".join(f"{value:.4f}_f64" for value in values) + "]"
    cell = ("Grid::new([\n"
            f"    plot((1..={count}).collect::<Vec<usize>>(), {numbers(seconds)}).xlabel(\"cell\").ylabel(\"seconds\").ylim(0, 0.5),\n"
            f"    plot({numbers(n for n, _ in memory)}, {numbers(mb for _, mb in memory)}).xlabel(\"cell\").ylabel(\"MB\").ylim(0, 800),\n"
            f"]).columns(2).save({json.dumps(figure)}).unwrap();")
    _, messages, status = kernel.run(cell)
    assert status == "ok", messages


def main():
    rounds, cells, figure = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    kernels = [argument.split("=", 1) for argument in sys.argv[4:]]
    # Turn and turn about: the machine is the same for all of them.
    for title, measure in [("launch to kernel_info", launch_to_info), ("launch to first plot, Run All at once", launch_to_plot)]:
        times = {name: [] for name, _ in kernels}
        for _ in range(rounds):
            for name, folder in kernels:
                times[name].append(measure(name, folder))
        for name, seconds in times.items():
            tell(title, "ms", name, 1e3 * statistics.median(seconds))
    for index, (name, folder) in enumerate(kernels):
        with closing(Kernel(name, folder)) as kernel:
            session(kernel)
            if index == 0:
                live_figure(kernel)
            if index == 0 and cells:
                many_cells(kernel, cells, figure)


if __name__ == "__main__":
    main()
