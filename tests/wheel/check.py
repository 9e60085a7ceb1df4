"""The installed wheel where nothing else is: the kernel is listed, says what it finds, and runs a notebook.

    check.py KERNELSPEC

Run by `cargo xtask wheel --check` with the Python of an environment into which only the wheel and what runs notebooks
were installed, and with an empty cache: the helper crate is compiled here, once, from the sources in the wheel.
"""

import importlib.metadata
import json
import pathlib
import subprocess
import sys
import time

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

CELLS = [
    'let x = Tensor::from([1.0, 2.0, 3.0]).requires_grad();\nx.exp().sum().backward();\nx.grad().unwrap()',
    'plot([0, 1, 2], [0.0, 1.0, 4.0]).xlabel("x").ylabel("x squared")',
]


def check(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")
    print(f"ok: {what}", flush=True)


def doctor(program):
    done = subprocess.run([program, "doctor"], capture_output=True, text=True)
    print(done.stdout)
    return done


def run_notebook(spec):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    start = time.monotonic()
    NotebookClient(notebook, kernel_name=spec, timeout=900, startup_timeout=60).execute()
    return notebook, time.monotonic() - start


def main():
    spec, prefix = sys.argv[1], pathlib.Path(sys.prefix)
    found = KernelSpecManager().find_kernel_specs()
    check(pathlib.Path(found.get(spec, "")).is_relative_to(prefix), f"Jupyter lists `{spec}` in this environment")

    program = prefix / "bin/dlnotes-kernel"
    said = doctor(program)
    check(said.returncode == 0, "doctor finds nothing missing")
    helper = next(line for line in said.stdout.splitlines() if "helper crate" in line)
    check(str(prefix / "share/dlnotes/crates/dlnotes") in helper, "the helper crate is the wheel's own")

    built = subprocess.run([program, "prebuild"], capture_output=True, text=True)
    print(built.stderr)
    check(built.returncode == 0, "prebuild compiles the helper crate")
    check(len(built.stderr.splitlines()) >= 3, "prebuild says how far it is")

    notebook, seconds = run_notebook(spec)
    check(True, f"a notebook runs ({seconds:.1f} s)")
    first, second = (cell["outputs"] for cell in notebook["cells"])
    check("2.7183" in first[-1]["data"]["text/plain"], "the gradient of exp is exp")
    shown = second[-1]["data"]
    check({"image/svg+xml", "image/png", "text/plain"} <= set(shown), "a figure has all its forms")

    engines = [entry.name for entry in importlib.metadata.entry_points(group="papermill.engine")]
    check("dlnotes" in engines, "papermill's plug-in is registered")
    import papermill  # noqa: F401  (loads the plug-ins)
    from papermill.translators import papermill_translators

    translator = papermill_translators.find_translator(spec, "rust")
    check(translator.codify({"epochs": 3}).strip().endswith("let epochs = 3;"), "papermill writes Rust")

    report = subprocess.run([program, "report"], capture_output=True, text=True)
    check(report.returncode == 0 and "rustc" in report.stdout, "report gathers versions")
    check(str(pathlib.Path.home()) not in report.stdout, "report does not name the home folder")
    print(json.dumps({"notebook_seconds": round(seconds, 1)}))


if __name__ == "__main__":
    main()
