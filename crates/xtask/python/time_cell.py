"""Runs FILE as a notebook cell on the kernel SPEC in the current folder: time_cell.py SPEC FILE

Prints what the cell prints; fails if the cell does.
"""

import pathlib
import sys

from jupyter_client.manager import start_new_kernel

START = 300  # seconds until the kernel answers
CELL = 900  # seconds for the cell


def main():
    spec, file = sys.argv[1:]
    manager, client = start_new_kernel(kernel_name=spec, startup_timeout=START)
    problems = []

    def on_output(message):
        content = message["content"]
        if message["msg_type"] == "stream" and content["name"] == "stdout":
            print(content["text"], end="", flush=True)
        elif message["msg_type"] == "stream":
            problems.append(content["text"])
        elif message["msg_type"] == "error":
            problems.append("\n".join(content["traceback"]) or content["evalue"])

    try:
        code = pathlib.Path(file).read_text(encoding="utf-8")
        reply = client.execute_interactive(code, timeout=CELL, output_hook=on_output, store_history=False)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    # The stock kernel reports a panic as a success, on standard error only.
    if reply["content"]["status"] != "ok" or any("panicked" in problem for problem in problems):
        sys.exit("the cell failed:\n" + "\n".join(problems))


if __name__ == "__main__":
    main()
