"""The front pages' chapters, `{chapters} en` or `zh`: a figure and two lines for each notebook, from chapters.toml."""

import json
import tomllib
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent
FOLDERS = {"en": "notebooks", "zh": "notebooks/zh"}


class Chapters(SphinxDirective):
    required_arguments = 1

    def run(self):
        language = self.arguments[0]
        folder = FOLDERS[language]
        chapters = tomllib.loads((HERE / "chapters.toml").read_text(encoding="utf-8"))
        names = sorted(path.stem for path in (HERE / folder).glob("*.ipynb"))
        if names != sorted(chapters):
            raise self.error(f"chapters.toml has {sorted(chapters)}, {folder} has {names}")
        self.env.note_dependency(str(HERE / "chapters.toml"))
        cards = [self.card(folder, name, chapters[name]["figure"], chapters[name][language]) for name in names]
        return [nodes.raw("", f'<div class="chapters">{"".join(cards)}</div>', format="html")]

    def card(self, folder, name, figure, lines):
        notebook = json.loads((HERE / folder / f"{name}.ipynb").read_text(encoding="utf-8"))
        self.env.note_dependency(str(HERE / folder / f"{name}.ipynb"))
        title = "".join(notebook["cells"][0]["source"]).splitlines()[0].removeprefix("# ")
        cell = next((cell for cell in notebook["cells"] if cell["id"] == figure), {})
        outputs = [output for output in cell.get("outputs", []) if "image/svg+xml" in output.get("data", {})]
        if not outputs:
            raise self.error(f"chapters.toml: cell {figure!r} of {folder}/{name} shows no figure")
        picture = Path("_images") / f"{folder.replace('/', '-')}-{name}.svg"
        target = Path(self.env.app.outdir) / picture
        target.parent.mkdir(exist_ok=True)
        target.write_text("".join(outputs[0]["data"]["image/svg+xml"]), encoding="utf-8")
        alternative = escape(outputs[0]["metadata"].get("alt", ""), quote=True)
        text = "".join(  # code between backticks
            f"<code>{escape(part)}</code>" if i % 2 else escape(part) for i, part in enumerate(lines.split("`"))
        )
        return (
            f'<a class="chapter" href="{folder}/{name}.html"><img src="{picture}" alt="{alternative}" loading="lazy">'
            f'<span class="title">{escape(title)}</span><span>{text}</span></a>'
        )


def setup(app):
    app.add_directive("chapters", Chapters)
    return {"parallel_read_safe": False}
