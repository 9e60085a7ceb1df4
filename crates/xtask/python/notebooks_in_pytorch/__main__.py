"""Does the notebooks' computations in PyTorch and times them: notebooks_in_pytorch THREADS FASHION_MNIST [NOTEBOOK…]

One file for each notebook; its `run` does what Run All computes there, hidden solutions included, with the same sizes,
data, optimizers and numbers of epochs, as a user of PyTorch would write it. Left out are figures, printed text and errors
that are shown on purpose. What a notebook repeats for many small data sets of one shape is one batch here.

Prints a JSON object for each: {"notebook": "06", "seconds": …, "trained": numbers that the notebook shows too}.
"""

import importlib
import json
import pathlib
import sys
import time

NOTEBOOKS = {
    "00": "tour",
    "01": "perceptrons",
    "02": "activations",
    "03": "model_selection",
    "03b": "overfitting",
    "04": "polynomials",
    "05": "weight_decay",
    "06": "dropout",
    "07": "backpropagation",
    "08": "numerical_stability",
}


def import_torch(threads):
    """With a first step of an optimizer, which loads more of PyTorch: that belongs to no notebook."""
    import torch

    torch.set_num_threads(threads)
    w = torch.zeros(1, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w], lr=0.1).step()
    return {"version": torch.__version__}


def timed(name, work):
    start = time.perf_counter()
    trained = work()
    print(json.dumps({"notebook": name, "seconds": time.perf_counter() - start, "trained": trained}), flush=True)


def main():
    threads, folder, chosen = int(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    timed("import", lambda: import_torch(threads))
    for name in chosen or NOTEBOOKS:
        run = importlib.import_module(NOTEBOOKS[name]).run
        timed(name, lambda: run(folder))


if __name__ == "__main__":
    main()
