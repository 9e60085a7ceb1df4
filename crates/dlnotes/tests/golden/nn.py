"""Layers and losses of PyTorch, values and gradients: writes nn.json."""
import json
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1)
flat = lambda t: t.detach().flatten().tolist()


def layer(module, x):
    """Output of the layer, and the gradients of sum(output * weights)."""
    x = x.clone().requires_grad_()
    y = module(x)
    weights = torch.randn_like(y)
    (y * weights).sum().backward()
    params = [{"value": flat(p), "grad": flat(p.grad)} for p in module.parameters()]
    return {
        "x": flat(x), "shape": list(x.shape), "y": flat(y), "weights": flat(weights), "dx": flat(x.grad), "params": params,
    }


def loss(function, prediction, target):
    prediction = prediction.clone().requires_grad_()
    values = function(prediction, target, reduction="none")
    mean = function(prediction, target, reduction="mean")
    mean.backward()
    return {
        "prediction": flat(prediction), "shape": list(prediction.shape), "target": flat(target.float()),
        "each": flat(values), "mean": mean.item(), "sum": values.sum().item(), "grad_of_mean": flat(prediction.grad),
    }


x = torch.randn(4, 5) * 2
layers = {
    "linear": layer(nn.Linear(5, 3), x),
    "linear_without_bias": layer(nn.Linear(5, 3, bias=False), x),
    "relu": layer(nn.ReLU(), x),
    "sigmoid": layer(nn.Sigmoid(), x),
    "tanh": layer(nn.Tanh(), x),
    "softplus": layer(nn.Softplus(), x),
    "gelu": layer(nn.GELU(), x),
    "leaky_relu": layer(nn.LeakyReLU(), x),
    "elu": layer(nn.ELU(), x),
    "prelu": layer(nn.PReLU(), x),
    "mlp": layer(nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 3)), x),
}
labels = torch.tensor([2, 0, 6, 3, 3])
losses = {
    "cross_entropy": loss(F.cross_entropy, torch.randn(5, 7) * 3, labels),
    "cross_entropy_large": loss(F.cross_entropy, torch.randn(5, 7) * 1e4, labels),
    "mse": loss(F.mse_loss, torch.randn(6, 2), torch.randn(6, 2)),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"layers": layers, "losses": losses}, indent=1) + "\n")
