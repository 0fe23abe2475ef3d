"""`autograder demo`: the whole way of a class, on submissions made from the banks of the lessons."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import nbformat

from autograder.authoring import lesson as lessons
from autograder.authoring.build import build, install
from autograder.course import Course
from autograder.demo import answers, classroom
from autograder.grading.run import Graded, grade
from autograder.intake.collect import collect
from autograder.progress import Bar
from autograder.returns.class_page.report import write_report

LESSON = "04_self_attention"  # twelve students hand in this one, three of them the others


def demo(course: Course) -> None:
    """Build a lesson, make the class, collect, grade, write feedback and the class page; print scores and where to
    look. The class lives in a folder of its own, `autograder/class/demo`; a class of yours is not touched."""
    began = time.perf_counter()
    folder = course.class_dir / "demo"
    course = Course(course.root, folder, f"sqlite:///{folder / 'gradebook.db'}")  # never in the gradebook of a class
    print(f"1  Building {LESSON} from its source ...")
    built = build(course, LESSON)
    changed = install(course, built)
    print(f"   ran solved in {built.seconds:.0f} s; {_changed(changed)}")

    if course.class_dir.exists():
        shutil.rmtree(course.class_dir)
    handed_in = course.class_dir / "handed_in"
    classes = {lesson_id: _made(course, lesson_id) for lesson_id in course.lesson_ids()}
    for lesson_id, submissions in classes.items():
        classroom.write(submissions, lesson_id, handed_in)
    count = sum(map(len, classes.values()))
    print(f"2  Made {count} submissions of {len(classes)} lessons from the banks -> {_short(course, handed_in)}")

    receipts = collect(handed_in, course)
    kinds = {kind: sum(r.verdict == kind for r in receipts) for kind in ("accepted", "repaired", "refused")}
    print("3  Collected: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items()))

    print("4  Grading with nbgrader ...")
    bar = Bar(count)
    results = grade(course, list(classes), each=lambda result: bar.step(f"{result.student}, {result.lesson}"))
    bar.done()
    page = write_report(course, list(classes))
    print("5  Wrote a feedback page for each student, and the class page\n")
    for lesson_id, submissions in classes.items():
        of_lesson = [result for result in results if result.lesson == lesson_id]
        print(f"{lesson_id}\n{scores(of_lesson, {s.student: s.about for s in submissions})}\n")
    print(f"The class page:   {_short(course, page)}")
    print(f"A feedback page:  {_short(course, course.feedback / 'chloe' / LESSON / (LESSON + '.html'))}")
    print(f"Took {time.perf_counter() - began:.0f} s.")


def _made(course: Course, lesson_id: str) -> list[classroom.Submission]:
    lesson = lessons.read(course, lesson_id)
    released = nbformat.read(course.lesson(lesson_id), as_version=4)
    solved = nbformat.read(course.solutions / lesson_id / f"{lesson_id}.ipynb", as_version=4)
    make = classroom.demo_class if lesson_id == LESSON else classroom.small_class
    return make(lesson, released, answers.essays(solved))


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
