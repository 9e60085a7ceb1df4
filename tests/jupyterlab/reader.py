"""What a reader does in JupyterLab: the base of the tests in a browser."""

import json
import os
import re
import time
import types
import unittest

from lab import FLAGS, open_notebook, prompts, screenshot, start_server, write_settings
from playwright.sync_api import expect, sync_playwright

CELL = 120_000  # milliseconds that a cell may take, its kernel's start included
NOTEBOOK = 900  # seconds for all cells of a notebook
RED = "[data-mime-type='application/vnd.jupyter.stderr']"  # errors, and text on standard error

# What `browser.py` was called with: browser, jupyter, front ends, notebooks, pictures, spec.
OPTIONS = types.SimpleNamespace()


class Page(unittest.TestCase):
    """One JupyterLab and one browser for all tests of a class; a page, a notebook and a kernel for each."""

    @classmethod
    def setUpClass(cls):
        write_settings("light")
        cls.server, cls.address, cls.token = start_server(OPTIONS.jupyter, OPTIONS.notebooks, OPTIONS.spec)
        cls.playwright = sync_playwright().start()
        cls.browser = cls.playwright.chromium.launch(executable_path=OPTIONS.browser, args=FLAGS)

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()
        cls.server.terminate()
        cls.server.wait(timeout=30)

    def setUp(self):
        self.copy = None

    def tearDown(self):
        page = getattr(self, "page", None)
        if page:
            screenshot(page, OPTIONS.pictures / f"{self._testMethodName.removeprefix('test_')}.png")
            authorized = {"Authorization": f"token {self.token}"}
            for session in page.request.get(f"{self.address}api/sessions", headers=authorized).json():
                page.request.delete(f"{self.address}api/sessions/{session['id']}", headers=authorized)
            page.close()

    # What a reader does

    def open(self, name):
        self.page = open_notebook(self.browser, self.address, self.token, name)
        return self.page

    def open_cells(self, *cells, folder=""):
        """A notebook of these cells; it lies with the others, as the stock kernel's settings do."""
        return self.open_copy(self.notebook_of(*cells), folder)

    def notebook_of(self, *cells):
        return {
            "cells": [
                {"cell_type": "code", "id": f"cell-{i}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
                for i, cell in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"name": OPTIONS.spec, "display_name": "Rust", "language": "rust"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }

    def open_copy(self, notebook, folder=""):
        self.copy = OPTIONS.notebooks / folder / f"look-{os.getpid()}-{self._testMethodName}.ipynb"
        self.copy.write_text(json.dumps(notebook))
        self.addCleanup(self.copy.unlink, missing_ok=True)
        return self.open(self.copy.relative_to(OPTIONS.notebooks))

    def menu(self, menu, item):
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=re.compile(f"^{re.escape(item)}")).first.click()

    def cell(self, i):
        return self.page.locator(".jp-CodeCell").nth(i)

    def run_cell(self, i):
        # While it still connects JupyterLab runs nothing, and says nothing: a reader would try again.
        for _ in range(10):
            self.cell(i).locator(".cm-content").click()
            self.menu("Run", "Run Selected Cell and Do not Advance")
            self.page.wait_for_timeout(300)
            if self.prompt_of(i).inner_text().strip() != "[ ]:":
                return
            self.page.wait_for_timeout(2_000)
            if self.prompt_of(i).inner_text().strip() != "[ ]:":
                return
        self.fail("the cell doesn't run")

    def prompt_of(self, i):
        return self.cell(i).locator(".jp-InputPrompt").first

    def wait_until_run(self, i, number=r"\d+"):
        expect(self.prompt_of(i)).to_have_text(re.compile(rf"^\[{number}\]:?$"), timeout=CELL)

    def wait_until_all_run(self, count):
        deadline = time.monotonic() + NOTEBOOK
        while time.monotonic() < deadline:
            dialog = self.page.locator(".jp-Dialog-header")
            if dialog.count():
                self.fail(f"JupyterLab asks: {dialog.first.inner_text()}")
            done = [text for text in prompts(self.page) if re.fullmatch(r"\[\d+\]:?", text.strip())]
            if len(done) >= count:
                return
            self.page.wait_for_timeout(300)
        self.fail(f"not all of {count} cells ran within {NOTEBOOK} s: {prompts(self.page)}")

    def text_of(self, i):
        return self.cell(i).locator(".jp-OutputArea-output").all_inner_texts()

    def error_of(self, i):
        return self.cell(i).locator(RED).first

    def type_into(self, i, text):
        self.cell(i).locator(".cm-content").click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text, delay=20)
