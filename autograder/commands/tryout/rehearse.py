"""`autograder rehearse`: the files that Canvas would give out for a made-up class, to try a term on."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.commands.options import with_lessons
from autograder.course import Course

HELP = "make the files that Canvas would give out for a made-up class, to try a term on"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    command.add_argument("--to", metavar="FOLDER", default="rehearsal", help="where they go (default: rehearsal)")
    command.add_argument("--students", type=int, metavar="N", default=12, help="how many hand in (default: 12)")
    command.add_argument("--seed", type=int, default=0, help="another class (default: 0)")


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.demo.rehearsal import rehearse

    done = rehearse(course, options.lessons, Path(options.to), options.students, options.seed)
    print(f"{done.files} files of {done.students} students -> {done.zip}, {done.zip.stat().st_size / 1e6:.1f} MB")
    print(f"the list of the class -> {done.roster}; Canvas's gradebook, empty -> {done.gradebook}")
    print(f"Next: `autograder collect {done.zip} --roster {done.roster}`.")
    return 0
