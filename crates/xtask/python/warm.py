"""Starts the kernel SPEC in the current folder and runs one cell, so that it builds what the folder's evcxr.toml asks for."""

import sys

from jupyter_client.manager import start_new_kernel

BUILD = 1800  # seconds until the kernel answers: before that it compiles the helper crate and all that it needs
CELL = 300  # seconds for a first cell


def main():
    spec = sys.argv[1]
    manager, client = start_new_kernel(kernel_name=spec, startup_timeout=BUILD)
    problems = []

    def on_output(message):
        content = message["content"]
        if message["msg_type"] == "error":
            problems.append(content.get("evalue", ""))
        elif message["msg_type"] == "stream" and content["name"] == "stderr":
            problems.append(content["text"])

    try:
        reply = client.execute_interactive("6 * 7", timeout=CELL, output_hook=on_output, store_history=False)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    print("\n".join(problems))
    if reply["content"]["status"] != "ok" or any("error" in problem.lower() for problem in problems):
        sys.exit("the kernel could not run its first cell")


if __name__ == "__main__":
    main()
