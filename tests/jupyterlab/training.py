"""A picture of a notebook while it trains, taken from JupyterLab in headless Chromium: training.py BROWSER JUPYTER_PYTHON
NOTEBOOKS_FOLDER NOTEBOOK CELL PICTURE KERNELSPEC

Runs a copy of NOTEBOOK without outputs, waits until CELL, which trains, shows its figure, and some moments more. Fails if
the cell has ended by then, or if its figure hasn't grown.
"""

import json
import os
import pathlib
import re
import shutil
import sys
import tempfile

from lab import FLAGS, open_notebook, run_all, start_server, without_outputs, write_settings
from playwright.sync_api import sync_playwright

WAIT = 600  # seconds until the cell trains
WIDTH, HEIGHT, SCALE = 960, 640, 1.5
LATER = 2500  # milliseconds between the first curve and the picture


def main():
    browser_path, python, folder, name, cell_id, picture, spec = sys.argv[1:]
    folder, picture = pathlib.Path(folder), pathlib.Path(picture)
    os.environ["JUPYTERLAB_SETTINGS_DIR"] = tempfile.mkdtemp()
    notebook = json.loads((folder / name).read_text())
    code = [cell["id"] for cell in notebook["cells"]]
    # The copy lies beside the original: the kernel reads evcxr.toml from the notebook's folder.
    copy = (folder / name).with_name(f"look-{name}")
    copy.write_text(json.dumps(without_outputs(notebook)))
    write_settings("light")
    server, address, token = start_server(python, folder, spec)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            page = open_notebook(browser, address, token, copy.relative_to(folder), SCALE)
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            run_all(page)
            cell = page.locator(".jp-Notebook .jp-Cell").nth(code.index(cell_id))
            figure = cell.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").first
            figure.wait_for(timeout=WAIT * 1000)
            first = figure.get_attribute("src")
            page.wait_for_timeout(LATER)
            cell.evaluate("node => node.scrollIntoView({ block: 'center' })")
            page.wait_for_timeout(300)
            page.screenshot(path=picture)
            # Not the prompt: JupyterLab forgets its star where cells were queued while it still connected.
            if not re.search(r"epoch \d+ of \d+", cell.inner_text()):
                sys.exit(f"the cell {cell_id} doesn't train any more when the picture is taken")
            if figure.get_attribute("src") == first:
                sys.exit(f"the figure of the cell {cell_id} doesn't grow")
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=30)
        copy.unlink(missing_ok=True)
        shutil.rmtree(os.environ["JUPYTERLAB_SETTINGS_DIR"], ignore_errors=True)
    print(f"{picture}: {picture.stat().st_size} bytes")


if __name__ == "__main__":
    main()
