"""`autograder report`: the class page."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.commands.options import with_lessons
from autograder.course import Course
from autograder.errors import Stop

HELP = "write the class page, and the feedback pages anew"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    command.add_argument("--compare", metavar="OLD_report.json", help="say what changed since that report")
    command.add_argument(
        "--names", action="store_true", help="full names beside ids, also on the leaderboard of models"
    )


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.grading.run import submissions
    from autograder.returns.class_page.report import write_report
    from autograder.returns.feedback.pages import renew

    lessons = options.lessons or [x for x in course.lesson_ids() if submissions(course, x)]
    if not lessons:
        raise Stop(f"Nothing is collected in {course.submitted}: `autograder collect FOLDER` comes first.")
    older = Path(options.compare) if options.compare else None
    new = sum(renew(course, lesson_id) for lesson_id in lessons)
    page = write_report(course, lessons, older, options.names)
    print(f"Feedback pages -> {course.feedback} ({new} written anew)\nThe class page -> {page}")
    print(f"The same as a table -> {page.with_suffix('.csv')}, for scripts -> {page.with_suffix('.json')}")
    return 0
