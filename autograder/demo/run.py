"""`autograder demo`: the whole way of a class, on twelve submissions made from the bank."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import nbformat

from autograder.authoring import lesson as lessons
from autograder.authoring.build import build, install
from autograder.course import Course
from autograder.demo import classroom
from autograder.grading.run import Graded, grade
from autograder.intake.collect import collect
from autograder.progress import Bar
from autograder.returns.report import write_report

LESSON = "04_self_attention"


def demo(course: Course) -> None:
    """Build the lesson, make the class, collect, grade, write feedback and the class page; print scores and where to
    look. The class lives in a folder of its own, `autograder/class/demo`; a class of yours is not touched."""
    began = time.perf_counter()
    course = Course(course.root, course.class_dir / "demo")
    print(f"1  Building {LESSON} from its source ...")
    built = build(course, LESSON)
    changed = install(course, built)
    print(f"   ran solved in {built.seconds:.0f} s; {_changed(changed)}")

    lesson = lessons.read(course, LESSON)
    released = nbformat.read(course.lesson(LESSON), as_version=4)
    solved = nbformat.read(course.solutions / LESSON / f"{LESSON}.ipynb", as_version=4)
    class_of_twelve = classroom.demo_class(lesson, released, classroom.essays(solved))
    if course.class_dir.exists():
        shutil.rmtree(course.class_dir)
    handed_in = course.class_dir / "handed_in"
    classroom.write(class_of_twelve, LESSON, handed_in)
    print(f"2  Made a class of {len(class_of_twelve)} from the bank of solutions -> {_short(course, handed_in)}")

    receipts = collect(handed_in, course)
    kinds = {kind: sum(r.verdict == kind for r in receipts) for kind in ("accepted", "repaired", "refused")}
    print("3  Collected: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items()))

    print("4  Grading with nbgrader ...")
    bar = Bar(len(class_of_twelve))
    results = grade(course, LESSON, each=lambda result: bar.step(result.student))
    bar.done()
    page = write_report(course, [LESSON])
    print("5  Wrote a feedback page for each student, and the class page\n")
    print(scores(results, {s.student: s.about for s in class_of_twelve}))
    print(f"\nThe class page:   {_short(course, page)}")
    print(f"A feedback page:  {_short(course, course.feedback / 'chloe' / LESSON / (LESSON + '.html'))}")
    print(f"Took {time.perf_counter() - began:.0f} s.")


def scores(results: list[Graded], about: dict[str, str]) -> str:
    """The table of scores: a line a student."""
    lines = [f"{'student':<10}{'score':>12}   about", "-" * 60]
    for result in results:
        score = f"{result.score:g} of {result.points:g}" if result.score is not None else "no score"
        more = f"   {result.reason}" if result.reason else ""
        lines.append(f"{result.student:<10}{score:>12}   {about.get(result.student, '')}{more}")
    if any(result.waiting for result in results):
        lines.append(
            "(written answers still wait for a person, in the formgrader: their points are not in these scores)"
        )
    return "\n".join(lines)


def _changed(files: list[str]) -> str:
    return f"changed {', '.join(files)}" if files else "nothing has changed"


def _short(course: Course, path: Path) -> str:
    return str(path.relative_to(course.root)) if path.is_relative_to(course.root) else str(path)
