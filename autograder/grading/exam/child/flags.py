"""Signs of tampering, for a person to look at. They cost no points: a score does not depend on them.

What a submission has changed in its own process is told by that process, and may be a lie; what stands in its cells is
not.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterable
from types import MethodType
from typing import Any

_PATTERNS = {
    r"ast_transformers|input_transformers|input_transformer_manager": "reaches into how IPython runs cells",
    r"displayhook|display_pub\b": "reaches into how results are shown",
    r"\btorch\.(testing\.)?(allclose|equal|isclose|assert_close)\s*=[^=]": "replaces torch's own comparisons",
    r"setattr\(\s*torch\b|torch\.__dict__": "replaces parts of torch",
    r"setattr\(\s*builtins\b|builtins\.\w+\s*=[^=]|__builtins__": "replaces parts of Python",
    r"classroom\.check(ing)?\b|autograder\b|BEGIN HIDDEN|grade_id|nbgrader": "speaks of the checks or the grader",
    r"f_back|currentframe|_getframe|\bgc\.get_(objects|referrers)|\bIn\[-": "looks into the memory of who calls it",
    r"__ask__|sys\.modules\[": "replaces modules, or the way questions are put",
    r"gradebook|solutions/|/proc/|/etc/passwd": "looks for files that are not the student's",
    r"os\._exit|os\.fork|os\.kill|multiprocessing|ctypes|ptrace": "starts or ends processes",
    r"classroom\.parts|\bparts\.([A-Z]|use|attention|\w+_mask|finished)|parts\s+as\b": "takes a part that is finished",
    r"import_module\(|__import__\(": "imports what it does not name",
    r"\bsocket\b|urllib|requests\.|http\.client": "asks for the network",
}
_MODULES = ("torch", "torch.testing", "torch.nn.functional", "numpy", "classroom.check", "classroom.checking.runner")


def own_lines(sources: Iterable[str], given: Iterable[str]) -> list[str]:
    """The student's own lines of their cells: those that stand in no cell which they were given (`given`)."""
    known = {line.strip() for source in given for line in source.splitlines()}
    return [line for source in sources for line in source.splitlines() if line.strip() not in known]


def in_sources(sources: Iterable[str]) -> list[str]:
    """What stands in the student's cells that has no place in an answer: a sentence each."""
    text = "\n".join(sources)
    return [f"A cell {what}." for pattern, what in _PATTERNS.items() if re.search(pattern, text)]


class Watch:
    """What the student's process is made of before any of their code has run."""

    def __init__(self, shell: Any) -> None:
        self._before = self._now(shell)

    def changes(self, shell: Any) -> list[str]:
        """The names of what is no longer what it was."""
        now = self._now(shell)
        return sorted(name for name, thing in self._before.items() if now.get(name) is not thing)[:20]

    def _now(self, shell: Any) -> dict[str, Any]:
        found = {f"builtins.{name}": _lasting(thing) for name, thing in vars(builtins).items() if name != "_"}
        for module in _MODULES:
            found[module] = sys.modules.get(module)
            if module in sys.modules:
                public = vars(sys.modules[module]).items()
                found |= {f"{module}.{name}": x for name, x in public if callable(x) and not name.startswith("_")}
        found.pop("torch.Storage", None)  # torch's own set_default_dtype puts another there
        found["IPython.displayhook"] = type(shell.displayhook)
        found["IPython.ast_transformers"] = bool(shell.ast_transformers)
        found["IPython.run_cell"] = getattr(shell.run_cell, "__func__", None)
        return found


def _lasting(thing: Any) -> Any:
    """What stays the same object: a kernel binds its own `input` and `exit` anew for every cell."""
    return thing.__func__ if type(thing) is MethodType else thing
