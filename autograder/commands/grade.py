"""`autograder grade`: scores in nbgrader's gradebook, and feedback pages."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict

from autograder.commands.options import with_json, with_lessons
from autograder.course import Course
from autograder.errors import Stop

HELP = "autograde what is new, with nbgrader, and write feedback pages"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    with_json(command)
    command.add_argument("--again", action="store_true", help="grade anew what was graded before, too")
    command.add_argument("--unsafe", action="store_true", help="run students' code without a sandbox")
    command.add_argument("--student", action="append", default=[], metavar="NAME", help="only theirs (may be repeated)")
    command.add_argument("--jobs", type=positive, metavar="N", help="graded at a time (default: one for each core)")
    command.add_argument("--cluster", default="", metavar="ADDRESS", help="have the workers of a Dask scheduler grade")


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.demo.run import scores
    from autograder.grading.run import grade, submissions
    from autograder.progress import Bar

    lessons = options.lessons or [x for x in course.lesson_ids() if submissions(course, x)]
    if not lessons:
        raise Stop(f"Nothing is collected in {course.submitted}: `autograder collect FOLDER` comes first.")
    began, counts = time.perf_counter(), [submissions(course, lesson_id) for lesson_id in lessons]
    bar = Bar(sum(len([s for s in names if not options.student or s in options.student]) for names in counts))
    results = grade(
        course,
        lessons,
        lambda result: bar.step(f"{result.student}, {result.lesson}"),
        again=options.again,
        unsafe=options.unsafe,
        students=options.student,
        at_once=options.jobs,
        cluster=options.cluster,
    )
    bar.done()
    for lesson_id in lessons:
        of_lesson = [result for result in results if result.lesson == lesson_id]
        if options.json:
            print(json.dumps([asdict(result) for result in of_lesson], ensure_ascii=False))
        else:
            print(f"{lesson_id}\n{scores(of_lesson, {})}\n")
    failed = sum(result.score is None for result in results)
    if not options.json:
        none = f"{failed} without a score, with the reason above" if failed else "every one with a score"
        print(f"{len(results)} submissions, {none}; {time.perf_counter() - began:.0f} s.")
        print(f"Feedback pages -> {course.feedback}. Next: `autograder report`.")
    return 1 if failed else 0


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
