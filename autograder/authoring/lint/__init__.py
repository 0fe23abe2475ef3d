"""The linter of lessons: what would keep a reader out who listens, uses the keyboard, sees colours differently, reads a
foreign language, or has little time. Each rule looks at the notebook as it is shown, released and solved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.authoring.lint.colours import contrast
from autograder.authoring.lint.controls import folded, hover, label, link_text
from autograder.authoring.lint.exercises import exercise_line
from autograder.authoring.lint.language import grade, sentence
from autograder.authoring.lint.length import screen, weight
from autograder.authoring.lint.page import Page, Told, read
from autograder.authoring.lint.pictures import alt_text, svg_name
from autograder.authoring.lint.structure import heading_order, one_title, table_header
from autograder.course import Course
from autograder.errors import Stop

RULES: dict[str, Callable[[Page], Iterator[Told]]] = {
    "one-title": one_title,
    "heading-order": heading_order,
    "table-header": table_header,
    "alt-text": alt_text,
    "svg-name": svg_name,
    "label": label,
    "link-text": link_text,
    "folded": folded,
    "hover": hover,
    "contrast": contrast,
    "exercise-line": exercise_line,
    "screen": screen,
    "sentence": sentence,
    "grade": grade,
    "weight": weight,
}


@dataclass(frozen=True)
class Finding:
    """One thing to mend. cell: its place in the notebook, from 1, and its id."""

    lesson: str
    cell: str
    rule: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.lesson}  {self.cell}  {self.rule}: {self.what}. Mend: {self.mend}."


def lint(course: Course, lesson_id: str) -> list[Finding]:
    """What is to be mended in a lesson, released and solved: each thing once. Raises Stop where it was not built."""
    solved = course.solutions / lesson_id / f"{lesson_id}.ipynb"
    found: dict[Finding, None] = {}
    for path, released in ((course.lesson(lesson_id), True), (solved, False)):
        try:
            page = read(path, released)
        except FileNotFoundError:
            raise Stop(f"There is no {path}: `autograder build {lesson_id}` makes it.") from None
        except (KeyError, TypeError, ValueError):
            raise Stop(f"{path} is not readable as a notebook: `autograder build {lesson_id}` makes it anew.") from None
        found |= dict.fromkeys(findings(page, lesson_id))
    return list(found)


def findings(page: Page, lesson_id: str) -> Iterator[Finding]:
    """What every rule says of one notebook, rule by rule."""
    for rule, look in RULES.items():
        for cell, what, mend in look(page):
            yield Finding(lesson_id, f"cell {cell.number} ({cell.id})", rule, what, mend)
