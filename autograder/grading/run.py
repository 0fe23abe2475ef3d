"""Grades a class: every submission through nbgrader's own autograde, one after the other, each ending in a word."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from autograder import nbgrader_api
from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically


@dataclass(frozen=True)
class Graded:
    """How one submission ended: with a score out of `points`, or with the reason why there is none."""

    student: str
    lesson: str
    score: float | None
    points: float
    waiting: bool = False  # a cell is still to be graded by a person
    reason: str = ""


def submissions(course: Course, lesson_id: str) -> list[str]:
    """The students who have handed in the lesson, as collected."""
    return sorted(p.parent.parent.name for p in course.submitted.glob(f"*/{lesson_id}/{lesson_id}.ipynb"))


def prepare(course: Course, lesson_id: str) -> None:
    """Enter the lesson as it now stands into the gradebook. Raises Stop where it is not built."""
    if not course.lesson(lesson_id).is_file():
        known = ", ".join(course.lesson_ids()) or "none"
        raise Stop(f"There is no lesson {lesson_id!r} to grade; the lessons that are built: {known}.")
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        nbgrader_api.register(course, Path(folder), lesson_id)


def grade(
    course: Course, lesson_id: str, each: Callable[[Graded], None] = lambda _: None, again: bool = False
) -> list[Graded]:
    """Grade every collected submission of a lesson that is new since the last time (again: every one), and write the
    feedback pages. What a person has graded by hand stays.

    One bad submission never stops the others: it ends with the reason. `each` is told as soon as one is done.
    The results are also in `class/graded.json`.
    """
    prepare(course, lesson_id)
    results = []
    for student in submissions(course, lesson_id):
        result = _grade_one(course, lesson_id, student, again)
        results.append(result)
        each(result)
    _keep(course, lesson_id, results)
    return results


def _grade_one(course: Course, lesson_id: str, student: str, again: bool = False) -> Graded:
    try:
        nbgrader_api.autograde(course, lesson_id, student, again)
        nbgrader_api.feedback(course, lesson_id, student)
    except Exception as error:  # of whatever kind: the others are still to be graded
        said = str(error).strip().splitlines()
        return Graded(student, lesson_id, None, 0.0, reason=said[-1] if said else type(error).__name__)
    with Gradebook(course.db_url) as book:
        try:
            found = book.find_submission(lesson_id, student)
        except MissingEntry:
            return Graded(student, lesson_id, None, 0.0, reason="nbgrader kept no grade for it.")
        return Graded(student, lesson_id, found.score, found.max_score, found.needs_manual_grade)


def _keep(course: Course, lesson_id: str, results: list[Graded]) -> None:
    path = course.class_dir / "graded.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    kept = [entry for entry in old if entry["lesson"] != lesson_id] + [asdict(result) for result in results]
    write_atomically(path, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
