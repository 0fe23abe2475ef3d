"""The class page: `report.html` for a person, `report.json` for a script, `report.csv` for a spreadsheet."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.returns.class_page.facts.compare import compare, read_report
from autograder.returns.class_page.facts.gather import class_picture
from autograder.returns.class_page.facts.table import csv_table
from autograder.returns.class_page.page import class_page


def write_report(course: Course, lesson_ids: list[str], older: Path | None = None, with_names: bool = False) -> Path:
    """Write the page of these lessons to the class folder and return its path; each file is whole or old.

    older: the report.json of an earlier run, to compare with. Raises Stop when that is none, or a lesson is not one of
    the course.
    """
    unknown = [lesson for lesson in lesson_ids if not course.lesson(lesson).is_file()]
    if unknown:
        raise Stop(f"No such lesson in {course.lessons}: {', '.join(unknown)}.")
    before = read_report(older) if older else None
    picture = class_picture(course, lesson_ids, with_names)
    if before is not None:
        picture = replace(picture, compared=compare(before, picture.lessons, older.name))
    page = course.class_dir / "report.html"
    data = json.dumps(asdict(picture), indent=1, ensure_ascii=False)
    write_atomically(page.with_suffix(".json"), data + "\n")
    write_atomically(page.with_suffix(".csv"), csv_table(picture))
    write_atomically(page, class_page(picture))
    return page
