"""LaTeX to MathML, which browsers draw by themselves and screen readers read: no script, no font from elsewhere."""

from __future__ import annotations

import functools
import html
import re

import bleach
from latex2mathml.converter import convert

LONGEST = 2000  # characters of a formula
DEEPEST = 40  # braces in braces
ELEMENTS = """
    math mrow mi mo mn ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts
    mprescripts mtable mtr mtd mstyle mpadded mphantom menclose none
"""
ATTRIBUTES = """
    display displaystyle scriptlevel mathvariant stretchy symmetric fence separator form accent accentunder
    movablelimits minsize maxsize lspace rspace linethickness columnalign rowalign columnspacing rowspacing
    columnlines notation
"""


@functools.lru_cache(maxsize=4096)
def formula(latex: str, block: bool = False) -> str:
    """The formula as MathML; as it was typed where it can not be read."""
    latex = html.unescape(latex).replace("\u2060", "").strip()  # see sanitize.py
    drawn = _mathml(latex, block) or f"<code>{html.escape(latex)}</code>"
    return f'<span class="formula" tabindex="0">{drawn}</span>' if block else drawn


def formulas_of_output(latex: str) -> str:
    """An output of the type text/latex, such as sympy's: its dollars are only marks."""
    return formula(re.sub(r"^\$+(\\displaystyle)?|\$+$", "", latex.strip()), block=True)


def _mathml(latex: str, block: bool) -> str | None:
    if len(latex) > LONGEST or _depth(latex) > DEEPEST:
        return None
    try:
        made = convert(latex, display="block" if block else "inline")
    except Exception:  # the library has an exception for each way in which a formula can be wrong, and not only its own
        return None
    return bleach.clean(made, tags=ELEMENTS.split(), attributes=_allowed, strip=False)


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "mspace" and name == "width":
        return bool(re.fullmatch(r"-?[\d.]{1,6}em", value))
    return name in ATTRIBUTES.split()


def _depth(latex: str) -> int:
    deepest = depth = 0
    for sign in latex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest
