"""Lets papermill inject parameters into Rust notebooks.

``papermill in.ipynb out.ipynb -p epochs 3 -p rate 0.1`` adds the cell ``let epochs = 3; let rate = 0.1_f32;``. Numbers
with a point are ``f32``, as everywhere in dlnotes; whole numbers are what Rust makes of them, ``i32`` unless they are
larger. A text that begins with ``rust:`` is taken as Rust: ``-p epochs rust:3usize``.
"""
import math

from papermill.engines import NBClientEngine as Engine
from papermill.translators import Translator, papermill_translators

__all__ = ["Engine", "RustTranslator"]

RAW = "rust:"


class RustTranslator(Translator):
    """Writes parameters as Rust."""

    @classmethod
    def translate_none(cls, val):
        return "None::<String>"

    @classmethod
    def translate_str(cls, val):
        if val.startswith(RAW):
            return val[len(RAW):]
        hashes = "#" * _hashes(val)
        return f'r{hashes}"{val}"{hashes}.to_string()'

    @classmethod
    def translate_int(cls, val):
        return f"{val}" if -(2**31) <= val < 2**31 else f"{val}_i64"

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "f32::NAN"
        if math.isinf(val):
            return "f32::INFINITY" if val > 0 else "f32::NEG_INFINITY"
        return f"{val!r}_f32"

    @classmethod
    def translate_list(cls, val):
        return f"vec![{', '.join(cls.translate(item) for item in val)}]"

    @classmethod
    def translate_dict(cls, val):
        pairs = ", ".join(f"({cls.translate_str(str(k))}, {cls.translate(v)})" for k, v in val.items())
        return f"std::collections::HashMap::from([{pairs}])"

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".rstrip()

    @classmethod
    def assign(cls, name, str_val):
        return f"let {name} = {str_val};"


def _hashes(text):
    """One ``#`` more than any quote in ``text`` is followed by; none without a quote."""
    after_quotes = text.split('"')[1:]
    return max((len(part) - len(part.lstrip("#")) + 1 for part in after_quotes), default=0)


papermill_translators.register("rust", RustTranslator)
