"""PyTorch's optimizers step by step on given gradients: writes optim.json."""
import json
import pathlib

import torch

torch.manual_seed(0)
STEPS = 6
start = [torch.randn(3, 2), torch.randn(2)]
grads = [[torch.randn(3, 2), torch.randn(2)] for _ in range(STEPS)]


def run(make, clip=None):
    params = [p.clone().requires_grad_() for p in start]
    optimizer = make(params)
    after, norms = [], []
    for step in grads:
        for p, g in zip(params, step):
            p.grad = g.clone()
        if clip:
            norm = clip(params)
            norms.append(float(norm) if norm is not None else None)
        optimizer.step()
        after.append([p.detach().flatten().tolist() for p in params])
    return {"after": after, "norms": norms}


SGD, Adam, AdamW = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
utils = torch.nn.utils
cases = {
    "sgd": run(lambda p: SGD(p, lr=0.1)),
    "decay": run(lambda p: SGD(p, lr=0.1, weight_decay=0.3)),
    "momentum": run(lambda p: SGD(p, lr=0.1, momentum=0.9)),
    "momentum_decay": run(lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.3)),
    "dampening": run(lambda p: SGD(p, lr=0.1, momentum=0.9, dampening=0.4)),
    "nesterov": run(lambda p: SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1)),
    "groups": run(
        lambda p: SGD([{"params": p[:1], "weight_decay": 3.0}, {"params": p[1:], "lr": 0.01, "momentum": 0.5}], lr=0.003)
    ),
    "adam": run(lambda p: Adam(p, lr=0.05)),
    "adam_decay": run(lambda p: Adam(p, lr=0.05, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.3)),
    "adamw": run(lambda p: AdamW(p, lr=0.05)),
    "adamw_decay": run(lambda p: AdamW(p, lr=0.05, weight_decay=0.3)),
    "clip_norm": run(lambda p: SGD(p, lr=0.1), clip=lambda p: utils.clip_grad_norm_(p, 1.5)),
    "clip_value": run(lambda p: SGD(p, lr=0.1), clip=lambda p: utils.clip_grad_value_(p, 0.5)),
}
result = {
    "start": [p.flatten().tolist() for p in start],
    "grads": [[g.flatten().tolist() for g in step] for step in grads],
    "cases": cases,
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
