"""What a lesson's source says of itself: its question, its exercises, how long it takes, what it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

WORDS_A_MINUTE = 130  # of prose that one thinks about
_FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
_SOLUTION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)
_FIGURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_EXERCISE = re.compile(r"^\*\*Exercise (\d+\.\d+) · (.+?)\*\*(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Task:
    """One exercise. minutes: None where the lesson names none. about: where it is in the paper, who reads it."""

    number: str
    name: str
    points: int
    difficulty: str
    minutes: int | None
    about: str


@dataclass(frozen=True)
class Outline:
    """A lesson in brief. can: what one can do at the end."""

    id: str
    title: str
    question: str
    can: tuple[str, ...]
    time: str
    needs: str
    points: int
    tasks: tuple[Task, ...]
    words: int

    @property
    def exercise_minutes(self) -> int:
        return sum(task.minutes or 0 for task in self.tasks)

    @property
    def reading_minutes(self) -> int:
        return round(self.words / WORDS_A_MINUTE)


def outline(lesson_id: str, source: NotebookNode) -> Outline:
    """The lesson in brief, from its source notebook. What the source does not say is left empty."""
    text = _SOLUTION.sub("", "\n\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown"))
    opening = text.split("\n## ")[0]
    return Outline(
        id=lesson_id,
        title=_first(r"^# (?:\d+ · )?(.+)$", opening),
        question=" ".join(_first(r"^\*([^*\n](?:.|\n)*?[^*])\*$", opening).replace("**", "").split()),
        can=tuple(re.findall(r"^\* (.+?)[;.]?$", _first(r"\byou can\n\n((?:\* .+\n?)+)", opening), re.MULTILINE)),
        time=_first(r"\*\*Time:\*\* (.+?)\. ", opening),
        needs=_first(r"\*\*Needs:\*\* (.+?)\. \*\*", opening),
        points=int(_first(r"\*\*Points:\*\* (\d+)", opening) or 0),
        tasks=tuple(_task(match) for match in _EXERCISE.finditer(text)),
        words=len(_FIGURE.sub("", _FOLDED.sub("", text)).split()),
    )


def _task(found: re.Match[str]) -> Task:
    points, difficulty, *rest = found[3].strip(" ·").split(" · ")
    minutes = re.fullmatch(r"(\d+) minutes", rest[0]) if rest else None
    return Task(
        number=found[1],
        name=found[2].strip(),
        points=sum(map(int, re.findall(r"\d+", points))),
        difficulty=difficulty,
        minutes=int(minutes[1]) if minutes else None,
        about=" · ".join(rest[1:] if minutes else rest),
    )


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else ""
