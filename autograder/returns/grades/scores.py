"""Everybody's score in every lesson, as nbgrader's gradebook has it; or why there is none yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.utils import parse_utc

from autograder import nbgrader_api
from autograder.course import Course
from autograder.errors import Stop
from autograder.returns.grades.late import Rule

ABSENT = "nothing handed in"
UNGRADED = "handed in and not graded: `autograder grade`"
SINCE = "handed in again since it was graded: `autograder grade`"
WAITING = "an answer waits for a person: grade it in the formgrader"


@dataclass(frozen=True)
class Person:
    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name))) or self.id


@dataclass
class Grades:
    """points: what a lesson is worth. scores, and why there is none: by lesson and student. stale: whose penalty for
    being late is not what the points call for now."""

    people: list[Person] = field(default_factory=list)
    points: dict[str, float] = field(default_factory=dict)
    scores: dict[tuple[str, str], float] = field(default_factory=dict)
    blank: dict[tuple[str, str], str] = field(default_factory=dict)
    stale: list[tuple[str, str]] = field(default_factory=list)

    @property
    def lessons(self) -> list[str]:
        return list(self.points)


def grades(course: Course, book: Gradebook, lessons: Sequence[str] = (), missing_as_zero: bool = False) -> Grades:
    """Of these lessons, or of all that are in the gradebook. What was not handed in counts nothing, or 0; what waits
    for a person or to be graded has no score in either case: the points it has so far are no grade."""
    known = {assignment.name for assignment in book.assignments}
    unknown = [lesson for lesson in lessons if lesson not in known]
    if unknown:
        raise Stop(
            f"Nothing of {', '.join(unknown)} is in the gradebook; it has {', '.join(sorted(known)) or 'nothing'}."
        )
    found = Grades()
    for one in sorted(book.students, key=lambda one: ((one.last_name or "").casefold(), one.id.casefold())):
        told = (one.first_name, one.last_name, one.email, one.lms_user_id)
        found.people.append(Person(one.id, *(text or "" for text in told)))
    rule = Rule(nbgrader_api.configuration(course))
    for lesson in lessons or sorted(known):
        found.points[lesson] = book.find_assignment(lesson).max_score
        handed_in = {one.student.id: one for one in book.assignment_submissions(lesson)}
        for person in found.people:
            key, submission = (lesson, person.id), handed_in.get(person.id)
            reason = _reason(course, *key, submission)
            if reason == ABSENT and missing_as_zero:
                found.scores[key] = 0.0
            elif reason:
                found.blank[key] = reason
            else:
                found.scores[key] = score(submission)
                if _is_stale(rule, submission):
                    found.stale.append(key)
    return found


def score(submission: SubmittedAssignment) -> float:
    """With extra credit, less the penalty, never below 0: as nbgrader exports it."""
    return max(0.0, submission.score - (submission.late_submission_penalty or 0.0))


def _reason(course: Course, lesson: str, student: str, submission: SubmittedAssignment | None) -> str:
    """Why there is no score, or ""."""
    here = course.submitted / student / lesson
    if submission is None:
        return UNGRADED if (here / f"{lesson}.ipynb").is_file() else ABSENT
    stamp = here / "timestamp.txt"
    if stamp.is_file() and submission.timestamp and parse_utc(stamp.read_text().strip()) > submission.timestamp:
        return SINCE
    return WAITING if submission.needs_manual_grade else ""


def _is_stale(rule: Rule, submission: SubmittedAssignment) -> bool:
    wanted = sum(rule.penalty(notebook) or 0.0 for notebook in submission.notebooks)
    return abs(wanted - (submission.late_submission_penalty or 0.0)) > 1e-6


def submission_of(book: Gradebook, lesson: str, student: str) -> SubmittedAssignment | None:
    try:
        return book.find_submission(lesson, student)
    except MissingEntry:
        return None
