"""Whether what is checked is older than the cell that was last run to write it: one that fails leaves the old."""

from __future__ import annotations

import inspect
import linecache
import re
from types import CodeType
from typing import Any


def older_than_its_cell(target: Any) -> str:
    """A sentence where the last cell that writes this function or class stopped before it did, so that Python still has
    an earlier one; "" where that is not so, or can not be known."""
    code = _code(target)
    text = "".join(linecache.getlines(code.co_filename)).strip() if code else ""
    ran = _cells_run() if text else []
    if text not in ran:
        return ""
    name = target.__name__
    written = re.compile(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
    last = next((cell for cell in reversed(ran) if written.search(cell)), text)
    if last == text:
        return ""
    return (
        f"The cell that writes {name} was run again and stopped with an error: Python still has the old {name}. "
        "Run that cell, mend its error, then check."
    )


def _cells_run() -> list[str]:
    """The cells of this session, as IPython handed them to Python, the earliest first."""
    from IPython import get_ipython  # here, so that `from classroom import check` is quick

    manager = getattr(get_ipython(), "history_manager", None)
    return [str(cell).strip() for cell in getattr(manager, "input_hist_parsed", ())]


def _code(target: Any) -> CodeType | None:
    """Of a function, or of a method of a class."""
    for one in (target, *vars(target).values()) if isinstance(target, type) else (target,):
        if inspect.isfunction(one):
            return one.__code__
    return None
