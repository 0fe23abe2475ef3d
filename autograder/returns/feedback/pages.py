"""Feedback pages written anew, where something has changed: points and comments given by hand belong on them."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import BaseCell, Comment, Grade, Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import GenerateFeedback

from autograder import nbgrader_api
from autograder.course import Course
from autograder.grading.many import deadline
from autograder.grading.many.gradebook import in_words
from autograder.returns.feedback.made_of import Shown, fingerprint

HEAD = 2000  # bytes of a page in which its fingerprint stands


def renew(course: Course, lesson_id: str) -> int:
    """Write the pages of a lesson whose points, comments, graded notebook or form are newer than the page; how many.

    One that can not be made, or not in time, is left out: `grade` says so, and why."""
    graded = {path.parents[1].name: path for path in course.autograded.glob(f"*/{lesson_id}/{lesson_id}.ipynb")}
    shown = _shown(course, lesson_id) if graded else {}
    pages = {student: course.feedback / student / lesson_id / f"{lesson_id}.html" for student in graded}
    old = [s for s in graded if not _is_current(pages[s], graded[s], shown.get(s, []))]
    if old:
        config = nbgrader_api.configuration(course)
        config.BaseConverter.force = True
        converter = nbgrader_api.Converter(GenerateFeedback, config)
        return sum(not deadline.page(converter, lesson_id, student) for student in sorted(old))
    return 0


def _is_current(page: Path, notebook: Path, shown: list[Shown]) -> bool:
    try:
        with page.open("rb") as file:
            begins = file.read(HEAD)
        return page.stat().st_mtime >= notebook.stat().st_mtime and fingerprint(shown).encode() in begins
    except OSError:
        return False


def _shown(course: Course, lesson_id: str) -> dict[str, list[Shown]]:
    """student -> all that a page shows of the gradebook."""
    found: dict[str, list[Shown]] = {}
    with in_words(course), Gradebook(course.db_url) as gradebook:
        try:
            assignment = gradebook.find_assignment(lesson_id)
        except MissingEntry:
            return {}
        submitted = SubmittedNotebook.assignment_id == SubmittedAssignment.id
        who = SubmittedAssignment.student_id
        penalties = gradebook.db.query(who, SubmittedNotebook.late_submission_penalty).join(
            SubmittedNotebook, submitted
        )
        for student, penalty in penalties.filter(SubmittedAssignment.assignment_id == assignment.id):
            found[student] = [("late penalty", penalty or 0)]
        score = (BaseCell.name, Grade.score, Grade.needs_manual_grade)
        for kind, columns in ((Grade, score), (Comment, (BaseCell.name, Comment.comment))):
            query = (
                gradebook.db.query(who, *columns)
                .join(SubmittedNotebook, submitted)
                .join(kind, kind.notebook_id == SubmittedNotebook.id)
                .join(BaseCell, BaseCell.id == kind.cell_id)
                .filter(SubmittedAssignment.assignment_id == assignment.id)
            )
            for student, *shown in query:
                found.setdefault(student, []).append(tuple(shown))
    return found
