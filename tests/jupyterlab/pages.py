"""Frames in pages that nobody's kernel stands behind: saved, executed by programs, exported, the web edition."""

import json
import os
import pathlib
import subprocess
import tempfile

from controls import FRAMES, SLIDER, X
from lab import saved
from playwright.sync_api import expect
from reader import OPTIONS, Page

VIEW = "application/vnd.jupyter.widget-view+json"
SHOWN = "[x.len()]"  # a cell without a control, between two that have one


class Pages(Page):
    """Frames, wherever a notebook may end."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_frames_move_in_a_notebook_and_in_the_page_that_is_made_of_it(self):
        self.open_cells(X, FRAMES)
        for i in range(2):
            self.run_cell(i)
            self.wait_until_run(i)
        output = self.cell(1).locator(".jp-OutputArea-output").first
        self.moves(self.page, output)
        path = self.folder / "page.ipynb"
        path.write_text(json.dumps(saved(self.page, self.copy)))
        self.assertNotIn(VIEW, path.read_text())
        self.page_moves(self.converted(path), frames=1)

    def test_what_programs_execute_has_outputs_and_frames_that_move(self):
        path = self.folder / "cells.ipynb"
        path.write_text(json.dumps(self.notebook_of(X, FRAMES, SHOWN, SLIDER)))
        python = OPTIONS.jupyter
        made = {
            "nbclient": [python, "-m", "jupyter", "execute", "--output", "nbclient", str(path)],
            "nbconvert": [python, "-m", "nbconvert", "--execute", "--to", "notebook", "--output", "nbconvert", str(path)],
            "papermill": [OPTIONS.front_ends, "-m", "papermill", str(path), str(self.folder / "papermill.ipynb"),
                          "--kernel", OPTIONS.spec, "--no-progress-bar"],
        }
        for program, command in made.items():
            with self.subTest(program):
                self.run_program(command)
                executed = self.folder / f"{program}.ipynb"
                cells = [cell for cell in json.loads(executed.read_text())["cells"] if cell["cell_type"] == "code"]
                for cell in cells[1:]:
                    self.assertEqual(len(cell["outputs"]), 1, cell)
                    data = cell["outputs"][0]["data"]
                    self.assertTrue(data and all(data.values()), data.keys())
                    self.assertNotIn(VIEW, data)
                self.page_moves(self.converted(executed), frames=2)
        with self.subTest("nbconvert to HTML at once"):
            self.page_moves(self.converted(path, "--execute"), frames=2)
        with self.subTest("papermill's notebook in JupyterLab, trusted"):
            self.copy = OPTIONS.notebooks / f"look-{os.getpid()}-papermill.ipynb"
            self.addCleanup(self.copy.unlink, missing_ok=True)
            self.copy.write_text((self.folder / "papermill.ipynb").read_text())
            self.run_program([python, "-m", "jupyter", "trust", str(self.copy)])
            self.open(self.copy.name)
            for i in (1, 3):
                self.moves(self.page, self.cell(i).locator(".jp-OutputArea-output").first)

    def test_what_was_saved_live_is_a_picture_on_a_page_that_is_asked_for_pictures(self):
        """docs/controls.md has the option: otherwise nbconvert prefers the widget, whose script is on the network."""
        self.open_cells(X, SLIDER)
        for i in range(2):
            self.run_cell(i)
            self.wait_until_run(i)
        path = self.folder / "live.ipynb"
        path.write_text(json.dumps(saved(self.page, self.copy)))
        self.assertIn(VIEW, path.read_text())
        order = "['text/html', 'image/svg+xml', 'image/png', 'text/plain']"
        page = self.offline(self.converted(path, f"--NbConvertBase.display_data_priority={order}"))
        expect(page.locator(".jp-OutputArea-output img[src^='data:image/png']")).to_be_visible()

    def test_every_slider_of_the_web_edition_moves_its_picture(self):
        pages = sorted((OPTIONS.notebooks.parent / ".tools/web/html").glob("notebooks/**/[0-9]*.html"))
        if not pages:
            self.skipTest("the web edition isn't built: cargo xtask docs")
        moved = 0
        for path in pages:
            for scheme in ("light", "dark"):
                with self.subTest(f"{path.parent.name}/{path.name}, {scheme}"):
                    moved += self.every_slider_moves(self.offline(path, scheme))
        self.assertGreater(moved, 0)

    # What is done with pages

    def run_program(self, command):
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])

    def converted(self, notebook, *options):
        self.run_program([OPTIONS.jupyter, "-m", "nbconvert", "--to", "html", *options, str(notebook)])
        return notebook.with_suffix(".html")

    def offline(self, path, scheme="light"):
        page = self.browser.new_page(color_scheme=scheme)
        self.addCleanup(page.close)
        page.context.set_offline(True)
        page.goto(f"file://{path}")
        return page

    def page_moves(self, path, frames):
        page = self.offline(path)
        outputs = page.locator(".jp-OutputArea-output")
        for output in outputs.all():
            box = output.bounding_box()
            self.assertTrue(box and box["width"] > 0 and box["height"] > 10, f"an empty output: {output.inner_html()[:200]}")
        with_slider = outputs.filter(has=page.locator("input[type=range]"))
        expect(with_slider).to_have_count(frames)
        for i in range(frames):
            self.moves(page, with_slider.nth(i))

    def moves(self, page, output):
        """The slider of the frames swaps pictures: seen in what the picture is described as."""
        slider, picture = output.locator("input[type=range]"), output.locator("img").first
        expect(slider).to_be_visible()
        before = picture.get_attribute("src")
        slider.focus()
        page.keyboard.press("ArrowRight")
        expect(output.locator("output")).to_have_text("4")
        page.wait_for_function("([picture, before]) => !picture.isConnected || picture.src !== before",
                               arg=[picture.element_handle(), before])
        self.assertIn("degree%204", output.locator("img").first.get_attribute("src"))
        self.assertIn("degree 4", output.locator("img").first.get_attribute("alt"))
        self.assertEqual(slider.get_attribute("aria-valuetext"), "4")
        page.keyboard.press("Home")
        expect(output.locator("output")).to_have_text("0")

    def every_slider_moves(self, page):
        sliders = page.locator("input[type=range]")
        for slider in sliders.all():
            frames = slider.locator("xpath=ancestor::div[1]")
            expect(slider).to_be_visible()
            at = int(slider.get_attribute("max")) if slider.input_value() == "0" else 0
            before = frames.locator("img").first.get_attribute("src")
            slider.press("End" if at else "Home")
            expect(slider).to_have_value(str(at))
            expect(frames.locator("img").first).not_to_have_attribute("src", before)
            expect(frames.locator("output")).to_have_text(slider.get_attribute("aria-valuetext"))
            self.assertTrue(frames.locator("img").first.get_attribute("alt"))
        return sliders.count()
