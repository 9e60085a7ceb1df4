"""Writes reductions.json: what PyTorch's reductions make of equal, huge, tiny, infinite, missing and no numbers at all.

The format is that of ops.py, with "exact" besides: output and gradient of the same numbers in double precision, for
PyTorch's own variance of 41 times 0.1f isn't 0. The gradient is that of sum(output * weights),
weights[i] = 0.5 + sin(0.7 i).
"""

import json
import math
import pathlib

import torch

torch.set_num_threads(1)
inf, nan = float("inf"), float("nan")
NAMES = {inf: "inf", -inf: "-inf"}


def values(tensor):
    return [NAMES.get(v, "nan" if v != v else v) for v in tensor.detach().flatten().tolist()]


def compute(f, x):
    x = x.clone().requires_grad_(True)
    output = f(x)
    weights = 0.5 + torch.sin(0.7 * torch.arange(output.numel(), dtype=torch.float64))
    output.backward(weights.to(x.dtype).reshape(output.shape))
    return output, x.grad


def case(name, f, kind, data):
    x = torch.as_tensor(data, dtype=torch.float32)
    output, grad = compute(f, x)
    exact_output, exact_grad = compute(f, x.double())
    return {
        "op": name,
        "kind": kind,
        "inputs": [{"shape": list(x.shape), "values": values(x)}],
        "output": {"shape": list(output.shape), "values": values(output)},
        "grads": [values(grad)],
        "exact": {"output": values(exact_output.float()), "grads": [values(exact_grad.float())]},
    }


def line(f, n):
    return [f(i) for i in range(n)]


flat = {
    "ones": [1.0] * 41,
    "equal": [0.1] * 41,
    "equal and negative": [-7.3] * 100,
    "equal and many": [0.3] * 1501,
    "equal and huge": [3e38] * 5,
    "equal and tiny": [1e-40] * 5,
    "zeros": [0.0] * 7,
    "one number": [2.5],
    "two numbers": [1.0, 4.0],
    "huge": line(lambda i: (1 + i) * 1e30, 9),
    "huge of both signs": [3e38, -3e38, 3e38],
    "tiny": line(lambda i: (1 + i) * 1e-30, 9),
    "below the normal ones": line(lambda i: (1 + i) * 1e-44, 9),
    "nearly equal": line(lambda i: 1e4 + (i % 3) / 512, 60),
    "a large mean": line(lambda i: 1e6 + math.sin(i), 200),
    "an infinity": [1.0, inf, 2.0],
    "infinities of both signs": [inf, 1.0, -inf],
    "only infinities": [-inf, -inf],
    "a NaN": [1.0, nan, 3.0],
    "only NaN": [nan, nan],
    "ties": [1.0, 3.0, 3.0, -2.0, -2.0],
    "ordinary": line(lambda i: math.sin(1 + i * i), 33),
}
tables = {
    "equal columns": [[0.1, 7.0, -3.3]] * 41,
    "equal rows": [[0.7] * 5, [-1.3] * 5, [1e30] * 5],
    "ordinary": [line(lambda j: math.cos(i + j * j), 6) for i in range(5)],
    "one row": [[1.0, 2.0, 4.0]],
    "a NaN and an infinity": [[1.0, nan, inf, 1.0], [2.0, 2.0, 2.0, 1.0], [4.0, 3.0, 5.0, 1.0]],
}
norm = torch.linalg.vector_norm
reductions = {
    "sum": torch.sum, "mean": torch.mean, "var": torch.var, "std": torch.std,
    "biased": lambda t: torch.var(t, correction=0), "norm": norm, "norm_l1": lambda t: norm(t, 1),
    "norm_inf": lambda t: norm(t, inf),
}
extremes = {"max": torch.max, "min": torch.min}
by_line = {"softmax": lambda t: t.softmax(0), "log_softmax": lambda t: t.log_softmax(0)}
cases = []
for kind, data in flat.items():
    for name, f in (reductions | extremes | by_line).items():
        if len(data) < 1000 or name in ["mean", "std"]:
            cases.append(case(name, f, kind, data))
for name, f in reductions.items():
    if name != "norm_inf":
        cases.append(case(name, f, "nothing", []))
for kind, data in tables.items():
    for dim in [0, 1]:
        for name, f in {
            "sum": lambda t: t.sum(dim), "mean": lambda t: t.mean(dim), "var": lambda t: t.var(dim),
            "biased": lambda t: t.var(dim, correction=0), "max": lambda t: t.amax(dim), "min": lambda t: t.amin(dim),
            "softmax": lambda t: t.softmax(dim), "log_softmax": lambda t: t.log_softmax(dim),
        }.items():
            cases.append(case(f"{name} {dim}", f, kind, data))

path = pathlib.Path(__file__).with_name("reductions.json")
lines = ",\n".join(json.dumps(c) for c in cases)
path.write_text(f'{{"torch": "{torch.__version__}", "cases": [\n{lines}\n]}}\n')
print(f"{len(cases)} cases in {path.name}")
