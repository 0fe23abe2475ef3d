"""The class page as a table for a spreadsheet: a row for each student and exercise."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from autograder.returns.class_page.facts.picture import ClassPicture, LessonPicture, Row
from autograder.spreadsheet import as_text

COLUMNS = ["lesson", "student", "name", "state", "handed_in", "hours_late", "penalty"]
COLUMNS += ["exercise", "points", "of", "waits", "misconceptions"]


def csv_table(picture: ClassPicture) -> str:
    """With a mark at the beginning by which Excel knows UTF-8. No field that comes from people is a formula."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for lesson in picture.lessons:
        for row in lesson.rows:
            about = [lesson.id, row.student, picture.names.get(row.student, ""), row.state, row.handed_in or ""]
            late = "" if row.hours_late is None else row.hours_late
            for cells in _exercises(lesson, row):
                table.writerow([*map(as_text, about), late, row.penalty or "", *cells])
    return "\ufeff" + out.getvalue()


def _exercises(lesson: LessonPicture, row: Row) -> Iterator[list[object]]:
    held: dict[str, list[str]] = {}
    for one in lesson.misconceptions:
        if row.student in one.students:
            for exercise in one.exercises:
                held.setdefault(exercise, []).append(one.name)
    if not row.scores:
        yield ["", "", "", "", ""]
    for exercise in lesson.exercises:
        score = row.scores.get(exercise.id)
        if score is None:
            continue
        names = "; ".join(held.get(exercise.id, [])) if score.points < exercise.points else ""
        waits = "yes" if score.pending else ""
        yield [as_text(exercise.title), score.points, exercise.points, waits, as_text(names)]
