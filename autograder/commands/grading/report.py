"""`autograder report`: the class page."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.commands.options import collected_lessons, with_lessons
from autograder.course import Course

HELP = "write the class page, and the feedback pages that have changed"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    command.add_argument("--compare", metavar="OLD_report.json", help="say what changed since that report")
    command.add_argument(
        "--names", action="store_true", help="full names beside ids, also on the leaderboard of models"
    )


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.returns.class_page.report import write_report
    from autograder.returns.feedback.pages import renew

    lessons = collected_lessons(course, options)
    older = Path(options.compare) if options.compare else None
    new = sum(renew(course, lesson_id) for lesson_id in lessons)
    page = write_report(course, lessons, older, options.names)
    print(f"Feedback pages -> {course.feedback} ({new} written anew)\nThe class page -> {page}")
    print(f"The same as a table -> {page.with_suffix('.csv')}, for scripts -> {page.with_suffix('.json')}")
    return 0
