"""JupyterLab in headless Chromium: what the programs beside this file share."""

import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import expect

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERVER_START = 60  # seconds
PICTURE_TYPES = ("image/svg+xml", "image/png")
WIDTH, HEIGHT = 1100, 1400
# JupyterLab draws only the cells in view; every cell must be there to be looked at.
SETTINGS = {
    "notebook-extension": {"tracker.jupyterlab-settings": {"windowingMode": "none"}},
    "apputils-extension": {"notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False}},
}


def write_settings(theme):
    """JupyterLab's user settings, in the project's own configuration folder that `cargo xtask` has set."""
    settings = dict(SETTINGS)
    settings["apputils-extension"] = dict(settings["apputils-extension"])
    settings["apputils-extension"]["themes.jupyterlab-settings"] = {"theme": f"JupyterLab {theme.capitalize()}"}
    root = pathlib.Path(os.environ["JUPYTERLAB_SETTINGS_DIR"])
    for plugin, files in settings.items():
        for name, content in files.items():
            path = root / "@jupyterlab" / plugin / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content))


def start_server(python, folder, spec):
    """Starts JupyterLab on any free port; returns its process, address and token."""
    token = secrets.token_hex(16)
    command = [python, "-m", "jupyterlab", "--no-browser", "--ServerApp.port=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={folder}", f"--KernelSpecManager.allowed_kernelspecs={{'{spec}'}}"]
    command += ["--KernelSpecManager.ensure_native_kernel=False"]
    if os.getuid() == 0:
        command.append("--allow-root")
    # Not a pipe: the server would stop when it is full and nobody reads.
    with tempfile.NamedTemporaryFile("w+") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + SERVER_START
        while time.monotonic() < deadline and server.poll() is None:
            said = pathlib.Path(log.name).read_text()
            if match := re.search(r"http://(?:127\.0\.0\.1|localhost):\d+/", said):
                return server, match.group(0), token
            time.sleep(0.2)
        server.terminate()
        sys.exit(f"JupyterLab did not start:\n{said}")


def has_picture(output):
    return any(mime in output.get("data", {}) for mime in PICTURE_TYPES)


def visible(notebook):
    """The cells that show when the notebook is opened: not those below a heading that is closed."""
    closed, cells = None, []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and source.startswith("#"):
            level = len(source) - len(source.lstrip("#"))
            if closed is not None and level <= closed:
                closed = None
            cells += [cell] if closed is None else []
            if closed is None and cell["metadata"].get("jp-MarkdownHeadingCollapsed"):
                closed = level
        elif closed is None:
            cells.append(cell)
    return cells


def visible_pictures(notebook):
    return sum(has_picture(output) for cell in visible(notebook) for output in cell.get("outputs", []))


def without_outputs(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def run_all(page):
    # While it still connects JupyterLab runs nothing, and says nothing: a reader would click again. A busy kernel proves
    # nothing: it is so whenever it is asked who it is.
    for _ in range(10):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_timeout(2_000)
        if any(re.match(r"\[(\*|\d+)\]", text.strip()) for text in prompts(page)):
            return
    sys.exit("Run All Cells runs nothing")


def prompts(page):
    return page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()


def saved(page, path):
    """The notebook as JupyterLab saves it: what shows in red may be an error or text on standard error."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Save Notebook")).first.click()
    page.get_by_text("Saving completed").first.wait_for(timeout=20_000)
    return json.loads(path.read_text())


def shown_pictures(page):
    """Sizes of the pictures in the cells' outputs, as the browser lays them out."""
    boxes = page.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg")
    return [box for box in (boxes.nth(i).bounding_box() for i in range(boxes.count())) if box]


def sticking_out(page):
    """Pictures that are wider than what shows of their output: a reader would have to scroll, or sees them cut off."""
    return page.evaluate("""() => [...document.querySelectorAll(
            '.jp-OutputArea-output img, .jp-OutputArea-output svg')].filter(picture => {
        const own = picture.getBoundingClientRect();
        const room = picture.closest('.jp-OutputArea-output').getBoundingClientRect();
        return own.width > 0 && (own.right > room.right + 1 || own.right > window.innerWidth);
    }).length""")


def screenshot(page, path, width=WIDTH):
    """The whole notebook: the page is made as tall as its content first."""
    panel = page.locator(".jp-WindowedPanel-outer").first
    page.set_viewport_size({"width": width, "height": HEIGHT})
    height = panel.evaluate("node => node.scrollHeight") + 150
    page.set_viewport_size({"width": width, "height": min(int(height), 16000)})
    panel.evaluate("node => node.scrollTo(0, 0)")  # running all cells has scrolled to the last one
    page.wait_for_timeout(500)
    page.screenshot(path=path)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


def open_notebook(browser, address, token, name, scale=1):
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=scale)
    page.goto(f"{address}lab/tree/{name}?token={token}&reset")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
    # Before a kernel is named JupyterLab calls it idle, and asks which kernel to start when it is to run something.
    expect(page.locator(".jp-KernelName").first).not_to_have_text("No Kernel", timeout=60_000)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(timeout=60_000)
    page.keyboard.press("Control+b")  # hide the file browser
    page.wait_for_timeout(500)
    return page
