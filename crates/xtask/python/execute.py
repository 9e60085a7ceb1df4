"""Executes a notebook with the kernel SPEC and writes it with its outputs: execute.py SPEC INPUT OUTPUT FOLDER

Cells run in FOLDER. A cell with "proof" in its metadata runs between them without being counted: messages that name a
cell by its number name the one that readers see. Ends with an error at the first cell that fails without the
tag `raises-exception`; what ran until then is in OUTPUT. Last it prints `seconds: `, from the kernel's launch to the end
of the last cell.
"""

import pathlib
import sys
import time

import nbclient
import nbformat

CELL_TIMEOUT = 600  # seconds; the longest cell of the notes trains for about a minute
STARTUP_TIMEOUT = 180


def main():
    spec, source, target, folder = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
    notebook = nbformat.read(source, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and "proof" not in cell.metadata]
    done = 0
    start = end = time.perf_counter()

    def on_executed(cell, cell_index, execute_reply):
        nonlocal done, end
        if "proof" in cell.metadata:
            return
        done += 1
        end = time.perf_counter()
        print(f"{source.name}: {done} of {len(code)} cells", flush=True)

    client = nbclient.NotebookClient(
        notebook,
        kernel_name=spec,
        timeout=CELL_TIMEOUT,
        startup_timeout=STARTUP_TIMEOUT,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        on_cell_executed=on_executed,
    )
    try:
        with client.setup_kernel():
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index, store_history="proof" not in cell.metadata)
    except (nbclient.exceptions.CellExecutionError, nbclient.exceptions.CellTimeoutError) as error:
        sys.exit(f"{source.name}: {error}")
    except nbclient.exceptions.DeadKernelError as error:
        sys.exit(f"{source.name}: the kernel died after {done} of {len(code)} cells: {error}")
    finally:
        nbformat.write(notebook, target)
    print(f"seconds: {end - start:.3f}", flush=True)


if __name__ == "__main__":
    main()
