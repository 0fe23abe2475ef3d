"""What nbgrader's gradebook knows of a lesson, in a few queries however large the class is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbgrader.api import BaseCell, Grade, Gradebook, MissingEntry, Student, SubmittedAssignment, SubmittedNotebook

from autograder.course import Course
from autograder.grading.many.gradebook import in_words
from autograder.returns.class_page.facts.picture import Score


@dataclass
class Book:
    """One lesson. `due` is the same for all but those with an extension, who are in `extended`."""

    points: dict[str, float] = field(default_factory=dict)
    scores: dict[str, dict[str, Score]] = field(default_factory=dict)
    penalties: dict[str, float] = field(default_factory=dict)
    due: datetime | None = None
    extended: dict[str, datetime] = field(default_factory=dict)


def read(course: Course, lesson_ids: list[str]) -> tuple[dict[str, str], dict[str, Book]]:
    """(student -> full name or "", lesson -> Book); nothing is made where there is no gradebook yet.
    Raises Stop where it can not be used."""
    if course.db_url.startswith("sqlite:///") and not Path(course.db_url[10:]).is_file():
        return {}, {}
    with in_words(course), Gradebook(course.db_url) as gradebook:
        people = gradebook.db.query(Student.id, Student.first_name, Student.last_name)
        names = {student: " ".join(filter(None, (first, last))) for student, first, last in people}
        return names, {lesson: _lesson(gradebook, lesson) for lesson in lesson_ids}


def _lesson(gradebook: Gradebook, lesson: str) -> Book:
    try:
        assignment = gradebook.find_assignment(lesson)
    except MissingEntry:
        return Book()
    cells = [cell for notebook in assignment.notebooks for cell in (*notebook.grade_cells, *notebook.task_cells)]
    book = Book({cell.name: cell.max_score for cell in cells}, due=assignment.duedate)
    submitted = (
        gradebook.db.query(SubmittedAssignment)
        .with_entities(
            SubmittedAssignment.student_id, SubmittedAssignment.extension, SubmittedNotebook.late_submission_penalty
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
    )
    for student, extension, penalty in submitted:
        book.penalties[student] = book.penalties.get(student, 0.0) + (penalty or 0.0)
        if extension is not None and book.due is not None:
            book.extended[student] = book.due + extension
    grades = (
        gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.score, Grade.needs_manual_grade)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
    )
    for student, name, score, pending in grades:
        book.scores.setdefault(student, {})[name] = Score(score, bool(pending))
    return book
