"""Runs a notebook in a real JupyterLab in headless Chromium, in the light and in the dark theme, and takes screenshots.

    look.py BROWSER JUPYTER_PYTHON NOTEBOOKS_FOLDER NOTEBOOK PICTURES_FOLDER KERNELSPEC

Works on a copy of the notebooks folder's notebook whose outputs are removed, so that what shows has just been made.
Checks: every code cell ran; none failed that isn't tagged `raises-exception`; at least as many pictures show as the
committed notebook has, each with a size, and none sticks out when the window is made narrow. A first screenshot shows
the committed notebook as a reader gets it, untrusted.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import sys
import time

from lab import FLAGS, open_notebook, prompts, run_all, saved, screenshot, shown_pictures, start_server
from lab import sticking_out, visible_pictures, without_outputs, write_settings
from playwright.sync_api import sync_playwright

RUN_ALL = 900  # seconds for all cells of a notebook
NARROW = 600  # pixels: half of a small laptop's screen


def outline(notebook):
    """Code cells of the committed notebook: how many, which may fail, and how many pictures show."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["source"]]
    may_fail = {i for i, cell in enumerate(code) if "raises-exception" in cell["metadata"].get("tags", [])}
    return len(code), may_fail, visible_pictures(notebook)


def wait_until_run(page, cells):
    """How many cells have run when the kernel has come to rest: fewer than all, if it stopped at an error."""
    indicator = page.locator(".jp-Notebook-ExecutionIndicator").first
    deadline = time.monotonic() + RUN_ALL
    at_rest = 0
    while time.monotonic() < deadline:
        numbered = sum(bool(re.fullmatch(r"\[\d+\]:?", text.strip())) for text in prompts(page))
        dialog = page.locator(".jp-Dialog-header")
        if dialog.count():
            sys.exit(f"JupyterLab asks: {dialog.first.inner_text()}")
        # Before the first cell and between two it is at rest for a moment too.
        idle = numbered and indicator.get_attribute("data-status") == "idle"
        at_rest = at_rest + 1 if idle else 0
        if at_rest and (numbered == cells or at_rest > 10):
            return numbered
        page.wait_for_timeout(300)
    sys.exit(f"not all cells ran within {RUN_ALL} s: {prompts(page)}")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the copy and the server go too
    browser_path, python, folder, name, pictures, spec = sys.argv[1:]
    folder, pictures = pathlib.Path(folder), pathlib.Path(pictures)
    pictures.mkdir(parents=True, exist_ok=True)
    os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(pictures / "settings")
    source = folder / name
    notebook = json.loads(source.read_text())
    cells, may_fail, figures = outline(notebook)
    # The copy lies beside the original: the kernel reads evcxr.toml from the notebook's folder.
    copy = source.with_name(f"look-{os.getpid()}.ipynb")
    problems = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            for theme in ("light", "dark"):
                write_settings(theme)
                server, address, token = start_server(python, folder, spec)
                try:
                    if theme == "light":
                        page = open_notebook(browser, address, token, name)
                        shown = shown_pictures(page)
                        if len(shown) < figures:
                            problems.append(f"untrusted: {len(shown)} of {figures} pictures show")
                        screenshot(page, pictures / "untrusted.png")
                        page.close()
                    copy.write_text(json.dumps(without_outputs(notebook)))
                    page = open_notebook(browser, address, token, copy.relative_to(folder))
                    start = time.monotonic()
                    run_all(page)
                    ran = wait_until_run(page, cells)
                    print(f"{theme}: {ran} cells ran in {time.monotonic() - start:.1f} s", flush=True)
                    if ran < cells:
                        problems.append(f"{theme}: {ran} of {cells} cells ran")
                    page.wait_for_timeout(1000)
                    shown = shown_pictures(page)
                    small = [box for box in shown if box["width"] < 40 or box["height"] < 20]
                    if len(shown) < figures or small:
                        problems.append(f"{theme}: {len(shown)} of {figures} pictures show, {len(small)} without a size")
                    outputs = [output for cell in saved(page, copy)["cells"] for output in cell.get("outputs", [])]
                    errors = sum(output["output_type"] == "error" for output in outputs)
                    if errors > len(may_fail):
                        problems.append(f"{theme}: {errors} cells show an error, {len(may_fail)} may")
                    screenshot(page, pictures / f"{theme}.png")
                    if theme == "light":
                        page.set_viewport_size({"width": NARROW, "height": 900})
                        page.wait_for_timeout(500)
                        if out := sticking_out(page):
                            problems.append(f"narrow window: {out} pictures stick out")
                        screenshot(page, pictures / "narrow.png", NARROW)
                    page.close()
                finally:
                    server.terminate()
                    server.wait(timeout=30)
            browser.close()
    finally:
        copy.unlink(missing_ok=True)
        shutil.rmtree(pictures / "settings", ignore_errors=True)
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
