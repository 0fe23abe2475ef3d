"""What graded notebooks hold for the class page: misconceptions, a model's measures, what the grader noted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.returns.class_page.facts.picture import Misconception
from autograder.returns.class_page.facts.unjudged import unjudged
from autograder.returns.verdicts import Named, verdicts


@dataclass(frozen=True)
class Held:
    """Of one graded notebook. A class has thousands of them, with all their pictures: only this is kept."""

    mistakes: list[tuple[str, Named]]  # grade_id and mistake
    measured: dict[str, float]
    flags: list[str]
    repairs: list[str]
    unjudged: list[tuple[str, str]]


def held_in(path: Path) -> Held | None:
    """None where there is no such notebook, or none that can be read."""
    try:
        # nbgrader validated it when it wrote it; doing so again takes most of the time
        nb = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        found = list(verdicts(nb))
        made = nb.metadata.get("transformer_lessons", {})
        made = made if isinstance(made, dict) else {}
        return Held(
            mistakes=[(grade_id, mistake) for grade_id, said in found for mistake in said.mistakes],
            measured={name: value for _, said in found for name, value in said.measured.items()},
            flags=[str(sign) for sign in made.get("flags", [])],
            repairs=[str(note) for note in made.get("repairs", [])],
            unjudged=unjudged(nb),
        )
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return None


def misconceptions(notebooks: dict[str, Held]) -> list[Misconception]:
    """Most frequent first.

    A mistake runs on into the exercises that build on the first; under one name it is one misconception.
    """
    found: dict[tuple[str, str], Misconception] = {}
    for student, held in notebooks.items():
        for grade_id, mistake in held.mistakes:
            key = (mistake.id, mistake.name)
            one = found.setdefault(key, Misconception(mistake.id, mistake.name, mistake.hint, [], []))
            if grade_id not in one.exercises:
                one.exercises.append(grade_id)
            if student not in one.students:
                one.students.append(student)
    for one in found.values():
        one.students.sort(key=str.casefold)
    return sorted(found.values(), key=lambda m: (-len(m.students), m.exercises, m.name))
