"""`autograder export`: grades for Canvas, for Moodle, or in nbgrader's own form."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from autograder.commands.options import with_lessons
from autograder.course import Course
from autograder.errors import Stop

HELP = "write the grades as CSV: nbgrader's, or for Canvas or Moodle, filled into the file they exported"


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("form", choices=("nbgrader", "canvas", "moodle"))
    with_lessons(command)
    command.add_argument("--template", metavar="CSV", help="what Canvas or Moodle exported; a filled copy is written")
    command.add_argument(
        "--column", action="append", default=[], metavar="LESSON=NAME", help="the column of a lesson (may be repeated)"
    )
    command.add_argument("--missing-as-zero", action="store_true", help="who handed in nothing gets 0, not a blank")
    command.add_argument("--to", metavar="CSV", help="the file to write (default: in the folder of the class)")


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.returns.grades.export import export

    if options.template and options.form == "nbgrader":
        raise Stop("nbgrader's form takes no template: --template is for canvas and moodle.")
    done = export(
        course,
        options.form,
        options.lessons,
        Path(options.template) if options.template else None,
        dict(_column(text) for text in options.column),
        options.missing_as_zero,
        Path(options.to) if options.to else None,
    )
    for lesson, reason, count in _counted(done.grades.blank, done.grades.people):
        print(f"{lesson}: {count} blank, {reason}")
    for note in done.notes:
        print(note)
    print(f"{done.filled} scores -> {done.path}")
    return 1 if done.lost else 0


def _column(text: str) -> tuple[str, str]:
    lesson, equals, name = text.partition("=")
    if not equals or not name.strip():
        raise Stop(f'--column {text!r} names no column: write --column LESSON="Name (123)".')
    return lesson.strip(), name.strip()


def _counted(blank: dict[tuple[str, str], str], people: list) -> list[tuple[str, str, int | str]]:
    """How many of each lesson and reason; everybody is one word."""
    counts = Counter((lesson, reason) for (lesson, _), reason in blank.items())
    return [(*key, "all" if count == len(people) else count) for key, count in sorted(counts.items())]
