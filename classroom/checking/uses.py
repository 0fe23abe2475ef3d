"""Which names a student's function or class looks up outside itself: the parts that it is made of."""

from __future__ import annotations

import dis
import inspect
from typing import Any


def names_used(target: Any) -> list[str]:
    """The names that a function, or the methods of a class, look up outside themselves, each once; none of anything
    else. An object that answers for another, in another process, is asked (`__uses__`)."""
    if hasattr(type(target), "__uses__"):
        return target.__uses__()
    methods = vars(target).values() if isinstance(target, type) else [target]
    plain = [x.__func__ if isinstance(x, staticmethod | classmethod) else x for x in methods]
    codes = [x.__code__ for x in plain if inspect.isfunction(x)]
    names: dict[str, None] = {}
    while codes:
        code = codes.pop(0)
        codes += [inner for inner in code.co_consts if inspect.iscode(inner)]
        names |= dict.fromkeys(step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL")
    return list(names)
