"""Plain nbgrader and the sealed grader on every variant of the banks: `python benchmarks/both_graders.py [LESSON ...]`.

Each notebook answers every exercise with one of its variants, wrong or right, until all have had their turn; it is
graded by `nbgrader autograde` with nbgrader's own Execute and by the sealed grader, and the points of every test are
compared. Cells that only draw or measure are emptied. Exits with 1 where a score differs. --rows N: the first N
notebooks of a lesson only.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade

from autograder import nbgrader_api
from autograder.authoring import lesson as lessons
from autograder.authoring.record import wrong_sources
from autograder.course import Course
from autograder.demo.answers import filled
from autograder.grading.run import prepare
from autograder.grading.task import exam_paper, grade

STOCK = "nbgrader.preprocessors.Execute"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", default=Course.find().lesson_ids())
    parser.add_argument("--rows", type=int, help="notebooks of a lesson (default: as many as it takes)")
    options = parser.parse_args()
    as_plain_nbgrader()
    different = 0
    for lesson_id in options.lessons:
        began, found, cells, variants = time.perf_counter(), [], 0, 0
        with tempfile.TemporaryDirectory() as folder:
            course = Course(Course.find().root, Path(folder))
            prepare(course, lesson_id)
            paper = exam_paper(course, lesson_id)
            for number, (names, notebook) in enumerate(itertools.islice(_notebooks(course, lesson_id), options.rows)):
                theirs, ours = _both(course, paper, notebook, lesson_id, f"row-{number}")
                cells, variants = cells + len(ours), variants + len(names)
                found += [(test, names, theirs[test], ours[test]) for test in ours if theirs[test] != ours[test]]
        different += len(found)
        seconds = time.perf_counter() - began
        print(f"{lesson_id}: {variants} variants, {cells} scores, {len(found)} differ ({seconds:.0f} s)", flush=True)
        for test, names, theirs, ours in found:
            print(f"  {test}: plain {theirs}, sealed {ours}, in the notebook with {', '.join(names)}")
    return min(different, 1)


def _notebooks(course: Course, lesson_id: str) -> Iterator[tuple[list[str], NotebookNode]]:
    """Notebooks in which every exercise's variants have their turn, with the names of those that are in it."""
    lesson = lessons.read(course, lesson_id)
    solutions = {cell: _unmarked(source) for cell, source in lesson.cells if cell}
    released = nbformat.read(course.lesson(lesson_id), as_version=4)
    for cell in released.cells:
        if {"picture", "measured", "training"} & set(cell.metadata.get("tags", [])):
            cell.source = ""
    turns: dict[str, list[tuple[str, str]]] = {}
    for exercise in lesson.exercises:
        wrong = wrong_sources(exercise, lesson.solution(exercise.cell))
        turns.setdefault(exercise.cell, [])
        turns[exercise.cell] += [(f"{mistake.id} ({way + 1})", _unmarked(source)) for mistake, way, source in wrong]
        turns[exercise.cell] += [(v.__name__, lessons.variant_source(v, exercise.target)) for v in exercise.right]
    for row in itertools.zip_longest(*([(cell, *turn) for turn in its] for cell, its in turns.items())):
        present = [turn for turn in row if turn]
        answers = solutions | {cell: source for cell, _, source in present}
        yield [f"{cell}: {name}" for cell, name, _ in present], filled(released, answers)


def _unmarked(source: str) -> str:
    return "\n".join(line for line in source.splitlines() if not line.strip().startswith("### "))


def _both(course: Course, paper: bytes, notebook: NotebookNode, lesson: str, student: str) -> tuple[dict, dict]:
    """The points of every test, from plain nbgrader and from the sealed grader."""
    path = course.submitted / student / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    nbgrader_api.autograde(course, lesson, student)
    theirs = nbformat.read(course.autograded / student / lesson / f"{lesson}.ipynb", as_version=4)
    ours = grade(paper, path.read_bytes(), lesson, student)
    return _scores(theirs), _scores(nbformat.reads(ours.notebook.decode(), as_version=4))


def _scores(notebook: NotebookNode) -> dict[str, float | None]:
    return {c.metadata.nbgrader.grade_id: determine_grade(c)[0] for c in notebook.cells if is_grade(c)}


def as_plain_nbgrader() -> None:
    """From here on, `nbgrader autograde` runs notebooks as nbgrader itself does."""
    configuration = nbgrader_api.configuration

    def configured(course: Course):
        config = configuration(course)
        steps = config.Autograde.autograde_preprocessors
        config.Autograde.autograde_preprocessors = [STOCK, *[step for step in steps if "SealedExecute" not in step]]
        return config

    nbgrader_api.configuration = configured


if __name__ == "__main__":
    sys.exit(main())
