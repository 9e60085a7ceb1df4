"""Every control of the committed notebooks, moved as a reader moves it: by keyboard and by mouse, in light and dark."""

import json
import pathlib
import re
import time

from lab import run_all, sticking_out, without_outputs
from reader import OPTIONS, RED, Page

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
ANSWER = 60  # seconds that a closure may take on a machine that has other work
STEERED = "playground-controls"  # what this cell's values steer is the cell behind it


def with_controls():
    """The notebooks that have controls, as paths below the folder of notebooks."""
    paths = sorted([*NOTEBOOKS.glob("[0-9]*.ipynb"), *NOTEBOOKS.glob("zh/[0-9]*.ipynb")])
    return [str(path.relative_to(NOTEBOOKS)) for path in paths if any(map(controls, code(json.loads(path.read_text()))))]


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def controls(cell):
    return bool(re.search(r"\binteract!?\(|\.live\(\)", "".join(cell["source"])))


class Mover(Page):
    """A reader who moves the controls of a notebook."""

    def everything_moves(self, name):
        notebook = without_outputs(json.loads((NOTEBOOKS / name).read_text()))
        cells = notebook["cells"]
        # The cells behind the last controls are other tests' business.
        last = max(i for i, cell in enumerate(cells) if cell["cell_type"] == "code" and controls(cell))
        steered = cells[last]["id"] == STEERED
        notebook["cells"] = cells[:last + 1 + steered]
        # What trains until the reader stops it is run when the rest has been looked at.
        training = notebook["cells"][-1].pop("source") if steered else None
        if steered:
            notebook["cells"][-1]["source"] = ""
        self.pictures = OPTIONS.pictures / name.removesuffix(".ipynb")
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.open_copy(notebook, str(pathlib.Path(name).parent))
        run_all(self.page)
        self.wait_until_all_run(sum(bool(cell["source"]) for cell in code(notebook)))
        for i, cell in enumerate(code(notebook)):
            if controls(cell) and cell["id"] != STEERED:
                with self.subTest(cell=cell["id"]):
                    self.a_panel(i, cell["id"])
        if steered:
            self.what_steers(len(code(notebook)) - 1, "".join(training))

    def a_panel(self, i, id):
        """Moves each control to its ends and between them: the picture follows, and its axes stay where they are."""
        cell = self.cell(i)
        self.figure = cell.locator(".jupyter-widgets svg[role=img]").first
        self.figure.scroll_into_view_if_needed()
        self.frames = {self.frame()}
        self.look(cell, f"{id}-start")
        for handle in cell.locator(".noUi-handle").all():
            at_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
            for key in ("Home", "End") if at_end else ("End", "Home"):
                self.moves(lambda: self.press(handle, key))
            self.moves(lambda: self.drag(handle, 0.45))
        for choice in cell.locator("select").all():
            options = choice.locator("option").evaluate_all("all => all.map(one => one.value)")
            for option in [option for option in options if option != choice.input_value()]:
                self.moves(lambda: choice.select_option(option))
        for box in cell.locator("input[type=checkbox]").all():
            self.moves(box.click)
        self.look(cell, f"{id}-moved")
        self.theme("Dark")
        self.look(cell, f"{id}-dark")
        self.theme("Light")
        self.assertEqual(cell.locator(RED).count(), 0, cell.inner_text())
        self.assertEqual(sticking_out(self.page), 0, "pictures wider than the page")
        self.assertEqual(len(self.frames), 1, f"the axes move: {sorted(self.frames)}")

    def what_steers(self, i, training):
        """The playground trains while its controls move, and stops when the reader says so."""
        # It must not come to its end before everything has been moved.
        self.assertIn("watch(5000", training)
        self.cell(i).locator(".cm-content").click()
        self.page.keyboard.insert_text(training.replace("watch(5000", "watch(1_000_000"))
        self.run_cell(i)
        picture = self.cell(i).locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").first
        picture.wait_for(timeout=1000 * ANSWER)
        steering = self.cell(i - 1)
        before = self.shape_of(picture)
        for handle in steering.locator(".noUi-handle").all():
            value = handle.get_attribute("aria-valuenow")
            self.press(handle, "End")
            self.until(lambda: handle.get_attribute("aria-valuenow") != value)
        for choice in steering.locator("select").all():
            choice.select_option(index=2)
        # Four layers of eight units instead of one of four.
        self.until(lambda: self.shape_of(picture) != before)
        self.assertIn("*", self.prompt_of(i).inner_text())
        for at, handle in enumerate(steering.locator(".noUi-handle").all()):
            self.drag(handle, [0.9, 0.9, 0.5, 0.3][at])
        self.page.wait_for_timeout(5_000)
        self.menu("Kernel", "Interrupt Kernel")
        self.wait_until_run(i)
        for theme in ("Dark", "Light"):
            self.theme(theme)
            self.look(steering, f"playground-controls-{theme.lower()}")
            self.look(self.cell(i), f"playground-training-{theme.lower()}")
        self.assertEqual(steering.locator(RED).count(), 0, steering.inner_text())

    def shape_of(self, picture):
        """How many hidden units are drawn, as the picture says it of itself."""
        text = picture.evaluate("node => node.src ? decodeURIComponent(node.src) : node.textContent")
        return re.search(r"\d+ \D{1,16}24×24", text).group(0)

    # What a reader does, and sees

    def moves(self, move):
        before = self.drawn()
        move()
        self.until(lambda: self.drawn() != before)
        self.until(self.at_rest)
        self.frames.add(self.frame())

    def until(self, true):
        deadline = time.monotonic() + ANSWER
        while not true():
            self.assertLess(time.monotonic(), deadline, "nothing happens")
            self.page.wait_for_timeout(50)

    def at_rest(self):
        before = self.drawn()
        self.page.wait_for_timeout(400)
        status = self.page.locator(".jp-Notebook-ExecutionIndicator").first.get_attribute("data-status")
        return status == "idle" and self.drawn() == before

    def drawn(self):
        return self.figure.evaluate("node => node.outerHTML")

    def frame(self):
        """Where the axes lie on the picture."""
        return tuple(self.figure.locator("[data-frame]").evaluate_all("all => all.map(one => one.dataset.frame)"))

    def press(self, handle, key):
        handle.focus()
        self.page.keyboard.press(key)

    def drag(self, handle, part):
        bar = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
        knob, y = handle.bounding_box(), bar["y"] + bar["height"] / 2
        self.page.mouse.move(knob["x"] + knob["width"] / 2, y)
        self.page.mouse.down()
        self.page.mouse.move(bar["x"] + part * bar["width"], y, steps=4)
        self.page.mouse.up()

    def theme(self, name):
        """JupyterLab's colours, on a machine whose programs are to be light or dark: figures follow the machine."""
        self.page.emulate_media(color_scheme=name.lower())
        self.page.get_by_role("menuitem", name="Settings", exact=True).click()
        self.page.locator(".lm-Menu-item", has_text=re.compile("^Theme$")).click()
        self.page.locator(".lm-Menu-item", has_text=f"JupyterLab {name}").last.click()
        self.until(lambda: self.page.locator("body").get_attribute("data-jp-theme-light") == str(name == "Light").lower())
        self.page.wait_for_timeout(500)

    def look(self, cell, name):
        cell.locator(".jp-Cell-outputWrapper").screenshot(path=self.pictures / f"{name}.png")


def a_test(name):
    return lambda self: self.everything_moves(name)


class Moved(Mover):
    """Notebooks that have every kind of control between them."""


class MovedEverywhere(Mover):
    """All of both editions, only when asked for (`cargo xtask browser moved.MovedEverywhere`): it takes ten minutes."""


for _name in with_controls():
    _test = "test_" + re.sub(r"\W", "_", _name.removesuffix(".ipynb"))
    setattr(MovedEverywhere, _test, a_test(_name))
    if _name.startswith(("01", "08")):
        setattr(Moved, _test, a_test(_name))
