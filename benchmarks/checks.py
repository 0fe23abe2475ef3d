"""How long a check takes, after import: `python benchmarks/checks.py [--json]`.

For each probe of the course, the seconds of the first call (which reads the recording) and the median of ten more, with
the reference solution.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import statistics
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from autograder.authoring.lesson import namespace, read, source_ids
from autograder.course import Course
from classroom import check
from classroom.checking import records


def main() -> None:
    course, found = Course.find(), {}
    for lesson_id in source_ids(course):
        lesson = read(course, lesson_id)
        scope = namespace(lesson)
        for exercise in lesson.exercises:
            for probe in exercise.probes:
                found[probe.name] = measure(probe.name, scope[exercise.target])
    if "--json" in sys.argv:
        print(json.dumps(found, indent=1))
        return
    print(f"{'check':<24}{'first':>9}{'then':>9}   seconds, {len(records.names())} probes")
    for name, (first, then) in found.items():
        print(f"{name:<24}{first:>9.3f}{then:>9.3f}")


def measure(name: str, target: object) -> tuple[float, float]:
    seconds = []
    for _ in range(11):
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            check(name, target)
        seconds.append(time.perf_counter() - began)
    return seconds[0], statistics.median(seconds[1:])


if __name__ == "__main__":
    main()
