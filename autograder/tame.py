"""JSON made tame: every program that reads it later can, and it can be written as UTF-8."""

from __future__ import annotations

import math
import re
from typing import Any

DEEPEST = 64  # lists and dictionaries within each other; a notebook with large widgets has about 30
SURROGATE = re.compile("[\ud800-\udfff]")


def tame(value: Any, halves: bool = True) -> tuple[Any, set[str]]:
    """`value` without what is nested too deep, without half characters (halves: there may be some) and without numbers
    that JSON does not have, such as NaN; and which of the three there was: "deep", "half", "number"."""
    found: set[str] = set()

    def tamed(value: Any, depth: int) -> Any:
        if isinstance(value, str):
            if halves and not value.isascii() and SURROGATE.search(value):
                found.add("half")
                return SURROGATE.sub("\ufffd", value)
            return value
        if isinstance(value, float) and not math.isfinite(value):
            return found.add("number")
        if isinstance(value, (dict, list)) and depth >= DEEPEST:
            found.add("deep")
            return None
        if isinstance(value, dict):
            return {tamed(key, depth): tamed(inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, list):
            return [tamed(inner, depth + 1) for inner in value]
        return value

    return tamed(value, 0), found
