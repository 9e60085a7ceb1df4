"""Augmented images and principal components, of notebook 03b."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from training import accuracy, evaluate, in_order, shuffled, take, train_epoch


def uniform(n, low, high):
    return torch.empty(n).uniform_(low, high)


def warp(x, matrices):
    grid = F.affine_grid(matrices, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


def translate(x, pixels):
    matrices = torch.eye(2, 3).repeat(len(x), 1, 1)
    matrices[:, :, 2] = uniform((len(x), 2), -pixels, pixels) * 2 / x.shape[-1]
    return warp(x, matrices)


def vary(x):
    """Mirrored or not, turned, moved, larger or smaller, with noise."""
    n = len(x)
    angle, size = uniform(n, -15, 15) * math.pi / 180, 1 / uniform(n, 0.9, 1.1)
    flip = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    move = uniform((2, n), -3, 3) * 2 / x.shape[-1]
    c, s = size * angle.cos(), size * angle.sin()
    matrices = torch.stack([flip * c, -flip * s, move[0], s, c, move[1]], 1).reshape(n, 2, 3)
    x = warp(x, matrices)
    return x + 0.05 * torch.randn_like(x)


def compare(train, test):
    """Accuracies on images as they are and on shifted ones, of a net trained on plain images and one on shifted ones."""
    vary(train[0][[0, 1, 5]].repeat(6, 1, 1, 1))
    plain, test, loss = take(train, 1000), take(test, 2000), nn.CrossEntropyLoss()
    shifted = torch.cat([test[0], translate(test[0], 4)]), test[1].repeat(2)
    accuracies = []
    for change in (lambda x: x, lambda x: translate(x, 4)):
        net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
        trainer = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(60):
            train_epoch(net, ((change(x), y) for x, y in shuffled(*plain, 50)), loss, trainer)
        accuracies.append([evaluate(net, in_order(*data, 500), accuracy) for data in (test, shifted)])
    return accuracies


def explained_by_components(x, k):
    x = x.flatten(1)
    _, s, _ = torch.pca_lowrank(x, q=k + 10)
    return (s[:k].square().sum() / (x - x.mean(0)).square().sum()).item()
