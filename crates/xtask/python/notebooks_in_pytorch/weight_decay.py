"""Notebook 05."""

import torch
from torch import nn

from exact_fits import error, lasso, polynomial_fit, predict, ridge, soft_threshold
from training import shuffled, train_epoch

INPUTS, BATCH, EPOCHS, LR = 200, 5, 100, 0.003


def norms_and_penalties():
    x = torch.tensor([3.0, -4.0])
    [torch.linalg.vector_norm(x, p) for p in (1, 2, 4)]
    angle = torch.linspace(0, 2 * torch.pi, 361)
    c, s = angle.cos(), angle.sin()
    for p in (1, 2, 4):
        radius = (c.abs() ** p + s.abs() ** p) ** (-1 / p)
        c * radius, s * radius
    a = torch.linspace(-3, 3, 121)
    a / 2, soft_threshold(a, 1.0)


def overfitted_curve():
    """Mean squared distances to the truth of a polynomial of degree 11, without and with a penalty."""
    x = torch.linspace(-3, 3, 12, dtype=torch.float64)
    y = x.sin() + 0.3 * torch.randn_like(x)
    grid = torch.linspace(-3, 3, 181, dtype=torch.float64)
    fits = [polynomial_fit(x, y, 11, penalty) for penalty in (0, 0.01)]
    [error(w, x, y) for w in fits]
    return [(predict(w, grid) - grid.sin()).square().mean().item() for w in fits]


def synthetic_data(n):
    x = torch.randn(n, INPUTS)
    return x, x @ torch.full((INPUTS, 1), 0.01) + 0.05 + 0.01 * torch.randn(n, 1)


def init_params():
    return torch.randn(INPUTS, 1, requires_grad=True), torch.zeros(1, requires_grad=True)


def squared_loss(prediction, y):
    return (prediction - y) ** 2 / 2


def train_by_hand(params, penalty, train, test):
    w, b = params
    for epoch in range(1, EPOCHS + 1):
        for x, y in shuffled(*train, BATCH):
            loss = squared_loss(x @ w + b, y) + penalty * w.square().sum() / 2
            loss.sum().backward()
            with torch.no_grad():
                for p in params:
                    p -= LR * p.grad / len(x)
                    p.grad = None
        if epoch % 5 == 0:
            with torch.no_grad():
                losses = [squared_loss(x @ w + b, y).mean().item() for x, y in (train, test)]
    return losses


def normal_net():
    net = nn.Linear(INPUTS, 1)
    for p in net.parameters():
        nn.init.normal_(p)
    return net


def train_concise(penalty, train, test):
    net, loss = normal_net(), nn.MSELoss()
    groups = [{"params": net.weight, "weight_decay": penalty}, {"params": net.bias}]
    trainer = torch.optim.SGD(groups, lr=LR)
    for epoch in range(1, EPOCHS + 1):
        train_epoch(net, shuffled(*train, BATCH), loss, trainer)
        if epoch % 5 == 0:
            with torch.no_grad():
                losses = [loss(net(x), y).item() for x, y in (train, test)]
    return losses, net.weight.norm().item()


def outside(x, w):
    """The part of w that the samples say nothing about."""
    w = w.detach()
    return w - torch.linalg.lstsq(x, x @ w).solution


def from_scratch(penalty, train, test):
    """Losses, the norm that training ends with, and how far theory is from what is left outside."""
    params = init_params()
    start = params[0].detach().clone()
    losses = train_by_hand(params, penalty, train, test)
    x = train[0]
    expected = (1 - LR * penalty) ** (EPOCHS * len(x) / BATCH) * outside(x, start)
    return losses, params[0].norm().item(), ((outside(x, params[0]) - expected).norm() / start.norm()).item()


def adam_and_adamw(train):
    """The norms of the weights after 60 epochs."""
    nets = [normal_net()]
    nets.append(nn.Linear(INPUTS, 1))
    nets[1].load_state_dict(nets[0].state_dict())
    kinds = (torch.optim.Adam, torch.optim.AdamW)
    trainers = [kind(net.parameters(), lr=0.01, weight_decay=1.0) for kind, net in zip(kinds, nets)]
    loss, norms = nn.MSELoss(), []
    for _ in range(60):
        for x, y in shuffled(*train, BATCH):
            for net, trainer in zip(nets, trainers):
                trainer.zero_grad()
                loss(net(x), y).backward()
                trainer.step()
        norms.append([net.weight.norm().item() for net in nets])
    return norms[-1]


def solutions(train, test):
    (x, y), (new_x, new_y) = (tuple(part.double() for part in data) for data in (train, test))
    loss = lambda w: squared_loss(new_x @ w, new_y).mean().item()
    by_penalty = [loss(ridge(x, y, 10 ** (i / 4))) for i in range(-8, 9)]
    sparse = lasso(x, y, 0.02)
    return by_penalty[8], loss(sparse), (sparse == 0).sum().item()


def run(_folder):
    torch.manual_seed(1)
    norms_and_penalties()
    distances = overfitted_curve()
    train, test = synthetic_data(20), synthetic_data(100)
    by_hand = [from_scratch(penalty, train, test) for penalty in (0, 3)]
    torch.linalg.lstsq(*train)
    concise = [train_concise(penalty, train, test) for penalty in (0, 3)]
    norms = adam_and_adamw(train)
    third = from_scratch(1, train, test)
    return {
        "distances": distances, "λ = 0, 3 by hand": by_hand, "concise": concise, "Adam, AdamW": norms, "λ = 1": third,
        "ridge, lasso, zeros": solutions(train, test),
    }
