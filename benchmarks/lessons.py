"""How long each solved lesson runs from top to bottom, and how much memory its kernel takes at most:
`python benchmarks/lessons.py [LESSON ...] [--json]`.

The solution notebook as it was built, in a real kernel on all cores, training cells included, one lesson at a time.
"""

from __future__ import annotations

import json
import os
import sys
import time

import nbformat
from nbclient import NotebookClient

from autograder.authoring.lesson import source_ids
from autograder.course import Course

PEAK = "__import__('resource').getrusage(__import__('resource').RUSAGE_SELF).ru_maxrss"  # kB, on Linux


def main() -> None:
    course = Course.find()
    asked = [arg for arg in sys.argv[1:] if not arg.startswith("-")] or source_ids(course)
    found = {lesson_id: measure(course, lesson_id) for lesson_id in asked}
    if "--json" in sys.argv:
        print(json.dumps({"cores": len(os.sched_getaffinity(0)), "lessons": found}, indent=1))
        return
    print(f"{'lesson':<28}{'seconds':>9}{'MB':>7}{'kB released':>13}")
    for lesson_id, row in found.items():
        print(f"{lesson_id:<28}{row['seconds']:>9.1f}{row['megabytes']:>7.0f}{row['kilobytes_released']:>13.0f}")


def measure(course: Course, lesson_id: str) -> dict[str, float]:
    """Run the solved lesson once. Raises nbclient's CellExecutionError where a cell fails."""
    notebook = nbformat.read(course.solutions / lesson_id / f"{lesson_id}.ipynb", as_version=4)
    asks = nbformat.v4.new_code_cell(PEAK)
    notebook.cells.append(asks)
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", store_widget_state=False)
    began = time.perf_counter()
    client.execute(cwd=str(course.root))
    seconds = time.perf_counter() - began
    peak = int(asks.outputs[0].data["text/plain"])
    released = course.root / "lessons" / lesson_id / f"{lesson_id}.ipynb"
    return {
        "seconds": round(seconds, 2),
        "megabytes": round(peak / 1024, 1),
        "kilobytes_released": round(released.stat().st_size / 1024, 1),
    }


if __name__ == "__main__":
    main()
