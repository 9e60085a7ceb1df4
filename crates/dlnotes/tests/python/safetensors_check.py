"""Reads dlnotes' files with the safetensors package, and with PyTorch where it is installed: safetensors_check.py FOLDER

`net.safetensors` holds the parameters of Linear(3, 4), PReLU, Linear(4, 2); `example.json` an input and dlnotes' output.
Writes `theirs.safetensors`: the same parameters, each doubled. Prints one line for each reader.
"""

import importlib.util
import json
import pathlib
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

folder = pathlib.Path(sys.argv[1])
example = json.loads((folder / "example.json").read_text())
x, expected = (np.array(example[name], dtype=np.float32).reshape(-1, size) for name, size in (("x", 3), ("y", 2)))

net = load_file(folder / "net.safetensors")
shapes = {name: array.shape for name, array in net.items()}
assert shapes == {"0.weight": (4, 3), "0.bias": (4,), "1.weight": (1,), "2.weight": (2, 4), "2.bias": (2,)}, shapes
assert all(array.dtype == np.float32 for array in net.values())
hidden = x @ net["0.weight"].T + net["0.bias"]
hidden = np.where(hidden > 0, hidden, net["1.weight"] * hidden)
np.testing.assert_allclose(hidden @ net["2.weight"].T + net["2.bias"], expected, rtol=1e-5, atol=1e-6)

with safe_open(folder / "checkpoint.safetensors", "np") as checkpoint:
    assert checkpoint.metadata()["epoch"] == "3", checkpoint.metadata()
    names = set(checkpoint.keys())
    assert {"model.0.weight", "optimizer.0.exp_avg", "optimizer.4.step"} <= names, names
    assert checkpoint.get_tensor("optimizer.0.step").shape == ()

save_file({name: 2 * array for name, array in net.items()}, folder / "theirs.safetensors", {"format": "np"})
print("read by safetensors", __import__("safetensors").__version__)

if importlib.util.find_spec("torch") is None:
    print("not read by PyTorch: it is not installed here")
    sys.exit()

import torch
from safetensors.torch import load_file, save_file

model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.PReLU(), torch.nn.Linear(4, 2))
model.load_state_dict(load_file(folder / "net.safetensors"), strict=True)
torch.testing.assert_close(model(torch.from_numpy(x)), torch.from_numpy(expected), rtol=1e-5, atol=1e-6)
save_file({name: 2 * tensor for name, tensor in model.state_dict().items()}, folder / "theirs.safetensors")
print("read by PyTorch", torch.__version__)
