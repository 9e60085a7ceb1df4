"""BatchNorm1d of PyTorch, in training and in evaluation: writes batch_norm.json."""
import json
import pathlib

import torch
from torch import nn

torch.manual_seed(1)
flat = lambda t: t.detach().flatten().tolist()


def case(shape, eps=1e-5, momentum=0.1, scale=1.0, shift=0.0):
    """Two training steps, then an evaluation; gradients of sum(output * weights)."""
    layer = nn.BatchNorm1d(shape[1], eps=eps, momentum=momentum)
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    out = {"shape": list(shape), "eps": eps, "momentum": momentum, "weight": flat(layer.weight), "bias": flat(layer.bias), "steps": []}
    for training in [True, True, False]:
        layer.train(training)
        layer.zero_grad()
        x = (torch.randn(*shape) * scale + shift).requires_grad_()
        y = layer(x)
        weights = torch.randn_like(y)
        (y * weights).sum().backward()
        out["steps"].append({
            "x": flat(x), "y": flat(y), "weights": flat(weights), "dx": flat(x.grad), "dweight": flat(layer.weight.grad),
            "dbias": flat(layer.bias.grad), "running_mean": flat(layer.running_mean), "running_var": flat(layer.running_var),
        })
    return out


cases = {
    "matrix": case((6, 4)),
    "sequence": case((5, 3, 4)),
    "two samples": case((2, 3)),
    "one sample of a sequence": case((1, 2, 5)),
    "other settings": case((8, 2), eps=0.1, momentum=0.5),
    "far from zero": case((32, 3), scale=0.5, shift=100.0),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=1) + "\n")
