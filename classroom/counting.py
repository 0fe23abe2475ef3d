"""How far a loop has come: one line of text, renewed in its place."""

from __future__ import annotations

from collections.abc import Iterator

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

MARKS = 20


def counted(steps: int, name: str) -> Iterator[int]:
    """Yield 0, 1, ... steps - 1, and show how many of them are done. `name` says what is going on.

    One output for the whole loop, so that a saved notebook keeps one line. Outside IPython nothing is shown.
    """
    line = None
    if InteractiveShell.initialized():
        line = display(_said(name, 0, steps), raw=True, display_id=True)
    shown = 0
    for step in range(steps):
        yield step
        marks = MARKS * (step + 1) // steps
        if line is not None and marks > shown:
            shown = marks
            line.update(_said(name, step + 1, steps), raw=True)


def _said(name: str, done: int, steps: int) -> dict[str, str]:
    marks = MARKS * done // max(steps, 1)
    return {"text/plain": f"{name:<18}{'■' * marks}{'□' * (MARKS - marks)} {done} of {steps}"}
