"""Notebook 06."""

import torch
from torch import nn

from training import accuracy, evaluate, fashion_mnist, fit, in_order, shuffled, take, train_epoch


def noise_is_penalty():
    x, w, y, sigma = torch.randn(50, 10), torch.randn(10), torch.randn(50), 0.5
    noisy = ((x + sigma * torch.randn(4000, 50, 10)) @ w - y).square().mean()
    penalized = (x @ w - y).square().mean() + sigma**2 * w.square().sum()
    return (noisy / penalized).item()


def expectation():
    h = torch.rand(100)
    for p in range(1, 10):
        sums = nn.functional.dropout(h.expand(20_000, 100), p / 10).sum(1)
        sums.mean(), sums.std()
    return [nn.functional.dropout(torch.ones(100_000), p).var().item() for p in (0, 0.2, 0.5, 0.8)]


def dropout_layer(x, p):
    if p == 1:
        return torch.zeros_like(x)
    mask = (torch.rand(x.shape) > p).float()
    return mask * x / (1 - p)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin1 = nn.Linear(784, 256)
        self.lin2 = nn.Linear(256, 256)
        self.lin3 = nn.Linear(256, 10)

    def forward(self, x):
        h1 = self.lin1(x.reshape(-1, 784)).relu()
        if self.training:
            h1 = dropout_layer(h1, 0.2)
        h2 = self.lin2(h1).relu()
        if self.training:
            h2 = dropout_layer(h2, 0.5)
        return self.lin3(h2)


def mlp(p1, p2, width=256):
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, width), nn.ReLU(), nn.Dropout(p1), nn.Linear(width, width), nn.ReLU(),
        nn.Dropout(p2), nn.Linear(width, 10),
    )


def small_weights(layer):
    if isinstance(layer, nn.Linear):
        nn.init.normal_(layer.weight, std=0.01)


def ten_epochs(net, train, test):
    trainer = torch.optim.SGD(net.parameters(), lr=0.5)
    return fit(net, train, test, 256, nn.CrossEntropyLoss(), 10, trainer)[-1]


@torch.no_grad()
def thinned(net, pictures):
    """Whether 500 thinned nets agree with the whole one about the first picture."""
    net.eval()
    whole = net(pictures).softmax(1)[0]
    net.train()
    mean = net(pictures[:1].expand(500, -1, -1, -1)).softmax(1).mean(0)
    return (whole.argmax() == mean.argmax()).item()


def two_models(few, unseen):
    """Nets without and with dropout, and what became of their losses."""
    loss, nets, losses = nn.CrossEntropyLoss(), [], []
    for p in (0, 0.5):
        net = mlp(p, p)
        trainer = torch.optim.Adam(net.parameters(), lr=0.001)
        for epoch in range(1, 61):
            train_epoch(net, shuffled(*few, 64), loss, trainer)
            if epoch % 5 == 0:
                now = evaluate(net, in_order(*few, 64), loss), evaluate(net, in_order(*unseen, 500), loss)
        nets.append(net)
        losses.append([*now, evaluate(net, in_order(*unseen, 500), accuracy)])
    return nets, losses


@torch.no_grad()
def smoothness(net, x):
    """How far outputs move for noise in the inputs, and the mean correlation of hidden units."""
    net.eval()
    noise = 0.1 * torch.randn_like(x)
    moved = (net(x + noise) - net(x)).norm(dim=1) / noise.flatten(1).norm(dim=1)
    hidden = net[1](x.flatten(1)).relu()
    units = torch.corrcoef(hidden[:, hidden.std(0) > 0].T).abs()
    return moved.mean().item(), units[~torch.eye(len(units), dtype=torch.bool)].mean().item()


def with_decay(few, unseen):
    """Validation losses with weight decay, without and with dropout."""
    loss, losses = nn.CrossEntropyLoss(), []
    for p in (0, 0.5):
        net = mlp(p, p)
        trainer = torch.optim.AdamW(net.parameters(), lr=0.001, weight_decay=1)
        for _ in range(60):
            train_epoch(net, shuffled(*few, 64), loss, trainer)
        losses.append(evaluate(net, in_order(*unseen, 500), loss))
    return losses


def sweep(train, unseen):
    """The best of 16 pairs of probabilities by the validation loss, the mean over two seeds."""
    few, loss, found = take(train, 1000), nn.CrossEntropyLoss(), {}
    for pair in [(p1, p2) for p1 in (0, 0.2, 0.5, 0.8) for p2 in (0, 0.2, 0.5, 0.8)]:
        losses = []
        for seed in range(2):
            torch.manual_seed(seed)
            net = mlp(*pair, width=64)
            trainer = torch.optim.Adam(net.parameters(), lr=0.003)
            for _ in range(25):
                train_epoch(net, shuffled(*few, 64), loss, trainer)
            losses.append(evaluate(net, in_order(*unseen, 500), loss))
        found[pair] = sum(losses) / 2
    return min((value, pair) for pair, value in found.items())


def median(runs):
    return torch.tensor(runs).median(0).values.tolist()


def random_labels(train, p):
    """The share of 200 random labels, and of the true ones, that a net ends up with."""
    pictures, labels = take(train, 200)
    nonsense = pictures, torch.randint(10, (200,))
    net, loss = mlp(p, p), nn.CrossEntropyLoss()
    trainer = torch.optim.Adam(net.parameters(), lr=0.001)
    for _ in range(100):
        train_epoch(net, shuffled(*nonsense, 50), loss, trainer)
    return [evaluate(net, in_order(pictures, truth, 200), accuracy) for truth in (nonsense[1], labels)]


def run(folder):
    torch.manual_seed(1)
    ratio, variances = noise_is_penalty(), expectation()
    kept = (dropout_layer(torch.ones(100_000), 0.3) > 0).float().mean().item()
    train, test = fashion_mnist(folder)

    net = Net()
    scratch = ten_epochs(net, train, test)
    agree = thinned(net, test[0][:18])
    concise = ten_epochs(mlp(0.2, 0.5).apply(small_weights), train, test)
    few, held_back = take(train, 2000), tuple(part[2000:4000] for part in train)
    runs = [two_models(few, held_back) for _ in range(3)]
    smooth = median([[smoothness(net, held_back[0][:500]) for net in nets] for nets, _ in runs])
    evaluate(runs[0][0][1], in_order(*test, 500), accuracy)

    best = sweep(train, held_back)
    swapped = ten_epochs(mlp(0.5, 0.2).apply(small_weights), train, test)
    return {
        "ratio": ratio, "variances": variances, "kept": kept, "scratch": scratch, "concise": concise, "agree": agree,
        "two models": median([losses for _, losses in runs]), "smoothness": smooth, "best of the sweep": best,
        "swapped": swapped,
        "decay, decay and dropout": median([with_decay(few, held_back) for _ in range(3)]),
        "random labels": [random_labels(train, p) for p in (0, 0.5)],
    }
