"""The instructor's command: `autograder build | probes | collect | grade | report | demo`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from autograder.course import Course
from autograder.errors import Stop


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Exit code 0 done; 1 done, and something was refused or not proved; 2 could not be done."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a lesson's tensors are small: threads only wait for each other
    try:
        course = Course.find()
        if options.class_dir:
            course = Course(course.root, Path(options.class_dir))
        return options.run(course, options)
    except Stop as stop:
        print(f"autograder: {stop}", file=sys.stderr)
    except KeyboardInterrupt:
        print("autograder: stopped; what was done is kept. The same command goes on from there.", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)  # and do not wait for submissions that are being graded: nothing of them is kept
    except PermissionError as error:
        print(f"autograder: no permission to write {error.filename}; nothing there was changed.", file=sys.stderr)
    return 2


def _build(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.build import build, install
    from autograder.authoring.lesson import source_ids

    for lesson_id in options.lessons or source_ids(course):
        built = build(course, lesson_id)
        changed = install(course, built)
        print(f"{lesson_id}: ran solved in {built.seconds:.0f} s; {len(changed)} of {len(built.files)} files changed")
        for name in changed:
            print(f"  {name}")
    print("Next: `autograder probes` proves the checks; students open lessons/.")
    return 0


def _probes(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.lesson import read, source_ids
    from autograder.authoring.prove import Tally, prove, table

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


def _collect(course: Course, options: argparse.Namespace) -> int:
    from autograder.intake.collect import collect

    receipts = collect(Path(options.source), course)
    if options.json:
        print(json.dumps([asdict(receipt) for receipt in receipts], ensure_ascii=False))
    for receipt in [] if options.json else receipts:
        print(f"{receipt.verdict:<10}{receipt.student:<20}{receipt.file}")
        for note in receipt.notes:
            print(f"{'':<10}{note}")
    refused = sum(receipt.verdict == "refused" for receipt in receipts)
    if not options.json:
        print(f"{len(receipts) - refused} taken in, {refused} refused -> {course.submitted}. Next: `autograder grade`.")
    return 1 if refused else 0


def _grade(course: Course, options: argparse.Namespace) -> int:
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


def _report(course: Course, options: argparse.Namespace) -> int:
    from autograder import nbgrader_api
    from autograder.grading.run import submissions
    from autograder.returns.class_page.report import write_report

    lessons = options.lessons or [x for x in course.lesson_ids() if submissions(course, x)]
    if not lessons:
        raise Stop(f"Nothing is collected in {course.submitted}: `autograder collect FOLDER` comes first.")
    for lesson_id in lessons:  # points and comments given by hand since the last time belong on the pages
        for page in course.autograded.glob(f"*/{lesson_id}/{lesson_id}.ipynb"):
            nbgrader_api.feedback(course, lesson_id, page.parent.parent.name)
    print(f"Feedback pages -> {course.feedback}\nThe class page -> {write_report(course, lessons)}")
    return 0


def _demo(course: Course, options: argparse.Namespace) -> int:
    from autograder.demo.run import demo

    demo(course)
    return 0


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description="Build, prove, collect, grade and report.")
    parser.add_argument("--class-dir", help="the folder of the class (default: autograder/class)")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, run: object, help: str, lessons: bool = True, json: bool = False) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.set_defaults(run=run)
        if lessons:
            command.add_argument(
                "lessons", nargs="*", metavar="LESSON", help="such as 04_self_attention (default: all)"
            )
        if json:
            command.add_argument("--json", action="store_true", help="print JSON, for a script")
        return command

    add("build", _build, "make notebooks, recorded checks and released lessons from the sources")
    add("probes", _probes, "prove the checks against every known wrong and right solution", json=True)
    collect = add(
        "collect",
        _collect,
        "take in submissions: a folder, or a zip of one, with one sub-folder a student",
        False,
        True,
    )
    collect.add_argument("source", metavar="FOLDER_OR_ZIP")
    grade = add("grade", _grade, "autograde what is new, with nbgrader, and write feedback pages", json=True)
    grade.add_argument("--again", action="store_true", help="grade anew what was graded before, too")
    grade.add_argument("--unsafe", action="store_true", help="run students' code without a sandbox")
    grade.add_argument("--student", action="append", default=[], metavar="NAME", help="only theirs (may be repeated)")
    grade.add_argument("--jobs", type=_positive, metavar="N", help="graded at a time (default: one for each core)")
    grade.add_argument("--cluster", default="", metavar="ADDRESS", help="have the workers of a Dask scheduler grade")
    add("report", _report, "write the class page, and the feedback pages anew")
    add("demo", _demo, "all of it, on a class of twelve made from the bank", False)
    return parser


if __name__ == "__main__":
    sys.exit(main())
