"""How long a submission takes to grade: `python benchmarks/grading.py [--json] [--count 20] [--stock 5] [LESSON ...]`.

On one processor, the demo class over and over. Each way runs in a process of its own, once with one submission and
once with all; what is told is the difference for each further submission, so starting is not in it. Seconds of the
clock depend on what else the machine does; seconds of the processor, of every process of that way, hardly do.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import nbformat

from autograder import nbgrader_api
from autograder.authoring import lesson as lessons
from autograder.course import Course
from autograder.demo import answers, classroom
from autograder.grading.run import prepare
from autograder.grading.task import exam_paper, grade

WAYS = {
    "stock": "nbgrader autograde with its own Execute",
    "nbgrader": "nbgrader autograde with the sealed grader: gradebook and files as above",
    "sealed": "the sealed grader alone, in its sandbox",
    "unsafe": "the same without the sandbox",
    "limit": "all cells in a warm process that is forked for each: nothing sealed, nothing kept",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", default=["04_self_attention", "03_positional_encoding"])
    parser.add_argument("--count", type=int, default=20, help="submissions (default: 20)")
    parser.add_argument("--stock", type=int, default=5, help="submissions that plain nbgrader grades (default: 5)")
    parser.add_argument("--bare", action="store_true", help="empty the cells that are there to be looked at")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        _WAYS[options.way](options.lessons[0], options.count, options.bare)
        return
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # processes that outlive their way are waited for here, and counted
    found = {lesson: _measured(lesson, options.count, options.stock, options.bare) for lesson in options.lessons}
    if options.json:
        print(json.dumps({"load": os.getloadavg()[0], "lessons": found}, indent=1))
        return
    for lesson, ways in found.items():
        print(f"\n{lesson}, seconds a submission (load of the machine: {os.getloadavg()[0]:.1f})")
        print(f"{'clock':>9}{'processor':>11}{'stock / it':>12}   ")
        for way, (clock, processor) in ways.items():
            print(f"{clock:>9.3f}{processor:>11.3f}{ways['stock'][1] / processor:>11.1f}x   {way}: {WAYS[way]}")


def _measured(lesson: str, count: int, stock: int, bare: bool) -> dict[str, tuple[float, float]]:
    ways = {}
    for way in WAYS:
        many = stock if way == "stock" else count
        one, all = _run(way, lesson, 1, bare), _run(way, lesson, many, bare)
        ways[way] = tuple((b - a) / (many - 1) for a, b in zip(one, all, strict=True))
    return ways


def _run(way: str, lesson: str, count: int, bare: bool) -> tuple[float, float]:
    """Seconds of the clock, and of the processor in all processes."""
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    more = ["--bare"] if bare else []
    subprocess.run([sys.executable, __file__, lesson, "--way", way, "--count", str(count), *more], check=True)
    clock = time.perf_counter() - began
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        pass
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def _class(course: Course, lesson_id: str, count: int, bare: bool) -> Iterator[tuple[str, nbformat.NotebookNode]]:
    lesson = lessons.read(course, lesson_id)
    released = nbformat.read(course.lesson(lesson_id), as_version=4)
    solved = nbformat.read(course.solutions / lesson_id / f"{lesson_id}.ipynb", as_version=4)
    make = classroom.demo_class if lesson_id == "04_self_attention" else classroom.small_class
    submissions = make(lesson, released, answers.essays(solved))
    for number, submission in enumerate(islice(cycle(submissions), count)):
        for cell in submission.notebook.cells if bare else ():
            tags = cell.metadata.get("tags", [])
            if cell.cell_type == "code" and "nbgrader" not in cell.metadata and not {"set-up", "imports"} & {*tags}:
                cell.source = ""
        yield f"student-{number}", submission.notebook


def _through_nbgrader(stock: bool) -> Callable[[str, int, bool], None]:
    def way(lesson: str, count: int, bare: bool) -> None:
        with tempfile.TemporaryDirectory() as folder:
            course = Course(Course.find().root, Path(folder))
            configuration = nbgrader_api.configuration

            def configured(course: Course):
                config = configuration(course)
                steps = config.Autograde.autograde_preprocessors
                own = ["nbgrader.preprocessors.Execute"] if stock else steps[:1]
                config.Autograde.autograde_preprocessors = own + steps[1:]
                return config

            nbgrader_api.configuration = configured
            prepare(course, lesson)
            for student, notebook in _class(course, lesson, count, bare):
                path = course.submitted / student / lesson / f"{lesson}.ipynb"
                path.parent.mkdir(parents=True)
                nbformat.write(notebook, path)
                nbgrader_api.autograde(course, lesson, student)

    return way


def _sealed(unsafe: bool) -> Callable[[str, int, bool], None]:
    def way(lesson: str, count: int, bare: bool) -> None:
        course = Course.find()
        paper = exam_paper(course, lesson)
        for student, notebook in _class(course, lesson, count, bare):
            grade(paper, nbformat.writes(notebook).encode(), lesson, student, unsafe=unsafe)

    return way


def _limit(lesson: str, count: int, bare: bool) -> None:
    from autograder.grading import judge
    from autograder.grading.answers import rebuild
    from autograder.grading.exam import warm
    from autograder.grading.exam.cells import inline_pictures, make_shell, run

    warm._import_what_lessons_use(warm.LAZY_IN_TRAINING)
    shell = make_shell()
    inline_pictures(shell)
    warm._warm(shell)
    judge.preload(lesson, "", [])
    course = Course.find()
    master = nbformat.reads(exam_paper(course, lesson).decode(), as_version=4)
    for student, notebook in _class(course, lesson, count, bare):
        child = os.fork()
        if child == 0:
            judge.SUBMISSION = f"{student}/{lesson}"
            for cell in rebuild(master, notebook)[0].cells:
                if cell.cell_type == "code":
                    run(shell, cell.source, 2**21)
            os._exit(0)
        os.waitpid(child, 0)


_WAYS = {
    "stock": _through_nbgrader(stock=True),
    "nbgrader": _through_nbgrader(stock=False),
    "sealed": _sealed(unsafe=False),
    "unsafe": _sealed(unsafe=True),
    "limit": _limit,
}

if __name__ == "__main__":
    main()
