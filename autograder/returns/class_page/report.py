"""The class page: `report.html` for a person, `report.json` for a script, with the same content."""

import json
from dataclasses import asdict
from pathlib import Path

from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.returns.class_page.gather import class_picture
from autograder.returns.class_page.page import class_page


def write_report(course: Course, lesson_ids: list[str]) -> Path:
    """Write the page of these lessons to the class folder and return its path; both files are whole or old.

    Raises Stop when a lesson is not one of the course.
    """
    unknown = [lesson for lesson in lesson_ids if not course.lesson(lesson).is_file()]
    if unknown:
        raise Stop(f"No such lesson in {course.lessons}: {', '.join(unknown)}.")
    picture = class_picture(course, lesson_ids)
    page = course.class_dir / "report.html"
    data = json.dumps(asdict(picture), indent=1, ensure_ascii=False)
    write_atomically(course.class_dir / "report.json", data + "\n")
    write_atomically(page, class_page(picture))
    return page
