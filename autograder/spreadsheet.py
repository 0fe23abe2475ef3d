"""Text that comes from people, written so that no spreadsheet works it out."""

from __future__ import annotations

import re

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def as_text(value: object, numbers: bool = False) -> str:
    """`value`, behind an apostrophe where a spreadsheet would take it for a formula. numbers: -5 and +82 stay as they
    are, for a program that reads them."""
    said = "" if value is None else str(value)
    if numbers and _NUMBER.fullmatch(said):
        return said
    return f"'{said}" if said.startswith(_FORMULA) or said.lstrip(" ").startswith(_FORMULA) else said
