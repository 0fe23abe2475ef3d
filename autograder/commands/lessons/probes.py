"""`autograder probes`: the proof of the checks."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from autograder.commands.options import with_json, with_lessons
from autograder.course import Course

HELP = "prove the checks against every known wrong and right solution"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    with_json(command)
    command.add_argument(
        "--messages", action="store_true", help="print what a student hears for every wrong solution, as Markdown"
    )


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.lesson import read, source_ids
    from autograder.authoring.proof.prove import Tally, prove, table

    if options.messages:
        return _print_messages(course, options.lessons or source_ids(course))
    whole = Tally()
    for lesson_id in options.lessons or source_ids(course):
        tally, rows = prove(read(course, lesson_id))
        whole.add(tally)
        if not options.json:
            print(f"{lesson_id}\n{table(rows)}\n")
    if options.json:
        print(json.dumps(asdict(whole), ensure_ascii=False))
    else:
        print(
            f"{whole.wrong} wrong solutions: {whole.caught_visible} caught by the visible checks, {whole.caught} in "
            f"all, {whole.named} by their right name.\n{whole.right} right solutions: {whole.accepted} accepted."
        )
        for label, entries in (
            ("passed though wrong", whole.survivors),
            ("failed though right", whole.rejected),
            ("caught, not named", whole.misnamed),
        ):
            for entry in entries:
                print(f"  {label}: {entry}")
    return 0 if whole.holds else 1


def _print_messages(course: Course, lessons: list[str]) -> int:
    from autograder.authoring.proof.heard import heard
    from autograder.authoring.lesson import read

    for lesson_id in lessons:
        print(heard(read(course, lesson_id)), flush=True)
    return 0
