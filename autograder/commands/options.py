"""Options that several commands take, and what they mean."""

import argparse

from autograder.course import Course
from autograder.errors import Stop


def with_lessons(command: argparse.ArgumentParser) -> None:
    command.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 04_self_attention (default: all)")


def with_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON, for a script")


def with_grading(command: argparse.ArgumentParser) -> None:
    """Whose submissions are graded, where, and how."""
    command.add_argument("--student", action="append", default=[], metavar="NAME", help="only theirs (may be repeated)")
    command.add_argument("--unsafe", action="store_true", help="run students' code without a sandbox")
    command.add_argument("--jobs", type=_positive, metavar="N", help="graded at a time (default: one for each core)")
    command.add_argument("--cluster", default="", metavar="ADDRESS", help="have the workers of a Dask scheduler grade")


def collected_lessons(course: Course, options: argparse.Namespace) -> list[str]:
    """The lessons that were named, else those of which something is collected. Raises Stop where there is none."""
    from autograder.grading.run import submissions

    lessons = options.lessons or [lesson for lesson in course.lesson_ids() if submissions(course, lesson)]
    if not lessons:
        raise Stop(f"Nothing is collected in {course.submitted}: `autograder collect PATH` comes first.")
    return lessons


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
