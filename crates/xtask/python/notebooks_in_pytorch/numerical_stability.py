"""Notebook 08: everything but the training of deep sigmoid nets."""

import statistics

import torch
from torch import nn
from torch.nn import functional as F

import deep_sigmoid
from training import shuffled, train_epoch


def descent(rate):
    """Gradient descent on a loss of two weights; the loss after 80 steps."""
    points = torch.tensor([[0.5, 0.5], [1.0, 0.8], [2.0, 1.0]])
    loss = lambda w1, w2: ((w2.unsqueeze(-1) * (w1.unsqueeze(-1) * points[:, 0]).tanh() - points[:, 1]) ** 2).sum(-1)
    loss(*torch.meshgrid(torch.linspace(-3, 3, 81), torch.linspace(-2, 2, 81), indexing="xy"))
    w = [torch.tensor(2.0, requires_grad=True), torch.tensor(-1.5, requires_grad=True)]
    trainer = torch.optim.SGD(w, lr=rate)
    for _ in range(80):
        trainer.zero_grad()
        loss(*w).backward()
        trainer.step()
    return loss(*w).item()


def products():
    """log₁₀ of the growth for each random 4×4 factor, over 20,000 of them."""
    product = torch.randn(4, 4)
    for factor in torch.randn(100, 4, 4):
        product = product @ factor
    log10_growth(torch.randn(401, 5, 4, 4))
    return (log10_growth(torch.randn(20_001, 4, 4))[-1] / 20_000).item()


def log10_growth(factors):
    product, norms = factors[0], []
    for factor in factors[1:]:
        product = product @ factor
        norm = product.norm(dim=(-2, -1), keepdim=True)
        product = product / norm
        norms.append(norm.squeeze())
    return torch.stack(norms).log10().cumsum(0)


def flow(activation, init, depth=50, width=256, batch=64):
    """log₁₀ of the variance of each layer's sums and of the gradients of its weights.

    Double precision holds them, from 1e-68 to 1e106: no factor has to be kept apart.
    """
    weights = [torch.empty(width, width, dtype=torch.float64) for _ in range(depth)]
    x, variances = torch.randn(batch, width, dtype=torch.float64), []
    for w in weights:
        init(w)
        w.requires_grad_()
        z = x @ w.T
        variances.append(z.detach().var())
        x = activation(z)
    x.backward(torch.randn_like(x) / batch)
    return torch.stack(variances).log10(), torch.stack([w.grad.norm() for w in weights]).log10()


def normal(std):
    return lambda w: nn.init.normal_(w, std=std)


def he(w):
    return nn.init.kaiming_normal_(w, nonlinearity="relu")


def deep_nets():
    for activation, init in [(torch.relu, he), (torch.tanh, nn.init.xavier_normal_), (torch.sigmoid, nn.init.xavier_normal_)]:
        torch.stack([flow(activation, init, depth=30)[1] for _ in range(9)]).median(0)
    for i in range(20):  # the slider's positions
        sigma = 0.05 * 10 ** (i / 20)
        [flow(torch.relu, normal(sigma), depth=30, width=64) for _ in range(9)]
    inits = (he, nn.init.xavier_normal_, normal(1.0), normal(0.01))
    gradients = [flow(a, init)[1] for a in (torch.relu, torch.tanh, torch.sigmoid, F.elu) for init in inits]
    starts = [(torch.relu, he), (torch.tanh, nn.init.xavier_normal_), (torch.relu, normal(1.0)), (torch.relu, normal(0.01))]
    last = [torch.stack([flow(*start)[0] for _ in range(5)]).median(0).values[-1].item() for start in starts]
    leaky = lambda x: F.leaky_relu(x, 0.5)
    [flow(leaky, init) for init in (normal((2 / (1.25 * 256)) ** 0.5), he) for _ in range(9)]
    gradients = torch.stack(gradients)
    return gradients.min().item(), gradients.max().item(), last


def precision():
    """Softmax, variance and product in f32 and f64, and stable."""
    x = torch.tensor([1e4, 1e4 + 1], dtype=torch.float64)
    for x in (x, x.float()):
        x.exp() / x.exp().sum(), x.square().mean() - x.mean() ** 2, x.prod()
    return x.softmax(0)[0].item(), x.var(correction=0).item(), x.log().sum().exp().item()


def symmetry(p):
    """How far units that start alike are from each other after 20 epochs."""
    x = torch.randn(128, 4)
    y = x.sum(1, keepdim=True).sin()
    net = nn.Sequential(nn.Linear(4, 8), nn.Sigmoid(), nn.Dropout(p), nn.Linear(8, 1))
    for parameter in net.parameters():
        nn.init.constant_(parameter, 0.3)
    loss, trainer = nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(20):
        for a, b in shuffled(x, y, 16):
            trainer.zero_grad()
            loss(net(a), b).backward()
            trainer.step()
        weight = net[0].weight.detach()
        spread = (weight - weight[0]).norm(dim=1).max().item()
    return spread


