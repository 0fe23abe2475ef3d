"""What is known of a class after grading: from the gradebook, the graded notebooks and the receipts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from autograder.course import Course
from autograder.returns.class_page.facts import gradebook
from autograder.returns.class_page.facts.gradebook import Book
from autograder.returns.class_page.facts.notebooks import Held, held_in, misconceptions
from autograder.returns.class_page.facts.picture import ClassPicture, Exercise, LessonPicture, Model, Row
from autograder.returns.class_page.facts.said import failures, flags, receipts_of, refusals, repairs, without_page
from autograder.returns.titles import exercise_title, lesson_title


def class_picture(course: Course, lesson_ids: list[str], with_names: bool = False) -> ClassPicture:
    """Read everything; a lesson that was not graded yet shows what was handed in."""
    receipts = receipts_of(course)
    people, books = gradebook.read(course, lesson_ids)
    lessons = [
        _lesson(course, lesson, books.get(lesson, Book()), set(people), receipts, with_names) for lesson in lesson_ids
    ]
    names = {student: name for student, name in people.items() if name} if with_names else {}
    return ClassPicture(lessons, refusals(r for r in receipts if r["lesson"] is None), names)


def _lesson(
    course: Course, lesson: str, book: Book, everyone: set[str], receipts: list[dict[str, Any]], with_names: bool
) -> LessonPicture:
    mine = [r for r in receipts if r["lesson"] == lesson]
    released = _read(course.lesson(lesson))
    handed_in = {folder.parent.name for folder in course.submitted.glob(f"*/{lesson}")}
    students = sorted(everyone | handed_in | set(book.scores), key=str.casefold)
    held = {student: held_in(course.autograded / student / lesson / f"{lesson}.ipynb") for student in students}
    rows = [_row(course, lesson, s, s in handed_in, held[s] is not None, book) for s in students]
    counted = [row for row in rows if row.state in ("graded", "pending")]
    fresh: dict[str, Held] = {row.student: held[row.student] for row in counted}
    return LessonPicture(
        id=lesson,
        title=(released and lesson_title(released)) or lesson,
        points=sum(book.points.values()),
        median=median(row.total for row in counted) if counted else None,
        exercises=[_exercise(name, worth, counted) for name, worth in _in_order(book.points, released)],
        rows=rows,
        misconceptions=misconceptions(fresh),
        repairs=repairs(fresh, mine),
        flags=flags(fresh) + without_page(course, lesson),
        refusals=refusals(mine) + failures(course, lesson),
        due=_iso(book.due),
        models=_models(fresh, with_names),
    )


def _row(course: Course, lesson: str, student: str, handed_in: bool, has_graded: bool, book: Book) -> Row:
    """nbgrader leaves the old score when grading fails: without a fresh graded notebook no score counts."""
    stamps = [_stamp(folder / student / lesson / "timestamp.txt") for folder in (course.submitted, course.autograded)]
    scores = book.scores.get(student, {})
    if not handed_in:
        state = "absent"
    elif not has_graded or not scores:
        state = "ungraded"
    elif stamps[0] != stamps[1]:
        state = "stale"
    else:
        state = "pending" if any(score.pending for score in scores.values()) else "graded"
    page = course.feedback / student / lesson / f"{lesson}.html"
    link = "/".join(quote(part) for part in page.relative_to(course.class_dir).parts) if page.is_file() else None
    counts = state in ("graded", "pending")
    when, due = _moment(stamps[0]), book.extended.get(student, book.due)
    late = round((when - due.replace(tzinfo=UTC)).total_seconds() / 3600, 2) if when and due else None
    return Row(
        student,
        state,
        sum(score.points for score in scores.values()) if counts else 0.0,
        scores if counts else {},
        link,
        when.isoformat(timespec="seconds") if when else None,
        late,
        book.penalties.get(student, 0.0) if counts else 0.0,
    )


def _stamp(path: Path) -> str:
    return path.read_text(errors="replace").strip() if path.is_file() else ""


def _moment(stamp: str) -> datetime | None:
    """nbgrader's timestamps are UTC unless they name an offset; what cannot be read is not drawn."""
    try:
        moment = datetime.fromisoformat(re.sub(r" ?(UTC|Z)$", "+00:00", stamp))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _iso(due: datetime | None) -> str | None:
    return due.replace(tzinfo=UTC).isoformat(timespec="seconds") if due else None


def _exercise(name: str, worth: float, rows: list[Row]) -> Exercise:
    scores = [row.scores[name] for row in rows if name in row.scores]
    done = [score for score in scores if not score.pending]
    passed = sum(score.points >= worth for score in done)
    return Exercise(name, exercise_title(name), worth, len(done), passed, len(scores) - len(done))


def _models(held: dict[str, Held], with_names: bool) -> list[Model]:
    """Best first, by the mean of what is measured; those that measure the same share a rank."""
    found = [(mean(one.measured.values()), student, one.measured) for student, one in held.items() if one.measured]
    found.sort(key=lambda model: (-model[0], tuple(model[2].values()), model[1].casefold()))
    better = [sum(other > score for other, _, _ in found) for score, _, _ in found]
    return [
        Model(1 + before, measured, student if with_names else None)
        for before, (_, student, measured) in zip(better, found, strict=True)
    ]


def _in_order(points: dict[str, float], released: NotebookNode | None) -> list[tuple[str, float]]:
    cells = released.cells if released else []
    order = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
    return sorted(points.items(), key=lambda item: (order.index(item[0]) if item[0] in order else len(order), item[0]))


def _read(path: Path) -> NotebookNode | None:
    try:
        return nbformat.v4.reads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
