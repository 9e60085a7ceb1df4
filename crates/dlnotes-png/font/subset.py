"""Makes last-resort.ttf and its LICENSE: DejaVu Sans with the characters that figures use, unhinted and without kerning.

    pip install fonttools && apt-get install fonts-dejavu-core && python subset.py

Its license (LICENSE, from the same package) allows changed copies that don't call themselves Bitstream or Vera.
"""

import pathlib

from fontTools import subset

SOURCE = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
CHARACTERS = [
    *range(0x20, 0x7F),  # ASCII
    *range(0xA0, 0x100),  # Latin-1
    *range(0x391, 0x3CA),  # Greek
    0x3D1, 0x3D5, 0x3F5,  # ϑ ϕ ϵ
    *(ord(c) for c in "–—‖‘’“”†•…′″⁄ℓℝ←↑→↓↔⇐⇒⇔∀∂∃∅∇∈∉∏∑−∓√∝∞∥∧∨∩∪∫≈≠≡≤≥≪≫⊂⊆⊕⊗⊙⊤⊥⋅⋮⋯⟨⟩■□▲△●○✓✗"),
    *range(0x2070, 0x2080), *range(0x2080, 0x208F), 0x1D40,  # super- and subscripts, ᵀ
    0x302, 0x303, 0x304, 0x307,  # x̂ x̃ x̄ ẋ
]

options = subset.Options()
options.hinting = False
options.layout_features = ["mark", "ccmp"]
options.name_IDs = [0, 1, 2, 6, 13]
options.name_languages = [0x409]
options.notdef_outline = True
options.glyph_names = False
options.drop_tables += ["FFTM", "GDEF", "kern", "MATH"]
font = subset.load_font(SOURCE, options)
subsetter = subset.Subsetter(options)
subsetter.populate(unicodes=CHARACTERS)
subsetter.subset(font)
# A name of its own, so that nobody takes it for the whole font.
font["name"].setName("dlnotes last resort", 1, 3, 1, 0x409)
font["name"].setName("dlnotes-last-resort", 6, 3, 1, 0x409)
folder = pathlib.Path(__file__).parent
path = folder / "last-resort.ttf"
subset.save_font(font, str(path), options)
# The terms travel inside of the font too.
lines = font["name"].getDebugName(13).strip().splitlines()
(folder / "LICENSE").write_text("\n".join(line.rstrip() for line in lines) + "\n")
print(f"{path.stat().st_size} bytes, {len(font.getBestCmap())} characters")
