"""Notebook 07. Drawings of graphs have no counterpart; errors on purpose are left out."""

import torch
from torch import nn


def by_hand():
    """The gradients of a small net, by the chain rule and by autograd; the largest difference."""
    x, y, penalty = torch.randn(4), torch.randn(3), 0.1
    w1, w2 = (0.5 * torch.randn(5, 4)).requires_grad_(), (0.5 * torch.randn(3, 5)).requires_grad_()
    objective = lambda w1, w2: (
        (w2 @ (w1 @ x).tanh() - y).square().sum() / 2 + penalty / 2 * (w1.square().sum() + w2.square().sum())
    )
    objective(w1, w2).backward()
    with torch.no_grad():
        h = (w1 @ x).tanh()
        do = w2 @ h - y
        dw2 = torch.outer(do, h) + penalty * w2
        dw1 = torch.outer(w2.T @ do * (1 - h**2), x) + penalty * w1
        nudge = torch.zeros(5, 4)
        nudge[1, 2] = 0.01
        (objective(w1 + nudge, w2) - objective(w1 - nudge, w2)) / 0.02
    b1, b2 = torch.zeros(5, requires_grad=True), torch.zeros(3, requires_grad=True)
    o = w2.detach() @ (w1.detach() @ torch.ones(4) + b1).tanh() + b2
    ((o - 1).square().sum() / 2).backward()
    return max((w1.grad - dw1).abs().max().item(), (w2.grad - dw2).abs().max().item())


def training():
    x = torch.randn(200, 4)
    y = (x @ torch.randn(4, 3)).sin()
    net = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 3))
    loss, trainer = nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(500):
        l = loss(net(x), y)
        l.backward()
        trainer.step()
        trainer.zero_grad()
    return l.item()


def layers(depth):
    return nn.Sequential(*(layer for _ in range(depth) for layer in (nn.Linear(64, 64), nn.Tanh())))


def kept(net, x):
    """The result, and the bytes kept for backward, parameters not counted."""
    parameters = {p.untyped_storage().data_ptr() for p in net.parameters()}
    sizes = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        y = net(x)
    return y, sum(sizes.values())


def memory():
    with torch.no_grad():
        kept(layers(8), torch.ones(100, 64))
    three = [kept(layers(depth), torch.ones(batch, 64))[1] for batch, depth in [(100, 8), (200, 8), (100, 16)]]
    for depth in (2, 4, 8):
        for batch in (32, 64, 128, 256, 512):
            kept(layers(depth), torch.ones(batch, 64))
    return three


def forgotten_zero_grad():
    w, forgetful = (torch.tensor([2.0], requires_grad=True) for _ in range(2))
    good, bad = torch.optim.SGD([w], lr=0.05), torch.optim.SGD([forgetful], lr=0.05)
    for _ in range(60):
        (w.square().sum() + forgetful.square().sum()).backward()
        good.step()
        bad.step()
        good.zero_grad()
    return w.item(), forgetful.item()


def from_zero(w1, steps):
    """How far the two matrices have moved, with the second one at 0 at the start."""
    start, x = w1, torch.ones(4)
    w1, w2 = start.clone().requires_grad_(), torch.zeros(3, 5, requires_grad=True)
    trainer = torch.optim.SGD([w1, w2], lr=0.1)
    for _ in range(steps):
        trainer.zero_grad()
        ((w2 @ (w1 @ x).tanh() - 1).square().sum() / 2).backward()
        trainer.step()
    return (w1 - start).norm().item(), w2.norm().item()


def in_halves():
    """Half of the net is computed again on the way back; the gradients are the same."""
    first, second, x = layers(8), layers(8), torch.randn(100, 64)
    second(first(x)).square().sum().backward()
    expected = first[0].weight.grad.clone()
    first.zero_grad()
    with torch.no_grad():
        middle = first(x)
    middle.requires_grad_()
    second(middle).square().sum().backward()
    first(x).backward(middle.grad)
    return (first[0].weight.grad - expected).abs().max().item()


def run(_folder):
    torch.manual_seed(1)
    return {
        "by hand": by_hand(), "loss": training(), "kept": memory(), "zero_grad": forgotten_zero_grad(),
        "in halves": in_halves(), "from 0": [from_zero(torch.zeros(5, 4), 100), from_zero(torch.randn(5, 4), 2)],
    }
