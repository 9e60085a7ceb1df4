"""Notebook 00. The tour of the kernel itself (cells as values, errors, completions) has no counterpart."""

import torch
from torch import nn

from training import accuracy, evaluate, fit, in_order, shuffled, train_epoch


def classifier(units):
    return nn.Sequential(nn.Linear(2, units), nn.Tanh(), nn.Linear(units, 2))


def basics():
    y = torch.randn(3, 4) * 10 + torch.arange(4.0)
    y[0].sum()
    t = torch.linspace(0, 6, 200)
    t.sin(), t.cos()
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    (x**3).sum().backward()
    x = torch.linspace(-2, 2, 101, requires_grad=True)
    (x**3).sum().backward()


def plane():
    side = torch.linspace(-2, 2, 41)
    return torch.cartesian_prod(side, side)


def run(_folder):
    torch.manual_seed(3)
    basics()
    x = torch.rand(400, 2) * 4 - 2
    inside = (x.square().sum(1) < 1.7).long()
    loss = nn.CrossEntropyLoss()

    net = classifier(16)
    trainer = torch.optim.SGD(net.parameters(), lr=0.5)
    history = fit(net, (x, inside), (x, inside), 20, loss, 30, trainer)
    with torch.no_grad():
        net(plane()).softmax(1)[:, 1].reshape(41, 41)

    reached = []
    for units in [1, 2, 3, 4, 8, 16]:
        net = classifier(units)
        trainer = torch.optim.SGD(net.parameters(), lr=0.5)
        for _ in range(100):
            train_epoch(net, shuffled(x, inside, 20), loss, trainer)
        reached.append(evaluate(net, in_order(x, inside, 20), accuracy))
    return {"test acc": history[-1][2], "accuracy by units": reached}
