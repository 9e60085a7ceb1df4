"""What the web edition adds to Sphinx: pages for source files that documents link to, figures' alternative text, folded
solutions, a language for each page and a way from each page to the other language's."""

import json
import os
import re
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform

ROOT = Path(os.environ["DLNOTES_ROOT"])
API = os.environ["DLNOTES_API"].split()  # crates whose documentation is laid below `api`
FRONT_PAGES = {"index": "zh", "zh": "index"}
SOLUTION = re.compile(r"(Solution|解答)\b")
LEXERS = {".rs": "rust", ".py": "python", ".toml": "toml", ".md": "markdown", ".json": "json", ".txt": "text"}


def page_of(app, path):
    """The page that shows the project's file or folder `path`, without `.html`; None if it isn't in the project."""
    folder = ROOT / path
    if folder.is_dir():
        crate = path.removeprefix("crates/").replace("-", "_")
        if crate in API:
            return f"api/{crate}/index"
        files = [f"{path}/{name}" for name in ("README.md", "src/lib.rs", "src/main.rs") if (folder / name).is_file()]
        path = files[0] if files else ""
    elif not folder.is_file():
        return None
    if not path:
        return app.config.root_doc
    app.linked_files.add(path)
    return f"source/{path}"


class LinksToFiles(SphinxPostTransform):
    """Links to files that are no documents lead to pages that show them; runs before MyST calls them broken."""

    default_priority = 8

    def run(self, **kwargs):
        here = self.env.docname
        for link in list(self.document.findall(pending_xref)):
            if link["reftype"] != "myst" or link["refdomain"] == "doc":
                continue
            target = link["reftarget"].partition("#")[0]  # from the root if it begins with a slash
            page = page_of(self.app, normpath(join("/", dirname(here), target)).lstrip("/"))
            if page:
                uri = relpath(page, dirname(here) or ".") + ".html"
                link.replace_self(nodes.reference("", "", *link.children, refuri=uri))


def pages_of_files(app):
    """One page for each file that was linked to."""
    for path in sorted(app.linked_files):
        text = (ROOT / path).read_text(encoding="utf-8")
        code = app.builder.highlighter.highlight_block(text, LEXERS.get(Path(path).suffix, "text"), linenos="inline")
        yield f"source/{path}", {"title": path, "body": f"<h1>{path}</h1>{code}"}, "page.html"


def prepare_notebook(app, docname, source):
    """myst-nb takes an image's alternative text and size from the cell; our notebooks keep both with the output. A cell
    that is hidden as part of a solution needs no fold of its own."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if "hide-cell" in cell["metadata"].get("tags", []):
            cell["metadata"]["tags"].remove("hide-cell")
        for output in cell.get("outputs", []):
            metadata = output.get("metadata", {})
            if "alt" in metadata and "image/svg+xml" in output["data"]:
                width = metadata.get("image/png", {}).get("width")
                image = {"alt": metadata["alt"]} | ({"width": f"{width}px"} if width else {})
                cell["metadata"].setdefault("mystnb", {})["image"] = image
    source[0] = json.dumps(notebook)


def fold_solutions(app, doctree, docname):
    """A solution opens when it is asked for."""
    for section in list(doctree.findall(nodes.section)):
        title = section.next_node(nodes.title).astext()
        if match := SOLUTION.match(title):
            summary = "展开" if match[1] == "解答" else "Show"
            start = nodes.raw("", f'<details class="solution"><summary>{summary}</summary>', format="html")
            section[1:] = [start, *section.children[1:], nodes.raw("", "</details>", format="html")]


def language(app, pagename, templatename, context, doctree):
    """Names each page's language, and links notebooks of both editions to each other."""
    chinese = pagename == "zh" or pagename.startswith("notebooks/zh/")
    context["language"] = "zh-CN" if chinese else "en"
    folder, name = dirname(pagename), pagename.rpartition("/")[2]
    other = f"notebooks/{name}" if chinese else f"notebooks/zh/{name}"
    if pagename in FRONT_PAGES:
        other = FRONT_PAGES[pagename]
    if (pagename in FRONT_PAGES or folder in ("notebooks", "notebooks/zh")) and other in app.env.found_docs:
        context["other_language"] = {
            "url": context["pathto"](other),
            "lang": "en" if chinese else "zh-CN",
            "name": "English" if chinese else "中文",
        }


def setup(app):
    app.linked_files = set()
    app.add_post_transform(LinksToFiles)
    app.connect("html-collect-pages", pages_of_files)
    app.connect("source-read", prepare_notebook)
    app.connect("doctree-resolved", fold_solutions)
    app.connect("html-page-context", language)
    # Pages of files come from links, so every build reads everything; it takes seconds.
    return {"parallel_read_safe": False, "parallel_write_safe": False}
