"""A course with a secret in every place where there is one, and submissions that go after it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import determine_grade, is_grade, is_solution

from autograder.authoring import lesson as lessons
from autograder.course import Course
from autograder.demo.answers import filled
from autograder.grading.limits import Limits
from autograder.grading.task import exam_paper, grade

LESSON = "04_self_attention"
CANARY = "canary-5eed0fa11ce7beef"
SEEN = re.compile(rb"canary-[0-9a-f]{16}")
LONG = Limits(cell_seconds=120, notebook_seconds=300, memory_mb=700, processes=30, output_kb=300)
SHORT = replace(LONG, cell_seconds=10, cpu_seconds=30)  # for what would never end


def course_with_secrets(folder: Path) -> Course:
    """A copy of the course with the canary in the hidden tests, the solutions, the probes, the gradebook, another's
    submission, and files near by; everything as whoever grades has it."""
    root = folder / "course"
    ours = Course.find().root
    for name in ("classroom", "assets", "lessons", "autograder", "solutions"):
        shutil.copytree(ours / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "class", "*.png"))
    shutil.copy(ours / "nbgrader_config.py", root)
    course = Course(root)
    source = course.solutions / LESSON / f"{LESSON}.ipynb"
    nb = nbformat.read(source, as_version=4)
    for cell in nb.cells:
        if is_grade(cell) and "BEGIN HIDDEN TESTS" in cell.source:
            cell.source = cell.source.replace("### END HIDDEN", f'secret = "{CANARY}"\n### END HIDDEN')
        elif is_solution(cell):
            cell.source += f"\n# {CANARY}"
    nbformat.write(nb, source)
    with open(course.solutions / LESSON / "probes.py", "a") as file:
        file.write(f'\nSECRET = ["{CANARY}"] * 3\n')
    (course.submitted / "bob" / LESSON).mkdir(parents=True)
    (course.submitted / "bob" / LESSON / f"{LESSON}.ipynb").write_text(CANARY)
    (root / ".env").write_text(CANARY)
    (folder / "beside.txt").write_text(CANARY)
    with sqlite3.connect(course.gradebook) as book:
        book.execute("create table grade (points text)")
        book.execute("insert into grade values (?)", (CANARY,))
    for path in root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return course


@dataclass(frozen=True)
class Result:
    """What came of one submission. shown: all that the student could be shown of the notebook's outputs."""

    notebook: NotebookNode
    scores: dict[str, float]
    flags: tuple[str, ...]
    reason: str
    shown: str

    @property
    def score(self) -> float:
        return sum(self.scores.values())


def blank(course: Course) -> NotebookNode:
    """The released lesson as a student may hand it in: nothing solved, the cells that only draw emptied."""
    nb = nbformat.read(course.lesson(LESSON), as_version=4)
    for cell in nb.cells:
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata and cell.id not in ("set-up", "imports"):
            cell.source = ""
    return nb


def right(course: Course) -> dict[str, str]:
    """Right answers, by grade_id."""
    lesson = lessons.read(course, LESSON)
    return {cell: source for cell, source in lesson.cells if cell}


def made(
    course: Course,
    answers: dict[str, str] | None = None,
    first: str = "",
    last: str = "",
    before: dict[str, str] | None = None,
    nb: NotebookNode | None = None,
) -> NotebookNode:
    """The lesson with these answers and cells of the student's own: first, last, and before a grade_id."""
    nb = filled(nb or blank(course), answers or {})
    cells = []
    for cell in nb.cells:
        if cell.id in (before or {}):
            cells.append(new_code_cell(before[cell.id], id=f"own-before-{cell.id}"))
        cells.append(cell)
    mine = [[new_code_cell(source, id=f"own-{name}")] if source else [] for name, source in (("a", first), ("z", last))]
    nb.cells = [*cells[:3], *mine[0], *cells[3:], *mine[1]]  # after the set-up and the imports
    return nb


def hand_in(
    course: Course,
    answers: dict[str, str] | None = None,
    limits: Limits = LONG,
    student: str = "mallory",
    **parts: Any,
) -> Result:
    """What comes of a lesson that is handed in with these answers and what else `made` takes."""
    nb = made(course, answers, **parts)
    done = grade(exam_paper(course, LESSON), json.dumps(nb).encode(), LESSON, student, limits, course=course)
    graded = nbformat.reads(done.notebook.decode(), as_version=4)
    nbformat.validate(graded)
    tests = [cell for cell in graded.cells if is_grade(cell) and cell.cell_type == "code"]
    scores = {cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] for cell in tests}
    shown = json.dumps([cell.get("outputs", []) for cell in graded.cells], ensure_ascii=False)
    return Result(graded, scores, done.flags, done.reason, shown)


def printed(result: Result, cell_id: str) -> str:
    """What a cell printed, and its error."""
    cell = next(cell for cell in result.notebook.cells if cell.id == cell_id)
    return "".join(o.get("text", "") + o.get("evalue", "") for o in cell.outputs)
