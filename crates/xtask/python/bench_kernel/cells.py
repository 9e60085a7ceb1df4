"""The same cells in Rust and in Python. `{n}` stands for a number that differs each time, so that nothing is known from
before."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Language:
    first_figure: list  # a notebook's first cells, up to its first figure
    define: str  # defines a variable
    draw: str  # draws a figure
    item: str  # defines a function
    variable: str  # defines a variable that stays
    complete: str  # ends where names are asked for
    fail: str
    printing: str  # 200,000 lines
    measure: str  # defines what `work` needs
    work: dict  # by the name of the benchmark of crates/dlnotes that does the same
    notebook: list  # a whole notebook


RUST = Language(
    first_figure=[
        "let x = Tensor::arange(-8.0, 8.0, 0.1);",
        "let y = relu(&x);",
        'plot(&x, &y).xlabel("x")',
    ],
    define="let value_{n} = Tensor::ones([4, {n} + 1]).sum().item();",
    draw='plot(&x, &relu(&x)).title("{n}")',
    item="fn function_{n}(x: f32) -> f32 { x + {n}.0 }",
    variable="let kept_{n} = Tensor::ones([2, 2]);",
    complete="let name_{n} = relu(&x); name_{n}.",
    fail='panic!("on purpose");',
    printing='for i in 0..200_000 { println!("a line of output with its number {i}"); }',
    measure="""fn measure(times: usize, mut work: impl FnMut()) -> f64 {
    let mut each: Vec<f64> = (0..times).map(|_| { let start = std::time::Instant::now(); work(); start.elapsed().as_secs_f64() * 1e3 }).collect();
    each.sort_by(f64::total_cmp);
    each[times / 2]
}""",
    work={
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
    },
    notebook=[
        "let t = Tensor::linspace(0.0, 6.0, 200);",
        'plot(&t, [&t.sin(), &t.cos()]).legend(["sine", "cosine"])',
        "let w = Tensor::from([1.0, 2.0, 3.0]).requires_grad();\n(&w * &w * &w).sum().backward();\nw.grad().unwrap()",
        "seed(3);\nlet points = Tensor::randn([400, 2]);\nlet inside = points.square().sum_dim(1, false).lt(1.7);",
        "let net = sequential![Linear::new(2, 16), Tanh, Linear::new(16, 2)];\nlet mut trainer = Sgd::new(net.parameters(), 0.5);",
        "let data = Batches::new((&points, &inside), 20).shuffled();\nlet mut losses: Vec<f64> = Vec::new();",
        "for _ in 0..30 { losses.push(f64::from(train_epoch(&net, &data, &CrossEntropyLoss::none(), &mut trainer).loss)); }",
        'plot((1..=30).collect::<Vec<usize>>(), losses.clone()).xlabel("epoch").ylabel("loss")',
        "fn mean(numbers: &[f64]) -> f64 { numbers.iter().sum::<f64>() / numbers.len() as f64 }",
        "mean(&losses)",
    ],
)

PYTHON = Language(
    first_figure=[
        "import torch\nimport matplotlib.pyplot as plt\nx = torch.arange(-8.0, 8.0, 0.1)",
        "y = torch.relu(x)",
        'plt.plot(x, y)\nplt.xlabel("x")\nplt.show()',
    ],
    define="value_{n} = torch.ones(4, {n} + 1).sum().item()",
    draw='plt.plot(x, torch.relu(x))\nplt.title("{n}")\nplt.show()',
    item="def function_{n}(x):\n    return x + {n}.0",
    variable="kept_{n} = torch.ones(2, 2)",
    complete="name_{n} = torch.relu(x)\nname_{n}.",
    fail='raise Exception("on purpose")',
    printing='for i in range(200_000):\n    print(f"a line of output with its number {i}")',
    measure="""import statistics, time

def measure(times, work):
    each = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        each.append((time.perf_counter() - start) * 1e3)
    return statistics.median(each)
""",
    work={
        "autograd/chain of 1000 mul": """a = torch.ones(4, requires_grad=True)
factor = torch.full((4,), 1.0001)

def chain():
    y = a
    for _ in range(1000):
        y = y * factor
    y.sum().backward()
    a.grad = None

measure(50, chain)""",
        "autograd/ReLU of 1M": """b = torch.randn(1_000_000, requires_grad=True)
ones = torch.ones_like(b)

def million():
    torch.relu(b).backward(ones)
    b.grad = None

measure(200, million)""",
    },
    notebook=[
        "import torch\nfrom torch import nn\nimport matplotlib.pyplot as plt\nt = torch.linspace(0, 6, 200)",
        'plt.plot(t, t.sin(), label="sine")\nplt.plot(t, t.cos(), label="cosine")\nplt.legend()\nplt.show()',
        "w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n(w * w * w).sum().backward()\nw.grad",
        "torch.manual_seed(3)\npoints = torch.randn(400, 2)\ninside = (points.square().sum(1) < 1.7).long()",
        "net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))\ntrainer = torch.optim.SGD(net.parameters(), lr=0.5)",
        "loss = nn.CrossEntropyLoss(reduction='none')\nlosses = []",
        """for _ in range(30):
    order, total = torch.randperm(400), 0.0
    for i in range(0, 400, 20):
        chosen = order[i : i + 20]
        each = loss(net(points[chosen]), inside[chosen])
        trainer.zero_grad()
        each.mean().backward()
        trainer.step()
        total += each.sum().item()
    losses.append(total / 400)""",
        'plt.plot(range(1, 31), losses)\nplt.xlabel("epoch")\nplt.ylabel("loss")\nplt.show()',
        "def mean(numbers):\n    return sum(numbers) / len(numbers)",
        "mean(losses)",
    ],
)

LANGUAGES = {"rust": RUST, "python": PYTHON}

# Training that adds a point after each epoch of some milliseconds, with and without an animator that draws it.
EPOCHS = 1000
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
