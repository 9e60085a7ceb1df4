"""Notebook 01."""

import torch
from torch import nn

from training import in_order, train_epoch


def best_line():
    t = torch.linspace(34, 40, 61)
    risk = (t - 37) ** 2
    dt, dr = t - t.mean(), risk - risk.mean()
    return risk.mean() + (dt * dr).sum() / dt.square().sum() * dt


def affine_layers():
    x = torch.randn(5, 3)
    w1, b1, w2, b2 = torch.randn(3, 4), torch.randn(4), torch.randn(4, 2), torch.randn(2)
    difference = (x @ w1 + b1) @ w2 + b2 - (x @ (w1 @ w2) + b1 @ w2 + b2)
    assert difference.abs().max() < 1e-5
    path = torch.linspace(-4, 4, 161).unsqueeze(1) @ torch.tensor([[1.0, -0.5, 0.5]])
    hidden = path @ w1 + b1
    (hidden @ w2 + b2)[:, 0], (hidden.relu() @ w2 + b2)[:, 0]


def boolean_functions():
    inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    hidden = (inputs @ torch.ones(2, 2) + torch.tensor([0.0, -1.0])).relu()
    assert (hidden @ torch.tensor([1.0, -2.0])).tolist() == [0, 1, 1, 0]
    total = inputs.sum(1)
    return torch.stack([total > 1.5, total > 0.5])


def parameters(units):
    uniform = lambda *shape: torch.empty(shape).uniform_(-3, 3)
    start = [uniform(1, units), uniform(units), 0.1 * torch.randn(units, 1), torch.zeros(1)]
    return [p.requires_grad_() for p in start]


def sine_net(x, y, units, lr, show_every=None):
    """3,000 steps of gradient descent by hand; the mean squared error in the end."""
    w1, b1, w2, b2 = params = parameters(units)
    net = lambda: (x @ w1 + b1).tanh() @ w2 + b2
    shown = []
    for step in range(1, 3001):
        loss = (net() - y).square().mean()
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
                p.grad = None
        if show_every and step % show_every == 0:
            shown.append(loss.item())
    with torch.no_grad():
        return (net() - y).square().mean().item()


def fold(x):
    return 2 * x.relu() - 4 * (x - 0.5).relu()


def deep_or_wide():
    s = torch.linspace(0, 1, 513)
    deep = fold(fold(fold(fold(s))))
    hidden = torch.cat([(s.unsqueeze(1) - torch.arange(0, 1, 0.125)).relu(), torch.ones(513, 1)], 1)
    wide = hidden @ torch.linalg.lstsq(hidden, deep.unsqueeze(1)).solution
    return (wide.squeeze(1) - deep).square().mean().item()


def with_adam(net, x, y, epochs):
    loss, trainer = nn.MSELoss(), torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(epochs):
        train_epoch(net, in_order(x, y, 100), loss, trainer)
    with torch.no_grad():
        return loss(net(x), y).item()


def run(_folder):
    torch.manual_seed(7)
    best_line()
    affine_layers()
    boolean_functions()
    x = torch.linspace(-3, 3, 100).unsqueeze(1)
    y = (2 * x).sin()
    error = sine_net(x, y, 32, 0.05, show_every=50)
    by_width = [sine_net(x, y, units, 0.03) for units in [1, 2, 4, 8, 16, 32, 64]]
    deep_or_wide()

    bent = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 1))
    nn.init.uniform_(bent[0].weight, -3, 3)
    straight = nn.Sequential(nn.Linear(1, 32), nn.Linear(32, 1))
    solutions = [with_adam(bent, x, y, 3000), with_adam(straight, x, y, 1500)]
    return {"sine": error, "by width": by_width, "ReLU, affine": solutions}
