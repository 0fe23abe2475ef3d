"""`autograder report`: the class page."""

from __future__ import annotations

import argparse

from autograder.commands.options import with_lessons
from autograder.course import Course
from autograder.errors import Stop

HELP = "write the class page, and the feedback pages anew"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder import nbgrader_api
    from autograder.grading.run import submissions
    from autograder.returns.class_page.report import write_report

    lessons = options.lessons or [x for x in course.lesson_ids() if submissions(course, x)]
    if not lessons:
        raise Stop(f"Nothing is collected in {course.submitted}: `autograder collect FOLDER` comes first.")
    for lesson_id in lessons:  # points and comments given by hand since the last time belong on the pages
        for page in course.autograded.glob(f"*/{lesson_id}/{lesson_id}.ipynb"):
            nbgrader_api.feedback(course, lesson_id, page.parent.parent.name)
    print(f"Feedback pages -> {course.feedback}\nThe class page -> {write_report(course, lessons)}")
    return 0
