"""`autograder regrade`: after a test was fixed."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from autograder.commands.options import collected_lessons, with_grading, with_json, with_lessons
from autograder.course import Course

HELP = "grade again what was graded against another paper: show what changes; with --apply, write only that"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    with_json(command)
    command.add_argument("--apply", action="store_true", help="write the submissions whose result changed")
    command.add_argument("--all", action="store_true", help="those graded against today's paper, too")
    with_grading(command)


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.returns.grades.regrade import regrade

    lessons = collected_lessons(course, options)
    done = regrade(
        course,
        lessons,
        students=options.student,
        everyone=options.all,
        apply=options.apply,
        unsafe=options.unsafe,
        at_once=options.jobs,
        cluster=options.cluster,
    )
    failed = [one for one in done.results if one.reason]
    if options.json:
        print(json.dumps([asdict(one) for one in done.results], ensure_ascii=False))
        return 1 if failed else 0
    for lesson in lessons:
        _print(lesson, [one for one in done.results if one.lesson == lesson])
    _print_sum(done, options.apply)
    return 1 if failed else 0


def _print(lesson: str, results: list) -> None:
    shown = [one for one in results if one.changed or one.reason]
    if shown:
        print(lesson)
    for one in shown:
        total = f"{_number(one.before)} -> {_number(one.after)} of {_number(one.of)}" if not one.reason else "as it was"
        print(f"  {one.student:<20}{total}")
        for points in one.points:
            change = f"{_number(points.before)} -> {_number(points.after)} of {_number(points.of)}"
            by_hand = "" if points.by_hand is None else f"; the {_number(points.by_hand)} given by hand count"
            print(f"    {points.exercise:<26}{change}{by_hand}")
        for exercise in one.words:
            print(f"    {exercise:<26}the same points, in other words")
        if one.reason:
            print(f"    {one.reason}")


def _print_sum(done, apply: bool) -> None:
    changed = sum(one.changed for one in done.results)
    print(f"{len(done.results)} graded again, {changed} with another result; {done.as_they_are} are of today's paper.")
    for lesson, student in done.handed_in_since:
        print(f"  {student}, {lesson}: not graded yet, or handed in again since; `autograder grade` grades it.")
    if apply:
        written = sum(one.written for one in done.results)
        print(f"{written} written: gradebook, graded notebook and feedback page. All others are as they were.")
    elif changed:
        print("Nothing is written. `autograder regrade --apply` writes those with another result.")


def _number(points: float | None) -> str:
    return "-" if points is None else f"{round(points, 4):g}"
