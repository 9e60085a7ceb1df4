"""Standard deviations and bounds of PyTorch's initializations: writes init.json."""
import json
import math
import pathlib

import torch
from torch import nn

flat = {}
for outputs, inputs in [(300, 500), (500, 300), (256, 256)]:
    weight = torch.empty(outputs, inputs)
    fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(weight)
    gain = nn.init.calculate_gain("relu")
    linear = nn.Linear(inputs, outputs)
    flat[f"{outputs},{inputs}"] = {
        "he_normal std": gain / math.sqrt(fan_in),
        "he_uniform bound": gain * math.sqrt(3.0 / fan_in),
        "xavier_normal std": math.sqrt(2.0 / (fan_in + fan_out)),
        "xavier_uniform bound": math.sqrt(6.0 / (fan_in + fan_out)),
        "default bound": linear.weight.abs().max().item(),
    }
    # What the functions draw agrees with what the formulas say.
    for name, function in [("he_normal std", lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu")), ("xavier_normal std", nn.init.xavier_normal_)]:
        assert abs(function(weight).std().item() / flat[f"{outputs},{inputs}"][name] - 1) < 0.01
    for name, function in [("he_uniform bound", lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu")), ("xavier_uniform bound", nn.init.xavier_uniform_)]:
        assert abs(function(weight).abs().max().item() / flat[f"{outputs},{inputs}"][name] - 1) < 0.001
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(flat, indent=1) + "\n")
