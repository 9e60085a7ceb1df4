"""Notebook 05."""

import math

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
    """The smallest mean squared distance to the truth of a polynomial of degree 11, over penalties, and without one."""
    x = torch.linspace(-3, 3, 12, dtype=torch.float64)
    y = x.sin() + 0.3 * torch.randn_like(x)
    grid = torch.linspace(-3, 3, 181, dtype=torch.float64)
    penalties = [0.0, *(10 ** (e / 2) for e in range(-16, 3))]
    fits = [polynomial_fit(x, y, 11, penalty) for penalty in penalties]
    [(w[1:].norm(), error(w, x, y)) for w in fits]
    wild, *calm = [(predict(w, grid) - grid.sin()).square().mean().item() for w in fits]
    [predict(polynomial_fit(x, y, 11, penalty), grid) for penalty in penalties[1:]]  # the slider's positions
    return min(calm), wild


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


def forgetting():
    """Median test losses of predicting 0, and of training from N(0, 1) and from 0, without and with the penalty."""
    losses = []
    for _ in range(25):
        train, (new_x, new_y) = synthetic_data(20), synthetic_data(100)
        of_one = [squared_loss(torch.zeros_like(new_y), new_y).mean()]
        for start, penalty in [(1, 0), (1, 3), (0, 0), (0, 3)]:
            w, b = decayed(start, penalty, train)
            of_one.append(squared_loss(new_x @ w + b, new_y).mean())
        losses.append(torch.stack(of_one))
    return torch.stack(losses).median(0).values.tolist()


def decayed(start, penalty, train, rate=LR):
    """The parameters after 100 epochs of SGD with weight decay."""
    w, b = (start * torch.randn(INPUTS, 1)).requires_grad_(), torch.zeros(1, requires_grad=True)
    trainer = torch.optim.SGD([{"params": w, "weight_decay": penalty}, {"params": b}], lr=rate)
    for _ in range(EPOCHS):
        for x, y in shuffled(*train, BATCH):
            trainer.zero_grad()
            squared_loss(x @ w + b, y).mean().backward()
            trainer.step()
    return w.detach(), b.detach()


def sweep():
    """The best of 35 penalties and rates by the logarithm of the validation loss, the mean over three seeds."""
    found = {}
    for penalty in torch.logspace(-1, 2, 7).tolist():
        for rate in torch.logspace(-3, -1, 5).tolist():
            losses = []
            for seed in range(3):
                torch.manual_seed(seed)
                train, (valid_x, valid_y) = synthetic_data(20), synthetic_data(100)
                w, b = decayed(1, penalty, train, rate)
                losses.append(squared_loss(valid_x @ w + b, valid_y).mean().log10())
            mean = torch.stack(losses).mean().item()
            found[penalty, rate] = mean if math.isfinite(mean) else math.inf
    return min((value, setting) for setting, value in found.items())


def adam_and_adamw():
    """What is left of weights with small and with large gradients after 2,000 steps of noise, with L2 and with decay."""
    sizes = 10 ** torch.linspace(-1, 1, 200)
    twins = [torch.ones(200, requires_grad=True) for _ in range(2)]
    kinds = (torch.optim.Adam, torch.optim.AdamW)
    trainers = [kind([w], lr=0.001, weight_decay=1.0) for kind, w in zip(kinds, twins)]
    for _ in range(2000):
        noise = torch.randn(200) * sizes
        for w, trainer in zip(twins, trainers):
            trainer.zero_grad()
            (noise * w).sum().backward()
            trainer.step()
    return [part.mean().item() for w in twins for part in (w[:50], w[150:])]


def sparse_or_dense():
    """Medians over 25 data sets: how many weights L1 sets to 0, and the losses on new data with L1 and with L2."""
    found = []
    for _ in range(25):
        (x, y), (new_x, new_y) = ([part.double() for part in synthetic_data(n)] for n in (20, 100))
        sparse, dense = lasso(x, y, 0.02), ridge(x, y, 1.0)
        losses = [squared_loss(new_x @ w, new_y).mean() for w in (sparse, dense)]
        found.append(torch.stack([(sparse == 0).sum().double(), *losses]))
    return torch.stack(found).median(0).values.tolist()


def solutions(train):
    (x, y), (new_x, new_y) = ([part.double() for part in data] for data in (train, synthetic_data(100)))
    loss = lambda w: squared_loss(new_x @ w.double(), new_y).mean().item()
    penalties = [10 ** (i / 4) for i in range(-4, 9)]
    exact = [loss(ridge(x, y, penalty)) for penalty in penalties]
    trained = [loss(decayed(1, penalty, train)[0]) for penalty in penalties]
    w = torch.linspace(-3, 3, 6001)
    [w[((w - a).square() / 2 + w.abs()).argmin()] for a in (-2.5, -0.7, 0.4, 1.0, 1.8)]
    return min(exact), min(trained)


def run(_folder):
    torch.manual_seed(1)
    norms_and_penalties()
    distances = overfitted_curve()
    train, test = synthetic_data(20), synthetic_data(100)
    by_hand = [from_scratch(penalty, train, test) for penalty in (0, 3)]
    torch.linalg.lstsq(*train)
    losses = forgetting()
    concise = [train_concise(penalty, train, test) for penalty in (0, 3)]
    left = adam_and_adamw()
    best = sweep()
    third = from_scratch(1, train, test)
    return {
        "distances": distances, "λ = 0, 3 by hand": by_hand, "forgetting": losses, "concise": concise,
        "Adam, AdamW": left, "best of the sweep": best, "λ = 1": third, "exact, trained": solutions(train), "zeros, L1, L2": sparse_or_dense(),
    }
