"""JupyterLab as a reader uses it, in headless Chromium, on the committed notebooks and on cells of its own.

    browser.py BROWSER JUPYTER_PYTHON FRONT_ENDS_PYTHON NOTEBOOKS_FOLDER PICTURES_FOLDER KERNELSPEC [TEST…]

`cargo xtask browser` and `cargo xtask test` run it. What shows is compared by structure (which cells show pictures,
text, errors; words; fonts), never by pixels; a screenshot of each test is kept in PICTURES_FOLDER to be looked at.
"""

import base64
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

import moved  # noqa: F401  what runs only when asked for is found by its name
from controls import Controls  # noqa: F401  its tests run too
from lab import has_picture, prompts, run_all, saved, shown_pictures, visible_pictures, without_outputs, write_settings
from moved import Moved  # noqa: F401
from pages import Pages  # noqa: F401
from playwright.sync_api import expect
from reader import CELL, OPTIONS, RED, Page

CHINESE_FONTS = re.compile(r"CJK|Droid Sans Fallback|Hei|Song|Ming|Kai|Han|Gothic|PingFang|YaHei|WenQuan", re.IGNORECASE)
FONTS_NEEDED = "a font with Chinese glyphs is needed, such as Debian's fonts-noto-cjk"


def has_chinese_font():
    """Whether any font that is installed has Chinese glyphs; without `fc-list` nobody knows, and the test says."""
    if shutil.which("fc-list") is None:
        return True
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True).stdout.strip())


LIVE = """let mut curve = Animator::new().xlabel("step").ylabel("loss");
for step in 0..60 {
    curve.add(step, [1.0 / f64::from(step + 1)]);
    std::thread::sleep(std::time::Duration::from_millis(100));
}"""
ENDLESS = """let mut w = Tensor::ones([8, 8]);
loop { w = w.tanh(); }"""


class Reader(Page):
    """JupyterLab with notebooks of every kind."""

    # What must hold

    def test_an_untrusted_notebook_shows_its_pictures(self):
        name, notebook = illustrated()
        self.open(name)
        expected = visible_pictures(notebook)
        self.assertGreaterEqual(len(shown_pictures(self.page)), expected)

    def test_run_all_shows_what_the_committed_notebook_shows(self):
        name, notebook = illustrated()
        cells = code(notebook)
        expected = [kinds_stored(cell) for cell in cells]
        self.open_copy(without_outputs(json.loads(json.dumps(notebook))))
        run_all(self.page)
        self.wait_until_all_run(len(cells))
        self.page.wait_for_timeout(1000)
        filled = [i for i, cell in enumerate(notebook_code(notebook)) if cell["source"]]
        self.assertEqual([kinds_shown(self.cell(i)) for i in filled], expected, name)

    def test_a_figure_changes_while_its_cell_runs(self):
        self.open_cells(LIVE)
        self.run_cell(0)
        picture = self.cell(0).locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").first
        picture.wait_for(timeout=CELL)
        seen, looked = set(), 0
        while self.prompt_of(0).inner_text().strip().startswith("[*]"):
            seen.add(picture.evaluate("node => node.src || node.innerHTML"))
            looked += 1
            self.page.wait_for_timeout(100)
        self.assertGreaterEqual(len(seen), 10, f"of {looked} looks")
        self.assertEqual(self.cell(0).locator(".jp-OutputArea-output").count(), 1, "one figure, in its place")

    def test_an_interrupt_keeps_the_variables(self):
        self.open_cells("let kept = 41;", ENDLESS, "kept + 1")
        self.run_cell(0)
        self.wait_until_run(0, 1)
        self.run_cell(1)
        expect(self.prompt_of(1)).to_have_text(re.compile(r"^\[\*\]:?$"))
        self.page.wait_for_timeout(2000)
        self.menu("Kernel", "Interrupt Kernel")
        self.wait_until_run(1)
        self.assertIn("Interrupted", self.error_of(1).inner_text())
        self.run_cell(2)
        self.wait_until_run(2)
        self.assertEqual(self.text_of(2), ["42"])

    def test_restart_and_run_all_begins_anew(self):
        self.open_cells("let x = 20;", "x + 1")
        run_all(self.page)
        self.wait_until_all_run(2)
        self.menu("Kernel", "Restart Kernel and Run All Cells")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.wait_for_timeout(500)
        self.wait_until_run(1, 2)
        self.assertEqual([prompt.strip(":") for prompt in prompts(self.page)], ["[1]", "[2]"])
        self.assertEqual(self.text_of(1), ["21"])

    def test_tab_completes(self):
        self.open_cells("1 + 1", "")
        self.run_cell(0)
        self.wait_until_run(0)
        self.type_into(1, "Tensor::ze")
        self.page.keyboard.press("Tab")
        item = self.page.locator(".jp-Completer-item, .cm-content:has-text('Tensor::zeros')").first
        item.wait_for(timeout=20_000)
        self.assertIn("zeros", self.page.locator(".jp-Completer, .jp-CodeCell").all_inner_texts()[-1])

    def test_shift_tab_shows_the_documentation(self):
        self.open_cells("1 + 1", "")
        self.run_cell(0)
        self.wait_until_run(0)
        self.type_into(1, "Tensor::arange")
        self.page.keyboard.press("Shift+Tab")
        # JupyterLab opens it first and fills it then.
        self.page.locator(".jp-Tooltip", has_text="arange").wait_for(timeout=20_000)

    def test_an_error_can_be_read(self):
        self.open_cells("let n: i32 = 1;\nlet m: f32 = n;")
        self.run_cell(0)
        self.error_of(0).wait_for(timeout=CELL)
        text = self.error_of(0).inner_text()
        for words in ("error[E0308]", "mismatched types", "cell [1], line 2", "let m: f32 = n;", "expected `f32`, found `i32`"):
            self.assertIn(words, text)
        self.assertNotIn("\x1b", text, "colours, not their codes")
        self.assertGreater(self.error_of(0).locator("span[class*=ansi]").count(), 2, "in colour")

    def test_a_shape_that_does_not_fit_is_named_with_its_place(self):
        self.open_cells("let a = Tensor::ones([2, 3]);\nlet b = a.matmul(&Tensor::ones([2, 3]));")
        self.run_cell(0)
        self.error_of(0).wait_for(timeout=CELL)
        text = self.error_of(0).inner_text()
        for words in ("Panic", "matmul", "[2, 3]", "a.matmul(&Tensor::ones([2, 3]))"):
            self.assertIn(words, text)

    def test_figures_show_in_the_dark_theme(self):
        self.open_cells('plot([0, 1, 2], [0.0, 1.0, 4.0]).xlabel("x").ylabel("y")')
        self.run_cell(0)
        self.wait_until_run(0)
        light = self.contrast()
        saved(self.page, self.copy)
        write_settings("dark")
        self.addCleanup(write_settings, "light")
        self.page.reload()
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", "false", timeout=20_000)
        self.page.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").first.wait_for(timeout=20_000)
        self.page.wait_for_timeout(1000)
        dark = self.contrast()
        self.assertGreater(light, 120)
        self.assertGreater(dark, 120, "lines and labels stand out from the ground")

    def contrast(self):
        """The largest difference in brightness, 0 to 255, between any two points of the first picture as it shows."""
        picture = self.page.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").first
        return picture_contrast(self.page, picture.screenshot())

    @unittest.skipUnless(has_chinese_font(), FONTS_NEEDED)
    def test_the_chinese_edition_has_chinese_glyphs(self):
        self.open(illustrated("zh")[0])
        fonts = self.fonts_of(".jp-RenderedHTMLCommon h1, .jp-RenderedHTMLCommon p")
        chinese = [font for font in fonts if CHINESE_FONTS.search(font)]
        self.assertTrue(chinese, f"Chinese text is drawn with {sorted(fonts)}; {FONTS_NEEDED}")
        self.assertGreater(len(shown_pictures(self.page)), 0)

    def fonts_of(self, selector):
        """The fonts that the browser really draws the elements' text with."""
        session = self.page.context.new_cdp_session(self.page)
        for domain in ("DOM", "CSS"):
            session.send(f"{domain}.enable")
        root = session.send("DOM.getDocument", {"depth": -1})["root"]["nodeId"]
        nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]
        found = [session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in nodes]
        return {font["familyName"] for fonts in found for font in fonts}


