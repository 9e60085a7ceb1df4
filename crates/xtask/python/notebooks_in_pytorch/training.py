"""What several notebooks need: the data set, batches made by hand (quicker than a DataLoader), loops of training."""

import gzip

import torch


def fashion_mnist(folder):
    """((images, labels) for training, the same for tests), images of shape [n, 1, 28, 28] between 0 and 1."""

    def read(name, header):
        return torch.frombuffer(bytearray(gzip.decompress((folder / name).read_bytes())), dtype=torch.uint8)[header:]

    def part(name):
        images = read(f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28).float().div_(255)
        return images, read(f"{name}-labels-idx1-ubyte.gz", 8).long()

    return part("train"), part("t10k")


def take(data, n):
    return tuple(part[:n] for part in data)


def shuffled(x, y, size):
    for rows in torch.randperm(len(x)).split(size):
        yield x[rows], y[rows]


def in_order(x, y, size):
    return zip(x.split(size), y.split(size))


def train_epoch(net, batches, loss, trainer):
    net.train()
    for x, y in batches:
        trainer.zero_grad()
        loss(net(x), y).backward()
        trainer.step()


@torch.no_grad()
def evaluate(net, batches, score):
    """The mean of `score`, which gives the mean of a batch."""
    net.eval()
    total, count = 0.0, 0
    for x, y in batches:
        total += score(net(x), y).item() * len(x)
        count += len(x)
    return total / count


def accuracy(scores, labels):
    return (scores.argmax(1) == labels).float().mean()


def fit(net, train, test, size, loss, epochs, trainer):
    """Trains a classifier; after each epoch training loss, training accuracy and test accuracy are known."""
    history = []
    for _ in range(epochs):
        net.train()
        total, right = 0.0, 0
        for x, y in shuffled(*train, size):
            scores = net(x)
            l = loss(scores, y)
            trainer.zero_grad()
            l.backward()
            trainer.step()
            total += l.item() * len(x)
            right += (scores.argmax(1) == y).sum().item()
        n = len(train[0])
        history.append((total / n, right / n, evaluate(net, in_order(*test, size), accuracy)))
    return history
