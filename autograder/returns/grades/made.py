"""Files of grades made from the gradebook: for Canvas, for Moodle, and in nbgrader's own form."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from traitlets import Bool

from autograder.returns.grades.scores import Grades, score, submission_of
from autograder.returns.grades.table import number
from autograder.spreadsheet import as_text

NBGRADER = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)


def for_canvas(grades: Grades, columns: Mapping[str, str]) -> str:
    """As Canvas's gradebook exports it. Canvas knows a student by ID (lms_user_id), else by SIS Login ID."""
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(columns[x] for x in grades.lessons)]
    rows = [["    Points Possible", "", "", "", "", *(number(points) for points in grades.points.values())]]
    for person in grades.people:
        name = f"{person.last_name}, {person.first_name}" if person.last_name and person.first_name else person.name
        rows.append([_safe(name), _safe(person.lms_user_id), "", _safe(person.id), "", *_scores(grades, person.id)])
    return _csv([header, *rows])


def for_moodle(grades: Grades, columns: Mapping[str, str]) -> str:
    """For Moodle's Grades > Import > CSV file; map ID number, or the address, and each column to its grade item."""
    rows = [["First name", "Last name", "ID number", "Email address", *(columns[x] for x in grades.lessons)]]
    for person in grades.people:
        told = (person.first_name, person.last_name, person.lms_user_id or person.id, person.email)
        rows.append([*map(_safe, told), *_scores(grades, person.id)])
    return _csv(rows)


class GradesCsv(CsvExportPlugin):
    """nbgrader's export: its columns and its numbers. Names are quoted as CSV wants it, and no spreadsheet takes them
    for a formula; where there is no grade yet there is none, not 0. Is `c.ExportApp.plugin_class`."""

    missing_as_zero = Bool(False, help="What was not handed in counts 0.").tag(config=True)
    left_blank: frozenset[tuple[str, str]] = frozenset()  # lesson and student

    def export(self, gradebook: Gradebook) -> None:
        with open(self.to or "grades.csv", "w", encoding="utf-8", newline="") as file:
            file.write(_csv([NBGRADER, *self._rows(gradebook)]))

    def _rows(self, book: Gradebook) -> Iterable[list[str]]:
        for assignment in book.assignments:
            for student in book.students:
                chosen = not self.assignment or assignment.name in map(str, self.assignment)
                if chosen and (not self.student or student.id in map(str, self.student)):
                    found = submission_of(book, assignment.name, student.id)
                    about = (student.id, student.last_name, student.first_name, student.email)
                    when = (found.timestamp or "") if found else ""
                    yield [
                        *map(str, (_safe(assignment.name), assignment.duedate or "", when)),
                        *map(_safe, about),
                        *self._numbers(found, (assignment.name, student.id)),
                        str(assignment.max_score),
                    ]

    def _numbers(self, found: object, key: tuple[str, str]) -> list[str]:
        if found is None:
            return ["0.0"] * 3 if self.missing_as_zero else [""] * 3
        if found.needs_manual_grade or key in self.left_blank:
            return [""] * 3
        return [str(found.score), str(found.late_submission_penalty), str(score(found))]


def _safe(text: object) -> str:
    """The LMS must read a number as one."""
    return as_text(text, numbers=True)


def _scores(grades: Grades, student: str) -> list[str]:
    found = (grades.scores.get((lesson, student)) for lesson in grades.lessons)
    return ["" if one is None else number(one) for one in found]


def _csv(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
