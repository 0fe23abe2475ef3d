"""The line above each exercise: its number, its name, what it gives, how hard it is and how long it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.authoring.lint.page import Page, Told, quoted

_LINE = re.compile(r"^\*\*Exercise (?P<lesson>\d+)\.(?P<number>\d+)(?P<rest>.*)$", re.M)
_NAME = re.compile(r" · (`\w+`|[a-z][\w ]*)\*\*")
_POINTS = re.compile(r"\d+ points?\b.*")
_HARD = re.compile(r"●( ●)?( ●)?( ○)?( ○)?")
_MINUTES = re.compile(r"\d+ minutes|the time of a training")
_MODEL = "**Exercise 4.2 · `scores`** · 2 points · ● ○ ○ · 5 minutes · paper, section 3.2.1"


def exercise_line(page: Page) -> Iterator[Told]:
    """Number, name, points, three circles, minutes, and after them the source, where there is one."""
    expected = 1
    for cell in page.texts:
        for line in _LINE.finditer(cell.source):
            if int(line["number"]) != expected:
                mend = f"number it {line['lesson']}.{expected}: they are counted from 1"
                yield Told(cell, f"{quoted(line[0], 40)} is out of order", mend)
            expected = int(line["number"]) + 1
            lacks = _lacks(line["rest"])
            if lacks:
                yield Told(cell, f"{quoted(line[0], 40)} lacks {', '.join(lacks)}", f"write it like `{_MODEL}`")


def _lacks(rest: str) -> list[str]:
    """What does not stand where it should, after the exercise's number."""
    name = _NAME.match(rest)
    if not name:
        return ["its name"]
    parts = rest[name.end() :].removeprefix(" · ").split(" · ")
    parts += [""] * (3 - len(parts))
    circles = _HARD.fullmatch(parts[1]) and parts[1].count("●") + parts[1].count("○") == 3
    found = {
        "its points": _POINTS.fullmatch(parts[0]),
        "three circles for how hard it is": circles,
        "its minutes": _MINUTES.fullmatch(parts[2]),
        "a source after the last dot": all(part.strip() for part in parts[3:]),
    }
    return [what for what, there in found.items() if not there]
