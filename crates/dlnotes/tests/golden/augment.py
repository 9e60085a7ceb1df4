"""Rotation, zoom, translation, crop and mirror of PyTorch (affine_grid and grid_sample): writes augment.json."""
import json
import math
import pathlib

import torch
from torch.nn import functional as F

torch.manual_seed(1)
images = torch.rand(2, 2, 6, 8)
flat = lambda t: t.flatten().tolist()


def warp(a, b, c, d, e, f):
    """Values from (a x + b y + c, d x + e y + f), x and y in pixels from the middle; PyTorch's run from -1 to 1."""
    n, _, h, w = images.shape
    theta = torch.tensor([[[a, b * h / w, 2 * c / w], [d * w / h, e, 2 * f / h]]]).repeat(n, 1, 1)
    grid = F.affine_grid(theta, images.shape, align_corners=False)
    return flat(F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False))


def rotate(degrees):
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return warp(cos, -sin, 0.0, sin, cos, 0.0)


cases = {
    "shape": list(images.shape),
    "images": flat(images),
    "rotate": {str(degrees): rotate(degrees) for degrees in [0.0, 15.0, -40.0, 90.0, 180.0]},
    "zoom": {str(factor): warp(1 / factor, 0.0, 0.0, 0.0, 1 / factor, 0.0) for factor in [0.7, 1.0, 1.5]},
    "translate": {f"{x},{y}": warp(1.0, 0.0, -x, 0.0, 1.0, -y) for x, y in [(1.5, -2.25), (3.0, 0.0), (0.0, 100.0)]},
    "mirror": flat(images.flip(3)),
    "pad": flat(F.pad(images, (2, 2, 2, 2))),
    "crop": flat(images[:, :, 1:4, 2:7]),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=1) + "\n")