def cliff(clip):
    w = torch.tensor([1.3], requires_grad=True)
    trainer, path = torch.optim.SGD([w], lr=0.01), []
    for _ in range(40):
        path.append(w.item())
        (w**20 - 2).square().sum().backward()
        if clip:
            nn.utils.clip_grad_norm_([w], 1.0)
        trainer.step()
        trainer.zero_grad()
    return path


def first_gradient(scale):
    """The norm of the first layer's gradient in 20 layers of ReLU, started by He's rule times `scale`."""
    layers = []
    for _ in range(20):
        layers += [nn.Linear(100, 100, bias=False), nn.ReLU()]
        nn.init.normal_(layers[-2].weight, std=scale * (2 / 100) ** 0.5)
    net = nn.Sequential(*layers)
    net(torch.randn(32, 100)).square().mean().backward()
    return net[0].weight.grad.norm().item()


def dead_units(lr):
    x = torch.randn(200, 5)
    y = x.sum(1, keepdim=True) + 0.01 * torch.randn(200, 1)
    net = nn.Sequential(nn.Linear(5, 50), nn.ReLU(), nn.Linear(50, 1))
    loss, trainer = nn.MSELoss(), torch.optim.SGD(net.parameters(), lr=lr)
    for _ in range(5):
        for a, b in shuffled(x, y, 20):
            loss(net(a), b).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 10.0)
            trainer.step()
            trainer.zero_grad()
    with torch.no_grad():
        return (net[:2](x) <= 0).all(0).sum().item()


def activations_and_initializations():
    """What the notebook shows in a line or two each."""
    weight = torch.empty(200, 300)
    nn.init.xavier_uniform_(weight).var(), he(weight).var()
    inputs = torch.randn(100_000)
    means = [f(inputs).mean().item() for f in (F.relu, lambda x: F.leaky_relu(x, 0.1), F.elu)]
    x = 5 + 3 * torch.randn(64, 4)
    by_hand = (x - x.mean(0)) / (x.var(0, correction=0) + 1e-5).sqrt()
    assert (nn.BatchNorm1d(4)(x) - by_hand).abs().max() < 1e-4
    net = nn.Sequential(nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1))
    penalty = sum(p.square().sum() / 2 for p in net.parameters() if p.ndim == 2)
    (net(torch.ones(8, 20)).square().mean() + 1e-2 * penalty).backward()
    return means


def playground():
    """How many of 300 points in two rings a net of four units gets right after 300 epochs."""
    inside = torch.arange(300) % 2 == 0
    radius = torch.where(inside, 0.8 * torch.rand(300).sqrt(), 1.3 + 0.5 * torch.rand(300))
    angle = 2 * torch.pi * torch.rand(300)
    x = torch.stack([radius * angle.cos(), radius * angle.sin()], 1) + 0.08 * torch.randn(300, 2)
    y, net = (~inside).long(), nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2))
    trainer, loss = torch.optim.SGD(net.parameters(), lr=0.1, weight_decay=1e-6), nn.CrossEntropyLoss()
    for _ in range(300):
        train_epoch(net, shuffled(x, y, 20), loss, trainer)
    return (net(x).argmax(1) == y).float().mean().item()


def growth(n):
    """The mean logarithm by which a random matrix with entries of variance 1/n lengthens a vector."""
    v, total = torch.randn(n), 0.0
    v = v / v.norm()
    for _ in range(2000):
        v = torch.randn(n, n) @ v / n**0.5
        norm = v.norm()
        total += norm.log()
        v = v / norm
    return (total / 2000).item()


def median(experiment, setting):
    """Of nine runs."""
    return statistics.median(float(experiment(setting)) for _ in range(9))


def run(folder):
    torch.manual_seed(1)
    trained = {"descent": [descent(0.01 * 10 ** (i / 5)) for i in range(10)][5], "growth of products": products(), "gradients, variances": deep_nets()}
    trained |= {"stable": precision(), "symmetry": [median(symmetry, p) for p in (0, 0.5)], "deep sigmoid": deep_sigmoid.run(folder)}
    trained |= {"cliff": [cliff(False)[1], cliff(True)[39]], "means": activations_and_initializations()}
    trained |= {"first gradients": [median(first_gradient, scale) for scale in (0.5, 1, 2)]}
    trained |= {"dead": [median(dead_units, lr) for lr in (0.01, 2.0)], "growth": [growth(4), growth(64)], "playground": playground()}
    [median(first_gradient, 0.5 * 4 ** (i / 24)) for i in range(25)]
    return trained
