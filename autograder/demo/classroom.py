"""The demo class: submissions of the lessons, made from their banks of right and wrong solutions."""

from __future__ import annotations

import copy
import json
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.lesson import Lesson, edited, variant_source
from autograder.authoring.probes import Exercise
from autograder.demo.colab import as_colab_saves
from autograder.demo.models import disturbed_model, trained_model
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.grading.translator.expected import expected_files


@dataclass(frozen=True)
class Submission:
    """One student's notebook, and the files beside it. about: what is special, in a few words."""

    student: str
    about: str
    notebook: NotebookNode
    filename: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


def demo_class(lesson: Lesson, released: NotebookNode, essays: dict[str, str]) -> list[Submission]:
    """Twelve submissions: two right, four with a mistake each, one unfinished, one that crashes, four that arrive
    as real files do (from Colab, with a doubled cell, with deleted tests, as "Copy of ...").

    essays: grade_id -> text, the answers to the questions that a person reads."""
    unfinished = filled(released, _first(lesson, 4))
    released = filled(released, essays)
    right = filled(released, _solutions(lesson))
    queries = filled(released, _with_mistake(lesson, "attention", "softmax-queries"))
    single = [
        ("chloe", "softmax over the queries", "attention", "softmax-queries"),
        ("dmitri", "hidden scores set to 0", "attention", "fill-zero"),
        ("eunji", "scores not divided", "scores", "no-scale"),
        ("farid", "dropout in eval mode too", "SelfAttention", "dropout-always"),
    ]
    return [
        Submission("ada", "right", right),
        Submission("ben", "right, written differently", filled(released, _variants(lesson))),
        *(
            Submission(student, about, filled(released, _with_mistake(lesson, cell, mistake)))
            for student, about, cell, mistake in single
        ),
        Submission("grace", "unfinished: the first half", unfinished),
        Submission("hiro", "crashes in the middle", _crashing(filled(released, _solutions(lesson)))),
        Submission("ines", "saved by Colab, softmax over the queries", as_colab_saves(queries)),
        Submission("jonas", "a graded cell twice", _doubled(right, "attention")),
        Submission("kim", "test cells deleted", _without_tests(right, ("test_scores", "test_masked_attention"))),
        Submission("lena", 'a "Copy of" file', right, filename=f"Copy of {lesson.id}.ipynb"),
    ]


def small_class(lesson: Lesson, released: NotebookNode, essays: dict[str, str]) -> list[Submission]:
    """Three submissions of any lesson: a right one, one with a mistake of the largest bank, an unfinished one.

    Where the lesson asks for a trained model, they bring a good one, a poor one and none."""
    half = len([cell for cell, _ in lesson.cells if cell]) // 2
    largest = max(lesson.exercises, key=lambda exercise: len(exercise.mistakes))
    mistake = largest.mistakes[0]
    written = filled(released, essays)
    asked = expected_files(released)
    good, poor = {name: trained_model() for name in asked}, {name: disturbed_model() for name in asked}
    wrong = filled(written, _with_mistake(lesson, largest.cell, mistake.id))
    return [
        Submission("ada", "right", filled(written, _solutions(lesson)), files=good),
        Submission("chloe", mistake.name + (", a poor model" if asked else ""), wrong, files=poor),
        Submission("grace", "unfinished: the first half", filled(released, _first(lesson, half))),
    ]


def write(submissions: Iterable[Submission], lesson_id: str, folder: Path) -> None:
    """One folder a student under `folder`, as a class hands in."""
    for number, submission in enumerate(submissions):
        path = folder / submission.student / (submission.filename or f"{lesson_id}.ipynb")
        write_atomically(path, json.dumps(submission.notebook, indent=1, ensure_ascii=False))
        for name, content in submission.files.items():
            write_atomically(path.parent / name, content)
        handed_in = time.time() - 3600 * (24 - number)
        for written in (path, *(path.parent / name for name in submission.files)):
            os.utime(written, (handed_in, handed_in))


def filled(released: NotebookNode, sources: dict[str, str]) -> NotebookNode:
    """The released notebook with these answers in its solution cells (grade_id -> source)."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in sources:
            cell.source = sources[grade_id]
    return notebook


def essays(solved: NotebookNode) -> dict[str, str]:
    """The model answers to the questions that a person reads, without what is meant for the grader."""
    found = {}
    for cell in solved.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and marks.get("solution"):
            found[marks["grade_id"]] = _unmarked(cell.source).split("*For the grader.*")[0].strip()
    return found


def _solutions(lesson: Lesson) -> dict[str, str]:
    """Every answer of the source, as a student would have written it: without the marks of the solution."""
    answers = {cell: _unmarked(source) for cell, source in lesson.cells if cell}
    return answers


def _variants(lesson: Lesson) -> dict[str, str]:
    """Every answer in its first right variant, where the bank has one."""
    different = {e.cell: variant_source(e.right[0], e.target) for e in lesson.exercises if e.right}
    return _solutions(lesson) | different


def _with_mistake(lesson: Lesson, cell: str, mistake_id: str) -> dict[str, str]:
    exercise = _exercise(lesson, cell)
    for mistake in exercise.mistakes:
        if mistake.id == mistake_id:
            return _solutions(lesson) | {cell: _unmarked(edited(lesson.solution(cell), mistake.edits))}
    raise Stop(f"The bank of {lesson.id} has no mistake {mistake_id!r} for {cell}.")


def _first(lesson: Lesson, count: int) -> dict[str, str]:
    cells = [cell for cell, _ in lesson.cells if cell][:count]
    return {cell: source for cell, source in _solutions(lesson).items() if cell in cells}


def _exercise(lesson: Lesson, cell: str) -> Exercise:
    return next(exercise for exercise in lesson.exercises if exercise.cell == cell)


def _crashing(notebook: NotebookNode) -> NotebookNode:
    """A cell of the student's own that stops with an error, and an answer that does so when it is called."""
    middle = next(i for i, cell in enumerate(notebook.cells) if cell.id == "attention_by_word")
    notebook.cells[middle].source = re.sub(
        r"\n    rows = \[\]\n", "\n    rows = result_of_cell_12\n", notebook.cells[middle].source
    )
    notebook.cells.insert(middle, nbformat.v4.new_code_cell("print(result_of_cell_12.shape)", id="my-own-cell"))
    return notebook


def _doubled(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """As when a student copies an answer cell to try something: an old try above, the good answer below."""
    notebook = copy.deepcopy(notebook)
    place = next(i for i, cell in enumerate(notebook.cells) if cell.id == grade_id)
    old_try = copy.deepcopy(notebook.cells[place])
    old_try.id = f"{grade_id}-copy"
    old_try.source = "def attention(q, k, v, mask=None):\n    return q  # first try"
    notebook.cells.insert(place, old_try)
    return notebook


def _without_tests(notebook: NotebookNode, grade_ids: tuple[str, ...]) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell.id not in grade_ids]
    return notebook


def _unmarked(source: str) -> str:
    return "\n".join(
        line for line in source.splitlines() if line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION")
    )
