"""Deep nets of sigmoids on 2,000 pictures, of notebook 08: as they are, pre-trained, and with batch normalization."""

import copy
import statistics

import torch
from torch import nn
from torch.nn import functional as F

from training import accuracy, evaluate, fashion_mnist, in_order, shuffled, take, train_epoch


def deep_sigmoid(normalized=False):
    layers = [nn.Flatten()]
    for inputs in [784, 64, 64, 64, 64, 64]:
        layers.append(nn.Linear(inputs, 64))
        if normalized:
            layers.append(nn.BatchNorm1d(64))
        layers.append(nn.Sigmoid())
    return nn.Sequential(*layers, nn.Linear(64, 10))


def pretrain(net, data, epochs, lr):
    """Trains each hidden layer to restore its input; the losses of the last epoch."""
    losses = []
    for i in range(1, len(net) - 1, 2):
        before, block = net[:i], net[i : i + 2]
        decoder = nn.Linear(block[0].out_features, block[0].in_features)
        trainer = torch.optim.Adam([*block.parameters(), *decoder.parameters()], lr=lr)
        for _ in range(epochs):
            total = 0.0
            for x, y in shuffled(*data, 64):
                with torch.no_grad():
                    signal = before(x)
                loss = F.mse_loss(decoder(block(signal)).sigmoid(), signal)
                trainer.zero_grad()
                loss.backward()
                trainer.step()
                total += loss.item() * len(x)
        losses.append(total / len(data[0]))
    return losses


def learn(net, few, unseen):
    """The best and the last accuracy of ten epochs on pictures that it doesn't learn from."""
    loss, trainer, accuracies = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.5), []
    for _ in range(10):
        train_epoch(net, shuffled(*few, 64), loss, trainer)
        accuracies.append(evaluate(net, in_order(*unseen, 500), accuracy))
    return max(accuracies), accuracies[-1]


def run(folder):
    train, _ = fashion_mnist(folder)
    few, held_back = take(train, 2000), tuple(part[2000:4000] for part in train)
    plain = [deep_sigmoid() for _ in range(3)]
    prepared = copy.deepcopy(plain)
    losses = [pretrain(net, few, 5, 0.005) for net in prepared]
    nets = {"plain": plain, "prepared": prepared, "normalized": [deep_sigmoid(True) for _ in range(3)]}
    learned = {name: [learn(net, few, held_back)[1] for net in three] for name, three in nets.items()}
    return {"restoring": losses[0]} | {name: statistics.median(three) for name, three in learned.items()}
