"""`autograder grade`: scores in nbgrader's gradebook, and feedback pages."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict

from autograder.commands.options import collected_lessons, with_grading, with_json, with_lessons
from autograder.course import Course

HELP = "autograde what is new, with nbgrader, and write feedback pages"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    with_json(command)
    command.add_argument("--again", action="store_true", help="grade anew what was graded before, too")
    with_grading(command)


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.demo.run import scores
    from autograder.grading.run import grade, submissions
    from autograder.progress import Bar

    lessons = collected_lessons(course, options)
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
