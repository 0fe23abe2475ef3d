"""How grading many submissions scales: `python benchmarks/many.py [--count 200] [--cores 1 2] [--json] [LESSON]`.

The demo class over and over, by `autograder grade`'s own function, gradebook and feedback pages included: once for each
number of cores. Told are submissions a second and the share of the best that could be (efficiency), the time of the
last quarter against the first (1: linear), and memory: of the process that writes, at a quarter of the way and at the
end, and what the processes of one submission take on top of the warm ones. All of it wants a machine that does nothing
else; the load is told, too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from itertools import cycle, islice
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import nbformat

from autograder.authoring import lesson as lessons
from autograder.course import Course
from autograder.demo import answers, classroom
from autograder.grading.many import pool
from autograder.grading.run import grade


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", default="04_self_attention")
    parser.add_argument("--count", type=int, default=200, help="submissions (default: 200)")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2], help="one after the other (default: 1 2)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_graded(options.lesson, options.count, options.one)))
        return
    found = {}
    for cores in options.cores:
        own = [sys.executable, __file__, options.lesson, "--count", str(options.count), "--one", str(cores)]
        found[cores] = json.loads(subprocess.run(own, check=True, stdout=subprocess.PIPE).stdout)
    base = found[options.cores[0]]["a_second"] / options.cores[0]
    for cores, one in found.items():
        one["efficiency"] = one["a_second"] / cores / base
    if options.json:
        print(json.dumps({"lesson": options.lesson, "count": options.count, "cores": found}, indent=1))
        return
    print(f"{options.lesson}, {options.count} submissions")
    for cores, one in found.items():
        print(f"{cores} cores: " + ", ".join(f"{name} {value:.3g}" for name, value in one.items()))


def _graded(lesson: str, count: int, cores: int) -> dict[str, float]:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])
    with tempfile.TemporaryDirectory() as folder:
        course = Course(Course.find().root, Path(folder))
        _hand_in(course, lesson, count)
        pool.ready(course, False)
        memory = _Memory(cores)
        ends: list[float] = []
        began = time.perf_counter()
        grade(course, lesson, lambda _: (ends.append(time.perf_counter() - began), memory.writer())[0])
        memory.stop()
    quarter = count // 4
    return {
        "a_second": count / ends[-1],
        "last_quarter_against_first": (ends[-1] - ends[-1 - quarter]) / (ends[quarter] - ends[0]),
        "writer_mb_at_a_quarter": memory.writers[quarter],
        "writer_mb_at_the_end": memory.writers[-1],
        "a_submission_mb_beyond_the_warm": memory.most,
        "load": os.getloadavg()[0],
    }


def _hand_in(course: Course, lesson_id: str, count: int) -> None:
    lesson = lessons.read(course, lesson_id)
    released = nbformat.read(course.lesson(lesson_id), as_version=4)
    solved = nbformat.read(course.solutions / lesson_id / f"{lesson_id}.ipynb", as_version=4)
    make = classroom.demo_class if lesson_id == "04_self_attention" else classroom.small_class
    for number, one in enumerate(islice(cycle(make(lesson, released, answers.essays(solved))), count)):
        path = course.submitted / f"student-{number}" / lesson_id / f"{lesson_id}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(one.notebook, path)


class _Memory:
    """Megabytes: of this process after each submission, and what one submission's processes have for themselves."""

    def __init__(self, at_once: int) -> None:
        self.writers: list[float] = []
        self.most = 0.0
        self._warm = set(_children(os.getpid()))
        self._at_once, self._ended = at_once, threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def writer(self) -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.writers.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)

    def stop(self) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(0.5):
            forked = [pid for warm in self._warm for pid in descendants(warm)]
            self.most = max(self.most, sum(map(_private_mb, forked)) / self._at_once)


def _children(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it has ended
        return []


def descendants(pid: int) -> list[int]:
    own = _children(pid)
    return own + [below for child in own for below in descendants(child)]


def _private_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty"))) / 1024


if __name__ == "__main__":
    main()
