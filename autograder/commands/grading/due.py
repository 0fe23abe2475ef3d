"""`autograder due`: when lessons are due, and what is lost for being late."""

from __future__ import annotations

import argparse
from datetime import datetime

from autograder.course import Course
from autograder.errors import Stop

HELP = "say when a lesson is due, with its time zone; or show when all are"


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("lesson", nargs="?", metavar="LESSON", help="such as 04_self_attention (default: show all)")
    command.add_argument("time", nargs="?", metavar="TIME", help='such as "2026-12-01 23:59 Asia/Seoul", or none')
    command.add_argument(
        "--again", action="store_true", help="work penalties out again, after points were given by hand, say"
    )


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.returns.grades.due import costs_nothing, due_dates, moment, penalties, set_due

    known = course.lesson_ids()
    if options.lesson and options.lesson not in known:
        raise Stop(f"There is no lesson {options.lesson!r}; the lessons that are built: {', '.join(known) or 'none'}.")
    if options.time and options.again:
        raise Stop("A new time works the penalties out again by itself: leave out --again.")
    if options.time:
        when = None if options.time == "none" else moment(options.time)
        changed = set_due(course, options.lesson, when)
        print(f"{options.lesson} is due {_said(when)}." if when else f"{options.lesson} is due at no time.")
        _print_changed(changed)
        if when and costs_nothing(course):
            print("Nothing is lost for being late: c.LatePenalty.share_per_day in nbgrader_config.py is 0.")
    elif options.again:
        for lesson in [options.lesson] if options.lesson else sorted(due_dates(course)):
            print(lesson)
            _print_changed(penalties(course, lesson))
    else:
        dates = due_dates(course)
        for lesson in [options.lesson] if options.lesson else known:
            print(f"{lesson:<28}{_said(dates[lesson]) if lesson in dates else 'no time is set'}")
    return 0


def _said(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC; here {when.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def _print_changed(students: list[str]) -> None:
    many = "one submission" if len(students) == 1 else f"{len(students)} submissions"
    print(f"The penalty of {many} changed{': ' + ', '.join(students) if students else ''}.")
