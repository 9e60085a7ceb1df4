"""Settings of the web edition for Sphinx. `cargo xtask docs` lays the sources around this file and runs it."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "dlnotes"
author = "the dlnotes developers"
copyright = "the dlnotes developers. MIT or Apache-2.0"  # noqa: A001 (Sphinx's name)
release = os.environ["DLNOTES_VERSION"]

# The last three stand beside this file.
extensions = ["myst_nb", "sphinx-mathjax-offline", "project_pages", "bilingual_search", "chapters"]
templates_path = ["templates"]

myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # the committed outputs are shown; `cargo xtask notebooks` makes them
nb_render_error_lexer = "text"  # rustc's words, not a Python traceback
# Frames are HTML with a slider and hold their first figure as an SVG too; an SVG is sharp at any size, a PNG is not.
nb_mime_priority_overrides = [("html", "text/html", 0), ("html", "image/svg+xml", 1), ("html", "image/png", 2)]

html_theme = "sphinx_book_theme"
html_title = "dlnotes"
html_static_path = ["static"]
html_css_files = ["web.css"]
html_copy_source = False
html_context = {"default_mode": "auto"}  # light or dark as the reader's system says, until the reader switches
html_theme_options = {
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "article_header_end": ["other-language.html", "article-header-buttons.html"],
    # The sidebar has the search; no bar above it.
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
}
