"""The peers of train.rs in PyTorch: the same work under the same names, with batches made by hand (no DataLoader)."""

import gzip
import math
import os
import pathlib

import numpy as np
import torch
from torch import nn

torch.manual_seed(0)


def batches(x, y, size, shuffle=True):
    order = torch.randperm(len(x)) if shuffle else None
    for i in range(0, len(x), size):
        if shuffle:
            yield x[order[i : i + size]], y[order[i : i + size]]
        else:
            yield x[i : i + size], y[i : i + size]


def evaluate(net, x, y, size, loss):
    with torch.no_grad():
        return sum(float(loss(net(a), b).sum()) for a, b in batches(x, y, size, False)) / len(x)


def polynomial(columns, epochs):
    x = torch.randn(200, 1)
    features = torch.cat([x**i / math.factorial(i) for i in range(20)], 1)
    w = torch.zeros(20)
    w[:4] = torch.tensor([5, 1.2, -3.4, 5.6])
    y = (features @ w + 0.1 * torch.randn(200)).reshape(-1, 1)
    features = features[:, :columns].contiguous()

    def run():
        net = nn.Sequential(nn.Linear(columns, 1, bias=False))
        loss, trainer = nn.MSELoss(reduction="none"), torch.optim.SGD(net.parameters(), lr=0.01)
        history = []
        for epoch in range(epochs):
            total = 0.0
            for a, b in batches(features[:100], y[:100], 10):
                losses = loss(net(a), b)
                trainer.zero_grad()
                losses.mean().backward()
                trainer.step()
                total += losses.sum().item()
            if epoch == 0 or (epoch + 1) % 20 == 0:
                history.append([evaluate(net, features[s], y[s], 10, loss) for s in (slice(0, 100), slice(100, 200))])

    return run


def linear_data(n):
    x = torch.randn(n, 200)
    return x, x @ torch.full((200, 1), 0.01) + 0.05 + 0.01 * torch.randn(n, 1)


def weight_decay(concise):
    train, test = linear_data(20), linear_data(100)
    squared = lambda a, b: (a - b) ** 2 / 2

    def run():
        w, b = torch.randn(200, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
        net, loss = (lambda x: x @ w + b), squared
        if concise:
            net, loss = nn.Sequential(nn.Linear(200, 1)), nn.MSELoss(reduction="none")
            for p in net.parameters():
                p.data.normal_()
            groups = [{"params": net[0].weight, "weight_decay": 3.0}, {"params": net[0].bias}]
            trainer = torch.optim.SGD(groups, lr=0.003)
        for epoch in range(100):
            for x, y in batches(*train, 5):
                if concise:
                    trainer.zero_grad()
                    loss(net(x), y).mean().backward()
                    trainer.step()
                else:
                    (loss(net(x), y) + 3.0 * (w**2).sum() / 2).sum().backward()
                    with torch.no_grad():
                        for p in (w, b):
                            p -= 0.003 * p.grad / 5
                            p.grad = None
            if (epoch + 1) % 5 == 0:
                evaluate(net, *train, 5, loss), evaluate(net, *test, 5, loss)

    return run


# `cargo xtask bench` names the folder that both sides load from. Without one there is nothing to compare.
FOLDER = pathlib.Path(os.environ.get("DLNOTES_DATA", "/usr/share/datasets/fashion-mnist"))


def load():
    read = lambda name, header: np.frombuffer(gzip.decompress((FOLDER / name).read_bytes())[header:], dtype=np.uint8)
    result = []
    for split in "train", "t10k":
        images = torch.from_numpy(read(f"{split}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28).astype(np.float32))
        result.append((images.div_(255), torch.from_numpy(read(f"{split}-labels-idx1-ubyte.gz", 8).astype(np.int64))))
    return result


def dropout_mlp():
    (x, y), _ = load()
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 256), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(256, 10),
    )
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01)
    loss, trainer = nn.CrossEntropyLoss(reduction="none"), torch.optim.SGD(net.parameters(), lr=0.5)

    def run():
        total, right = 0.0, 0
        for a, b in batches(x, y, 256):
            prediction = net(a)
            losses = loss(prediction, b)
            trainer.zero_grad()
            losses.mean().backward()
            trainer.step()
            total += losses.detach().sum().item()
            right += int((prediction.argmax(1) == b).sum())

    return run


BENCHES = {
    "train/cubic fit, 400 epochs": polynomial(4, 400),
    "train/20 columns, 1500 epochs": polynomial(20, 1500),
    "train/weight decay from scratch": weight_decay(False),
    "train/weight decay concise": weight_decay(True),
}
if (FOLDER / "train-images-idx3-ubyte.gz").is_file():
    BENCHES |= {"train/load Fashion-MNIST": load, "train/dropout MLP, one epoch": dropout_mlp()}
else:
    print(f"{FOLDER} has no Fashion-MNIST: what loads it is left out", flush=True)
