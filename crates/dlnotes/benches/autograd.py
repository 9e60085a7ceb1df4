"""The peers of autograd.rs in PyTorch: the same work under the same names."""

import torch


def chain():
    x = torch.ones(4, requires_grad=True)
    factor = torch.full((4,), 1.0001)

    def run():
        y = x
        for _ in range(1000):
            y = y * factor
        y.sum().backward()
        x.grad = None

    return run


def activation(f):
    torch.manual_seed(0)
    x = torch.randn(1_000_000, requires_grad=True)
    ones = torch.ones_like(x)

    def run():
        f(x).backward(ones)
        x.grad = None

    return run


BENCHES = {
    "autograd/chain of 1000 mul": chain(),
    "autograd/ReLU of 1M": activation(torch.relu),
    "autograd/sigmoid of 1M": activation(torch.sigmoid),
    "autograd/tanh of 1M": activation(torch.tanh),
}
