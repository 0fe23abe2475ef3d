"""Grades out: one file, in the form of nbgrader, Canvas or Moodle, and what a person should know of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograder import nbgrader_api
from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.grading.many.gradebook import read
from autograder.returns.grades import made
from autograder.returns.grades.fill import fill
from autograder.returns.grades.scores import Grades, grades
from autograder.returns.titles import lesson_title


@dataclass
class Exported:
    """lost: students with a score who have no place in the file."""

    path: Path
    grades: Grades
    filled: int
    notes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def export(
    course: Course,
    form: str,
    lessons: Sequence[str] = (),
    template: Path | None = None,
    columns: Mapping[str, str] | None = None,
    missing_as_zero: bool = False,
    to: Path | None = None,
) -> Exported:
    """form: nbgrader, canvas or moodle. template: what Canvas or Moodle exported; it stays as it is. columns: what the
    column of a lesson is called. Raises Stop where there is nothing to write, or no place for it."""
    columns, to = columns or {}, to or course.class_dir / f"grades-{form}.csv"
    if template and to.exists() and template.exists() and to.samefile(template):
        raise Stop(f"{template} would be written over: give another name with --to.")
    with read(course) as book:
        found = grades(course, book, lessons, missing_as_zero)
        unknown = [lesson for lesson in columns if lesson not in found.points]
        if unknown:
            raise Stop(
                f"--column names {', '.join(unknown)}; the gradebook has {', '.join(found.lessons) or 'nothing'}."
            )
        done = Exported(to, found, len(found.scores), _notes(found))
        if template:
            filled = fill(template, form, found, columns, {x: _title(course, x) for x in found.lessons})
            done.filled, done.lost = filled.filled, filled.lost
            done.notes += filled.notes
            write_atomically(to, filled.data)
        elif form == "nbgrader":
            _nbgraders(course, book, found, missing_as_zero, to)
        else:
            write = made.for_canvas if form == "canvas" else made.for_moodle
            write_atomically(to, write(found, {lesson: columns.get(lesson, lesson) for lesson in found.lessons}))
            unnumbered = [person.name for person in found.people if not person.lms_user_id]
            if form == "canvas" and unnumbered:
                done.notes.append(f"{len(unnumbered)} students have no lms_user_id: Canvas has only their login.")
    return done


def _nbgraders(course: Course, book: Gradebook, found: Grades, missing_as_zero: bool, to: Path) -> None:
    unfinished = to.with_name(f".{to.name[:80]}.{os.getpid()}.tmp")
    plugin = made.GradesCsv(config=nbgrader_api.configuration(course))
    plugin.to, plugin.assignment, plugin.missing_as_zero = str(unfinished), found.lessons, missing_as_zero
    plugin.left_blank = frozenset(found.blank)
    try:
        plugin.export(book)
        os.replace(unfinished, to)
    finally:
        unfinished.unlink(missing_ok=True)


def _notes(found: Grades) -> list[str]:
    if not found.stale:
        return []
    lessons = sorted({lesson for lesson, _ in found.stale})
    return [
        f"The late penalty of {len(found.stale)} submissions is not what their points call for now: "
        f"`autograder due LESSON --again` works it out anew ({', '.join(lessons)})."
    ]


def _title(course: Course, lesson: str) -> str:
    path = course.lesson(lesson)
    return lesson_title(nbformat.read(path, as_version=4)) if path.is_file() else ""
