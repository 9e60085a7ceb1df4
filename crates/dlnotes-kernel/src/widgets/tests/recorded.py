"""What ipywidgets sends of the controls that the kernel has, and how it answers pages: writes recorded.json.

    pip install ipywidgets==8.1.7; python recorded.py

No kernel runs: ipywidgets publishes its messages through `comm`, which is told to keep them.
"""
import itertools
import json
import pathlib

import comm
from comm.base_comm import BaseComm

sent, ids = [], itertools.count()


class Recorder(BaseComm):
    def __init__(self, **settings):
        # Numbers, where there would be random ids.
        super().__init__(**settings | {"comm_id": f"model-{next(ids)}"})

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        # ipykernel adds the id and the data in this way.
        content = {"comm_id": self.comm_id, "data": data or {}, **keys}
        sent.append({"msg_type": msg_type, "content": content, "metadata": metadata or {}})


comm.create_comm = Recorder

import ipywidgets as widgets  # noqa: E402  it takes `create_comm` when it is imported


def taken():
    messages = json.loads(json.dumps(sent))
    sent.clear()
    return messages


def said(data):
    return {"content": {"data": data}, "buffers": []}


controls = [
    widgets.IntSlider(min=0, max=19, step=1, value=3, description="degree"),
    widgets.FloatSlider(min=0.0, max=1.0, step=0.01, value=0.5, readout_format=".2f"),
    widgets.FloatLogSlider(base=10.0, min=-8.0, max=1.0, step=0.1, value=1e-4, readout_format=".3g"),
    widgets.Dropdown(options=["L1", "L2"], index=1),
    widgets.Checkbox(value=True, indent=False),
    widgets.Play(min=0, max=9, step=1, interval=50),
]
slider, *_, clock = controls
widgets.jslink((clock, "value"), (slider, "value"))
figure, below = widgets.HTML("<pre>first</pre>"), widgets.Output()
shown = widgets.VBox([widgets.HBox(controls), figure, below])
opened = taken()
recorded = {"version": widgets.__version__, "order": [m["content"]["data"]["state"]["_model_name"] for m in opened]}
# One of each class says everything.
recorded["opened"] = {m["content"]["data"]["state"]["_model_name"]: m for m in reversed(opened)}
recorded["shown"] = {k: v for k, v in shown._repr_mimebundle_().items() if k != "text/plain"}


def moved(_):
    figure.value = "<pre>second</pre>"
    below.outputs = ({"output_type": "stream", "name": "stdout", "text": "printed"},)


# A move, because of which the program changes the figure and the text below it.
slider.observe(moved, "value")
slider.comm.handle_msg(said({"method": "update", "state": {"value": 4}, "buffer_paths": []}))
recorded["moved"] = taken()
slider.comm.handle_msg(said({"method": "request_state"}))
recorded["asked for one"] = taken()
asker = Recorder(target_name="jupyter.widget.control", primary=False)
widgets.Widget.handle_control_comm_opened(asker, {"metadata": {"version": "1.0.0"}})
asker.handle_msg(said({"method": "request_states"}))
recorded["asked for all"] = taken()
states = recorded["asked for all"][0]["content"]["data"]["states"]
recorded["asked for all"][0]["content"]["data"]["states"] = {slider.model_id: states[slider.model_id]}
figure.close()
recorded["closed"] = taken()

lines = []
for name, value in recorded.items():
    if name == "opened":
        models = ",\n".join(f" {json.dumps(k)}: {json.dumps(v, sort_keys=True)}" for k, v in sorted(value.items()))
        lines.append(f"{json.dumps(name)}: {{\n{models}\n}}")
    else:
        lines.append(f"{json.dumps(name)}: {json.dumps(value, sort_keys=True)}")
pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
