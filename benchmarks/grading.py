"""How long a submission takes to grade: `python benchmarks/grading.py [--json] [--count 20] [--stock 5] [LESSON ...]`.

On one processor, the demo class over and over. A few submissions are graded in one way, then in the next, and so on
before the next few are, so that whatever else the machine does meets all ways alike; what is done once (starting,
importing, the inputs of the sealed tests) is done before. Told are the means: seconds of the clock, and of the
processor in all processes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count as numbers
from pathlib import Path
from statistics import mean

os.environ.setdefault("OMP_NUM_THREADS", "1")

import nbformat
from both_graders import as_plain_nbgrader
from many import descendants
from nbformat import NotebookNode
from nbgrader.utils import is_grade

from autograder import nbgrader_api
from autograder.authoring import lesson as lessons
from autograder.course import Course
from autograder.demo import answers, classroom
from autograder.grading import judge
from autograder.grading.run import prepare
from autograder.grading.task import exam_paper, grade

WAYS = {
    "stock": "nbgrader autograde with its own Execute",
    "nbgrader": "nbgrader autograde with the sealed grader: gradebook and files as above",
    "sealed": "the sealed grader alone, in its sandbox",
    "unsafe": "the same without the sandbox",
    "limit": "all cells in a warm process that is forked for each: nothing sealed, nothing kept",
}
IN_A_ROW = 5  # the next one finds the caches of the processor as the last has left them
Grades = Callable[[str, NotebookNode], None]
Seconds = tuple[float, float]  # of the clock, of the processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", default=["04_self_attention", "03_positional_encoding"])
    parser.add_argument("--count", type=int, default=20, help="submissions (default: 20)")
    parser.add_argument("--stock", type=int, default=5, help="how many of them plain nbgrader grades (default: 5)")
    parser.add_argument("--bare", action="store_true", help="empty the cells that are there to be looked at")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        _serve(options.way, options.lessons[0], options.bare)
        return
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found = {lesson: _measured(lesson, options.count, options.stock, options.bare) for lesson in options.lessons}
    if options.json:
        print(json.dumps({"load": os.getloadavg()[0], "lessons": found}, indent=1))
        return
    for lesson, ways in found.items():
        print(f"\n{lesson}, seconds a submission (load of the machine: {os.getloadavg()[0]:.1f})")
        print(f"{'clock':>9}{'processor':>11}{'stock / it':>12}   ")
        for way, (clock, processor) in ways.items():
            print(f"{clock:>9.3f}{processor:>11.3f}{ways['stock'][1] / processor:>11.1f}x   {way}: {WAYS[way]}")


def _measured(lesson: str, count: int, stock: int, bare: bool) -> dict[str, Seconds]:
    first = _one_of_each_version(lesson)
    with contextlib.ExitStack() as stack:
        ways = {way: stack.enter_context(_Way(way, lesson, bare)) for way in WAYS}
        for way in ways.values():
            for number, student in enumerate(first[:1] if way.slow else first):
                way.seconds(student, number)
        found: dict[str, list[Seconds]] = {name: [] for name in ways}
        rounds = max(count // IN_A_ROW, 1)
        for start in range(0, count, IN_A_ROW):
            for name, way in ways.items():
                many = max(stock // rounds, 1) if name == "stock" else IN_A_ROW
                for number in range(start, min(start + many, count)):
                    found[name].append(way.seconds(f"student-{number}", number))
    return {name: tuple(map(mean, zip(*seconds, strict=True))) for name, seconds in found.items()}


def _one_of_each_version(lesson: str) -> list[str]:
    """Students who between them are asked all versions of the sealed inputs."""
    names: dict[int, str] = {}
    for number in numbers():
        names.setdefault(judge.version(f"first-{number}/{lesson}"), f"first-{number}")
        if len(names) == judge.VERSIONS:
            return list(names.values())


class _Way:
    """A process that grades submissions in one way, when it is told to."""

    def __init__(self, way: str, lesson: str, bare: bool) -> None:
        self.slow = way in ("stock", "limit")
        command = [sys.executable, __file__, lesson, "--way", way, *(["--bare"] if bare else [])]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> _Way:
        return self

    def seconds(self, student: str, number: int) -> Seconds:
        self._process.stdin.write(json.dumps([student, number]) + "\n")
        self._process.stdin.flush()
        return tuple(json.loads(self._process.stdout.readline()))

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def _serve(way: str, lesson: str, bare: bool) -> None:
    """Grade what is asked for, line by line; what the grading itself prints does not come between."""
    said, sys.stdout = sys.stdout, sys.stderr
    notebooks = _class(lesson, bare)
    with _WAYS[way](lesson) as grades:
        for line in sys.stdin:
            student, number = json.loads(line)
            began, used = time.perf_counter(), _processor()
            grades(student, notebooks[number % len(notebooks)])
            print(json.dumps([time.perf_counter() - began, _processor() - used]), file=said, flush=True)


def _processor() -> float:
    """Seconds of the processor that this process has used, with all that it has started."""
    found = 0
    for pid in (os.getpid(), *descendants(os.getpid())):
        with contextlib.suppress(OSError):  # it has ended, and stands in its parent's sum
            found += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return found / os.sysconf("SC_CLK_TCK")


def _class(lesson_id: str, bare: bool) -> list[NotebookNode]:
    course = Course.find()
    lesson = lessons.read(course, lesson_id)
    released = nbformat.read(course.lesson(lesson_id), as_version=4)
    solved = nbformat.read(course.solutions / lesson_id / f"{lesson_id}.ipynb", as_version=4)
    make = classroom.demo_class if lesson_id == "04_self_attention" else classroom.small_class
    notebooks = [submission.notebook for submission in make(lesson, released, answers.essays(solved))]
    for cell in (cell for notebook in notebooks for cell in notebook.cells if bare):
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata and not {"set-up", "imports"} & {*tags}:
            cell.source = ""
    return notebooks


@contextlib.contextmanager
def _through_nbgrader(lesson: str, stock: bool = False):
    if stock:
        as_plain_nbgrader()
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Course.find().root, Path(folder))
        prepare(course, lesson)

        def grades(student: str, notebook: NotebookNode) -> None:
            path = course.submitted / student / lesson / f"{lesson}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(notebook, path)
            nbgrader_api.autograde(course, lesson, student)

        yield grades


@contextlib.contextmanager
def _sealed(lesson: str, unsafe: bool = False):
    paper = exam_paper(Course.find(), lesson)
    yield lambda student, notebook: grade(paper, nbformat.writes(notebook).encode(), lesson, student, unsafe=unsafe)


@contextlib.contextmanager
def _limit(lesson: str):
    from autograder.grading.answers import rebuild
    from autograder.grading.exam import warm
    from autograder.grading.exam.cells import inline_pictures, make_shell, run

    warm._import_what_lessons_use(warm.LAZY_IN_TRAINING)
    shell = make_shell()
    inline_pictures(shell)
    warm._warm(shell)
    master = nbformat.reads(exam_paper(Course.find(), lesson).decode(), as_version=4)
    for student in _one_of_each_version(lesson):
        judge.preload(lesson, f"{student}/{lesson}", [cell.source for cell in master.cells if is_grade(cell)])

    def grades(student: str, notebook: NotebookNode) -> None:
        child = os.fork()
        if child == 0:
            judge.SUBMISSION = f"{student}/{lesson}"
            for cell in rebuild(master, notebook)[0].cells:
                if cell.cell_type == "code":
                    run(shell, cell.source, 2**21)
            os._exit(0)
        os.waitpid(child, 0)

    yield grades


_WAYS = {
    "stock": lambda lesson: _through_nbgrader(lesson, stock=True),
    "nbgrader": _through_nbgrader,
    "sealed": _sealed,
    "unsafe": lambda lesson: _sealed(lesson, unsafe=True),
    "limit": _limit,
}

if __name__ == "__main__":
    main()
