"""Writes ops.json: operations of PyTorch with inputs, output and gradients.

Each case is a name that `golden_ops.rs` knows how to compute, its input tensors, and what PyTorch says. The gradient is
that of sum(output * weights), weights[i] = 0.5 + sin(0.7 i), so that wrong places can't cancel out.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(2023)
torch.set_num_threads(1)
inf, nan = float("inf"), float("nan")
# JSON has no infinities: they and NaN are written as strings.
NAMES = {inf: "inf", -inf: "-inf"}


def values(tensor):
    return [NAMES.get(v, "nan" if v != v else v) for v in tensor.detach().flatten().tolist()]


def case(name, f, *inputs, grad=True):
    inputs = [torch.as_tensor(t, dtype=torch.float32).clone().requires_grad_(grad) for t in inputs]
    output = f(*inputs)
    result = {
        "op": name,
        "inputs": [{"shape": list(t.shape), "values": values(t)} for t in inputs],
        "output": {"shape": list(output.shape), "values": values(output)},
        "grads": [],
    }
    if grad:
        weights = 0.5 + torch.sin(0.7 * torch.arange(output.numel(), dtype=torch.float64)).float()
        output.backward(weights.reshape(output.shape))
        result["grads"] = [values(t.grad) for t in inputs]
    return result


x = torch.randn(3, 5) * 2
positive = torch.rand(3, 5) + 0.5
edges = torch.tensor([-inf, -1e4, -100.0, -20.0, -1e-4, -1e-30, 0.0, 1e-30, 1e-4, 20.0, 100.0, 1e4, inf, nan])
finite = edges[torch.isfinite(edges)]
cube = torch.randn(2, 3, 4)
a, b = torch.randn(4, 3), torch.randn(3, 5)
slope = torch.tensor([0.25])

cases = []
unary = {
    "neg": torch.neg, "exp": torch.exp, "abs": torch.abs, "square": torch.square, "sin": torch.sin, "cos": torch.cos,
    "relu": torch.relu, "leaky_relu 0.01": lambda t: F.leaky_relu(t, 0.01), "elu 1": F.elu, "sigmoid": torch.sigmoid,
    "tanh": torch.tanh, "softplus": F.softplus, "gelu": F.gelu, "clamp -1 1": lambda t: t.clamp(-1, 1),
    "pow 3": lambda t: t.pow(3), "pow 2": lambda t: t.pow(2),
}
for name, f in unary.items():
    cases.append(case(name, f, x))
for name in ["relu", "leaky_relu 0.01", "elu 1", "sigmoid", "tanh", "softplus", "exp", "abs", "gelu"]:
    cases.append(case(name, unary[name], finite))
    cases.append(case(name, unary[name], edges, grad=False))
for name, f in {"ln": torch.log, "sqrt": torch.sqrt, "pow 1.5": lambda t: t.pow(1.5), "pow -1": lambda t: t.pow(-1)}.items():
    cases.append(case(name, f, positive))
binary = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "pow": torch.pow,
          "maximum": torch.maximum, "minimum": torch.minimum}
for name, f in binary.items():
    for left, right in [((3, 5), (3, 5)), ((3, 5), (5,)), ((3, 1), (1, 5)), ((2, 1, 3), (4, 1)), ((), (2, 3))]:
        cases.append(case(name, f, torch.rand(left) + 0.5, torch.rand(right) + 0.7))
ties = torch.tensor([1.0, 2.0, 3.0, 3.0])
cases.append(case("maximum", torch.maximum, ties, torch.tensor([1.0, 5.0, 2.0, 3.0])))
cases.append(case("prelu", lambda t, w: F.prelu(t, w), x, slope))
cases.append(case("where x>0", lambda t, u: torch.where(t > 0, t, u), x, torch.randn(3, 5)))
for left, right in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)),
                    ((5, 2, 3), (5, 3, 2)), ((2, 1, 2, 3), (4, 3, 2)), ((40, 33), (33, 50))]:
    cases.append(case("matmul", torch.matmul, torch.randn(left), torch.randn(right)))
cases.append(case("matmul t t", lambda p, q: p.t() @ q.t(), torch.randn(3, 4), torch.randn(5, 3)))
reductions = {"sum": torch.sum, "mean": torch.mean, "var": torch.var, "std": torch.std, "max": torch.max, "min": torch.min,
              "norm": torch.linalg.vector_norm, "norm_l1": lambda t: torch.linalg.vector_norm(t, 1),
              "norm 3": lambda t: torch.linalg.vector_norm(t, 3)}
for name, f in reductions.items():
    cases.append(case(name, f, cube))
cases.append(case("max", torch.max, ties))
cases.append(case("norm", torch.linalg.vector_norm, torch.zeros(3)))
cases.append(case("sum 1", lambda t: t.sum(1), cube))
cases.append(case("sum 0 2 keepdim", lambda t: t.sum((0, 2), keepdim=True), cube))
cases.append(case("mean -1", lambda t: t.mean(-1), cube))
cases.append(case("var 1", lambda t: t.var(1), cube))
cases.append(case("biased var 0", lambda t: t.var(0, correction=0), cube))
cases.append(case("max 1", lambda t: t.amax(1), cube))
cases.append(case("min 0 1", lambda t: t.amin((0, 1)), cube))
cases.append(case("argmax 1", lambda t: t.argmax(1).float(), cube, grad=False))
for dim in [0, 1, 2]:
    cases.append(case(f"softmax {dim}", lambda t: t.softmax(dim), cube))
    cases.append(case(f"log_softmax {dim}", lambda t: t.log_softmax(dim), cube))
cases.append(case("log_softmax 0", lambda t: t.log_softmax(0), torch.tensor([1e4, 0.0])))
cases.append(case("softmax 0", lambda t: t.softmax(0), torch.tensor([-1e4, 0.0, 1e4])))
cases.append(case("reshape 4 -1", lambda t: t.reshape(4, -1), cube))
cases.append(case("permute 2 0 1", lambda t: t.permute(2, 0, 1), cube))
cases.append(case("transpose 0 -1 reshape 6 4", lambda t: t.transpose(0, -1).reshape(6, 4), cube))
cases.append(case("slice", lambda t: t[:, 1:3, -1], cube))
cases.append(case("index_select 1", lambda t: t.index_select(1, torch.tensor([2, 0, 2])), cube))
cases.append(case("concat 1", lambda p, q: torch.cat([p, q, p], 1), torch.randn(2, 3), torch.randn(2, 1)))
cases.append(case("stack 1", lambda p, q: torch.stack([p, q], 1), torch.randn(2, 3), torch.randn(2, 3)))

path = pathlib.Path(__file__).with_name("ops.json")
lines = ",\n".join(json.dumps(c) for c in cases)
path.write_text(f'{{"torch": "{torch.__version__}", "cases": [\n{lines}\n]}}\n')
print(f"{len(cases)} cases in {path.name}")