def picture_contrast(page, png):
    script = """async data => {
        const image = new Image();
        image.src = 'data:image/png;base64,' + data;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.width, image.height];
        const context = canvas.getContext('2d');
        context.drawImage(image, 0, 0);
        const points = context.getImageData(0, 0, image.width, image.height).data;
        let [low, high] = [255, 0];
        for (let i = 0; i < points.length; i += 4) {
            const brightness = 0.3 * points[i] + 0.6 * points[i + 1] + 0.1 * points[i + 2];
            [low, high] = [Math.min(low, brightness), Math.max(high, brightness)];
        }
        return high - low;
    }"""
    return page.evaluate(script, base64.b64encode(png).decode())


def committed(folder=""):
    """Names and contents of the committed notebooks in a folder, in order."""
    paths = sorted(path for path in (OPTIONS.notebooks / folder).glob("[0-9]*.ipynb"))
    return [(str(path.relative_to(OPTIONS.notebooks)), json.loads(path.read_text())) for path in paths]


def illustrated(folder=""):
    """The first committed notebook that shows pictures."""
    return next(pair for pair in committed(folder) if visible_pictures(pair[1]))


def notebook_code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def code(notebook):
    return [cell for cell in notebook_code(notebook) if cell["source"]]


def kinds_stored(cell):
    """What a stored cell shows: pictures, what is red, whether there is other text."""
    outputs = cell["outputs"]
    pictures = sum(has_picture(output) for output in outputs)
    red = sum(output["output_type"] == "error" or output.get("name") == "stderr" for output in outputs)
    return {"pictures": pictures, "red": red, "text": len(outputs) > pictures + red}


def kinds_shown(cell):
    """The same of a cell in the browser."""
    pictures = cell.locator(".jp-OutputArea-output img, .jp-OutputArea-output svg").count()
    red = cell.locator(RED).count()
    outputs = cell.locator(".jp-OutputArea-child").count()
    return {"pictures": pictures, "red": red, "text": outputs > pictures + red}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that copies and server go too
    OPTIONS.browser, OPTIONS.jupyter, OPTIONS.front_ends, notebooks, pictures, OPTIONS.spec = sys.argv[1:7]
    OPTIONS.notebooks, OPTIONS.pictures = pathlib.Path(notebooks), pathlib.Path(pictures)
    OPTIONS.pictures.mkdir(parents=True, exist_ok=True)
    os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(OPTIONS.pictures / "settings")
    try:
        unittest.main(argv=[sys.argv[0], "-v", *sys.argv[7:]])
    finally:
        shutil.rmtree(OPTIONS.pictures / "settings", ignore_errors=True)
