"""What attacks gain on plain nbgrader and here, side by side: `python benchmarks/attacks.py [--json]`. Four minutes.

Each is a notebook of lesson 4, handed in once to `nbgrader autograde` with nbgrader's own Execute and once to the
sealed grader, on a copy of the course that is thrown away; told are the points of the gradebook. All are from
`tests/attacks`, where there are more: those that would harm the machine on plain nbgrader are not run here.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import nbformat
from attacks.exam import LESSON, course_with_secrets, made, right
from attacks.test_scores import ANSWERS, ANYTHING, ASK, DISPLAYHOOK, EQUAL, PATCHED_RUNNER, PATCHES, TRANSFORMER
from attacks.test_secrets import RUN_IT
from both_graders import as_plain_nbgrader
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from autograder import nbgrader_api
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.run import grade, prepare

ONE_POINT = DISPLAYHOOK.replace("displayhook(2)", "displayhook(1)")
RUN_SOLUTION = RUN_IT.replace(f'"{LESSON}.ipynb"', f'"solutions/{LESSON}/{LESSON}.ipynb"')
FIFTY = """
import sqlite3
try:
    with sqlite3.connect("{path}", timeout=1) as book:
        book.execute("UPDATE grade SET extra_credit = 50")
except sqlite3.Error as error:
    print(error)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = course_with_secrets(Path(folder))
        notebooks = _notebooks(course)
        sealed = _sealed(Course(course.root, Path(folder) / "sealed"), notebooks)
        as_plain_nbgrader()
        plain = _plain(Course(course.root, Path(folder) / "plain"), notebooks)
    found = {what: {"plain": plain[what], "sealed": sealed[what]} for what in notebooks}
    if options.json:
        print(json.dumps(found, indent=1))
        return
    print("  plain  sealed  of 18 points")
    for what, of in found.items():
        print(f"{of['plain']:>7}{of['sealed']:>8}  {what}")


def _notebooks(course: Course) -> dict[str, NotebookNode]:
    answers, none = right(course), dict.fromkeys(ANSWERS, "pass")
    own_points = dict.fromkeys(("project", "scores", "by_hand", "attention", "padding_mask"), ONE_POINT)
    return {
        "nothing solved": made(course),
        "all solved": made(course, answers),
        "solved, and stopped by os._exit in the middle": made(
            course, answers, before={"attention": "import os\nos._exit(0)"}
        ),
        "torch's comparisons and the checks replaced": made(course, none, first=PATCHES),
        "IPython told to blank later cells": made(course, none, first=TRANSFORMER),
        "functions that show their own points": made(course, own_points),
        "objects that are equal to everything": made(course, none, first=EQUAL + ANYTHING + " Anything()"),
        "an object that answers the checks itself": made(course, none, first=ASK + ANYTHING + " Knowing()"),
        "answers from the published recordings": made(
            course, {**none, "project": "def project(*a): return a"}, first=PATCHED_RUNNER
        ),
        "the solution run from the instructor's disk": made(course, none, first=RUN_SOLUTION),
        "extra credit written into the gradebook": made(course, none, first=FIFTY),
    }


def _handed_in(course: Course, notebooks: dict[str, NotebookNode]) -> list[str]:
    students = [f"student-{number:02}" for number in range(len(notebooks))]
    for student, nb in zip(students, notebooks.values(), strict=True):
        path = course.submitted / student / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(nbformat.writes(nb).replace("{path}", str(course.gradebook)))
    return students


def _sealed(course: Course, notebooks: dict[str, NotebookNode]) -> dict[str, str]:
    students = _handed_in(course, notebooks)
    grade(course, LESSON)
    return {what: _points(course, student) for what, student in zip(notebooks, students, strict=True)}


def _plain(course: Course, notebooks: dict[str, NotebookNode]) -> dict[str, str]:
    prepare(course, LESSON)
    found = {}
    for what, student in zip(notebooks, _handed_in(course, notebooks), strict=True):
        try:
            nbgrader_api.autograde(course, LESSON, student)
        except Stop as stop:
            print(f"{what}: {stop}", file=sys.stderr)
        found[what] = _points(course, student)
    return found


def _points(course: Course, student: str) -> str:
    """Those of the gradebook, extra credit included; "none" where it has no score."""
    with Gradebook(course.db_url) as book:
        try:
            grades = [g for nb in book.find_submission(LESSON, student).notebooks for g in nb.grades]
        except MissingEntry:
            return "none"
        scored = any(grade.auto_score is not None for grade in grades)
        return f"{sum((g.auto_score or 0) + (g.extra_credit or 0) for g in grades):g}" if scored else "none"


if __name__ == "__main__":
    main()
