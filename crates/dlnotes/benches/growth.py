"""The peers of growth.rs in PyTorch: the same work under the same names."""

import torch
from torch import nn

BATCH, WIDTH, DEPTH = 256, 256, 4


def step(batch, width, depth):
    torch.manual_seed(0)
    net = nn.Sequential(*(layer for _ in range(depth) for layer in (nn.Linear(width, width), nn.ReLU())))
    x, trainer = torch.randn(batch, width), torch.optim.SGD(net.parameters(), lr=1e-3)

    def run():
        net(x).mean().backward()
        trainer.step()
        trainer.zero_grad()

    return run


SIZES = (
    [("batch", batch, WIDTH, DEPTH) for batch in (16, 32, 64, 128, 256, 512, 1024)]
    + [("width", BATCH, width, DEPTH) for width in (32, 64, 128, 256, 512, 1024)]
    + [("depth", BATCH, WIDTH, depth) for depth in (1, 2, 4, 8, 16)]
)

BENCHES = {
    f"growth/{series} {batch}×{width}×{depth}: {2 * batch * width * width * (3 * depth - 1)} flop": step(
        batch, width, depth
    )
    for series, batch, width, depth in SIZES
}
