"""Checks spacing and punctuation in the prose of Chinese notebooks: check_chinese.py NOTEBOOK...

AutoCorrect knows the rules: a space between Chinese and Latin letters, digits and formulas; full-width punctuation in
Chinese sentences, and no space beside it. What it leaves open is decided here: brackets around or beside Chinese are
full-width, code has spaces around it, no Chinese is set in italics, and what only translations say is said plainly.
Prints one line for each finding and exits with status 1 if there is any.
"""

import json
import re
import sys

import autocorrect_py as autocorrect

RULES = {"space-dollar": 1}  # the others are on by default
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
CODE = re.compile(r"`[^`]*`")
TARGET = re.compile(r"\]\([^)]*\)")
CHINESE = "[\u4e00-\u9fff]"
OURS = [
    (re.compile(rf"\((?=[^()]*{CHINESE})[^()]*\)|{CHINESE}\s?\("), "full-width brackets （ ） around or beside Chinese"),
    (re.compile(rf"{CHINESE}`|`x`{CHINESE}"), "a space between Chinese and code"),
    (re.compile(rf"(?<!\*)\*(?=[^*]*{CHINESE})[^*]+\*(?!\*)"), "bold or quotes: Chinese type has no italics"),
    (re.compile(rf"{CHINESE}[,;:!?]|[,;:!?]\s?{CHINESE}"), "full-width punctuation beside Chinese"),
    (re.compile("当[^，。]{1,12}的时候|被[^，。]{1,8}所[^有以谓]|对于[^，。]{1,8}来说|在[^，。]{1,10}的情况下"), "plainer (docs/style.md)"),
    (re.compile("使得|值得注意的是|事实上|众所周知|进行了?一[次个]|[作做]出了?一[次个]|成为可能|(可以|能够)被"), "plainer (docs/style.md)"),
]


def findings(text):
    """What should be written otherwise, as pairs of old and new."""
    for line in autocorrect.lint_for(text, "markdown").lines:
        yield line.old.strip(), line.new.strip()
    plain = TARGET.sub("]", CODE.sub("`x`", FORMULA.sub("$x$", text)))
    for line in plain.splitlines():
        for pattern, rule in OURS:
            if pattern.search(line):
                yield line.strip(), rule


def main():
    autocorrect.load_config(json.dumps({"rules": RULES}))
    count = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        for cell in cells:
            if cell["cell_type"] != "markdown":
                continue
            for old, new in findings("".join(cell["source"])):
                print(f"{path}, cell {cell['id']}: {old}\n    should be: {new}")
                count += 1
    print(f"{count} findings")
    sys.exit(count > 0)


if __name__ == "__main__":
    main()
