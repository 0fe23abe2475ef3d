"""What a lesson costs its reader: `python benchmarks/lessons.py [LESSON ...] [--json]`.

The solution notebook as it was built, in a real kernel on two cores, training cells included, one lesson at a time:
how long it runs from top to bottom; how long its first picture takes, from Run on its cell, and from Run on the
set-up cell, with what stands between (exercises and checks included, the kernel's start not); the most memory that the
kernel and its children take at a time; and what the released notebook weighs. Before that, what importing `classroom`
costs where torch is loaded already.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import nbformat
import psutil  # ipykernel brings it
from nbclient import NotebookClient

from autograder.authoring.lesson import source_ids
from autograder.course import Course

CORES = 2
GOALS = {"import": 0.5, "first_picture_seconds": 2.0, "megabytes": 1500, "bytes_released": 1_000_000}  # each: less than
EVERY = 0.05  # seconds between two looks at the memory
IMPORTS = {"classroom": "from classroom import check, keep, start", "pictures": "from classroom import show"}
TIMED = "import time, torch\nbegan = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"


def main() -> None:
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    os.sched_setaffinity(0, cores)  # of this process, and of the kernels that it starts
    course = Course.find()
    asked = [arg for arg in sys.argv[1:] if not arg.startswith("-")] or source_ids(course)
    imports = {name: import_seconds(course, code) for name, code in IMPORTS.items()}
    found = {lesson_id: measure(course, lesson_id) for lesson_id in asked}
    if "--json" in sys.argv:
        print(json.dumps({"cores": len(cores), "import_seconds": imports, "lessons": found}, indent=1))
        return
    print(f"{len(cores)} cores; beyond torch, classroom is imported in {imports['classroom']:.2f} s,", end=" ")
    print(f"its pictures, with matplotlib and ipywidgets, in {imports['pictures']:.2f} s")
    print(f"{'lesson':<28}{'seconds':>9}{'first picture':>15}{'from set-up':>13}{'MB':>7}{'bytes released':>16}")
    for lesson_id, row in found.items():
        first, whole = f"{row['first_picture_seconds']:.2f}", f"{row['from_set_up_seconds']:.2f}"
        measured = f"{row['seconds']:>9.1f}{first:>15}{whole:>13}{row['megabytes']:>7.0f}"
        print(f"{lesson_id:<28}{measured}{row['bytes_released']:>16,}")
    missed = [
        f"{lesson_id}: {name} is {row[name]:,}, less than {goal:,} is the goal"
        for lesson_id, row in {"import": {"import": imports["classroom"]}, **found}.items()
        for name, goal in GOALS.items()
        if name in row and row[name] >= goal
    ]
    print("\n".join(missed) or "Every goal is met.")


def import_seconds(course: Course, code: str, tries: int = 3) -> float:
    """How long a line of imports takes in a new process that has loaded torch: the best of some tries."""
    command = [sys.executable, "-c", TIMED.format(code=code)]
    said = [subprocess.run(command, cwd=course.root, capture_output=True, check=True).stdout for _ in range(tries)]
    return round(min(map(float, said)), 3)


def measure(course: Course, lesson_id: str) -> dict[str, float]:
    """Run the solved lesson once. Raises nbclient's CellExecutionError where a cell fails."""
    notebook = nbformat.read(course.solutions / lesson_id / f"{lesson_id}.ipynb", as_version=4)
    marks: dict[str, float] = {}

    def started(cell: nbformat.NotebookNode, **_: object) -> None:
        marks.setdefault(cell.id, time.perf_counter())
        if "set-up" in cell.metadata.get("tags", []):
            marks["set-up"] = time.perf_counter()

    def executed(cell: nbformat.NotebookNode, **_: object) -> None:
        if "picture" not in marks and any("image/png" in o.get("data", {}) for o in cell.get("outputs", [])):
            marks.update({"picture": time.perf_counter(), "run": marks[cell.id]})

    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        store_widget_state=False,
        extra_arguments=["--log-level=40"],  # the kernel's own warnings are none of the lesson's
        on_cell_execute=started,
        on_cell_executed=executed,
    )
    began = time.perf_counter()
    # in a folder of its own, without the checkpoint of an earlier run
    with tempfile.TemporaryDirectory(prefix=".build-", dir=course.root) as empty, PeakOfChildren() as peak:
        client.execute(cwd=empty)
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 2),
        "first_picture_seconds": round(marks["picture"] - marks["run"], 2),
        "from_set_up_seconds": round(marks["picture"] - marks["set-up"], 2),
        "megabytes": round(peak.bytes / 2**20, 1),
        "bytes_released": course.lesson(lesson_id).stat().st_size,
    }


class PeakOfChildren:
    """The most memory that all processes below this one hold at a time, looked at while the `with` runs."""

    def __enter__(self) -> PeakOfChildren:
        self.bytes = 0
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            self.bytes = max(self.bytes, sum(map(_resident, psutil.Process().children(recursive=True))))


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:  # it has just ended
        return 0


if __name__ == "__main__":
    main()
