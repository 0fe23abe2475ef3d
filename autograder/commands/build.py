"""`autograder build`: notebooks, recorded checks and released lessons from the sources, and the syllabus."""

from __future__ import annotations

import argparse

from autograder.commands.options import with_lessons
from autograder.course import Course

HELP = "make notebooks, recorded checks and released lessons from the sources"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.build import build, install, syllabus
    from autograder.authoring.lesson import source_ids
    from autograder.authoring.syllabus import PATH

    for lesson_id in options.lessons or source_ids(course):
        built = build(course, lesson_id)
        changed = install(course, built)
        print(f"{lesson_id}: ran solved in {built.seconds:.0f} s; {len(changed)} of {len(built.files)} files changed")
        for name in changed:
            print(f"  {name}")
    if install(course, syllabus(course)):
        print(f"{PATH} is renewed")
    print("Next: `autograder probes` proves the checks; students open lessons/.")
    return 0
