"""Makes the fonts of last resort and the terms of the first: text in a figure is seen on a machine without fonts.

    pip install fonttools && apt-get install fonts-dejavu-core fonts-droid-fallback && python subset.py

last-resort.ttf has what figures use of DejaVu Sans, whose license (LICENSE, from the font itself) allows changed copies
that don't call themselves Bitstream or Vera. chinese.ttf has the characters of the Chinese edition's figures, as
notebooks/zh/figure-words.toml has them, from Droid Sans Fallback (Apache-2.0, the crate's own license). Both are unhinted
and without kerning, and have names of their own, so that nobody takes them for the whole fonts.
"""

import pathlib

from fontTools import subset

FOLDER = pathlib.Path(__file__).parent
WORDS = FOLDER.parents[2] / "notebooks/zh/figure-words.toml"
DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
DROID = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
FIGURES = [
    *range(0x20, 0x7F),  # ASCII
    *range(0xA0, 0x100),  # Latin-1
    *range(0x391, 0x3CA),  # Greek
    0x3D1, 0x3D5, 0x3F5,  # ϑ ϕ ϵ
    *(ord(c) for c in "–—‖‘’“”†•…′″⁄ℓℝ←↑→↓↔⇐⇒⇔∀∂∃∅∇∈∉∏∑−∓√∝∞∥∧∨∩∪∫≈≠≡≤≥≪≫⊂⊆⊕⊗⊙⊤⊥⋅⋮⋯⟨⟩■□▲△●○✓✗"),
    *range(0x2070, 0x2080), *range(0x2080, 0x208F), 0x1D40,  # super- and subscripts, ᵀ
    0x302, 0x303, 0x304, 0x307,  # x̂ x̃ x̄ ẋ
]
CHINESE = sorted({ord(c) for c in WORDS.read_text() if ord(c) >= 0x3000})


def write(source, characters, name, file):
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["mark", "ccmp"]
    options.name_IDs = [0, 1, 2, 6, 13]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["FFTM", "GDEF", "kern", "MATH"]
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font["name"].setName(f"dlnotes {name}", 1, 3, 1, 0x409)
    font["name"].setName(f"dlnotes-{name.replace(' ', '-')}", 6, 3, 1, 0x409)
    path = FOLDER / file
    subset.save_font(font, str(path), options)
    print(f"{file}: {path.stat().st_size} bytes, {len(font.getBestCmap())} characters")
    return font


font = write(DEJAVU, FIGURES, "last resort", "last-resort.ttf")
# The terms travel inside of the font too.
lines = font["name"].getDebugName(13).strip().splitlines()
(FOLDER / "LICENSE").write_text("\n".join(line.rstrip() for line in lines) + "\n")
write(DROID, CHINESE, "chinese", "chinese.ttf")
