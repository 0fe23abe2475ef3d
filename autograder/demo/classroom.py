"""The demo class: submissions of the lessons, made from their banks of right and wrong solutions."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.lesson import Lesson
from autograder.demo.answers import doubled, filled, first, solutions, variants, with_mistakes, without_tests
from autograder.demo.colab import as_colab_saves
from autograder.demo.models import disturbed_model, trained_model
from autograder.files import write_atomically
from autograder.grading.translator.expected import expected_files

FIRST_TRY = "def attention(q, k, v, mask=None):\n    return q  # first try"


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
    unfinished = filled(released, first(lesson, 4))
    released = filled(released, essays)
    right = filled(released, solutions(lesson))
    queries = filled(released, with_mistakes(lesson, {"attention": "softmax-queries"}))
    single = [
        ("chloe", "softmax over the queries", "attention", "softmax-queries"),
        ("dmitri", "hidden scores set to 0", "attention", "fill-zero"),
        ("eunji", "scores not divided", "scores", "no-scale"),
        ("farid", "dropout in eval mode too", "SelfAttention", "dropout-always"),
    ]
    return [
        Submission("ada", "right", right),
        Submission("ben", "right, written differently", filled(released, variants(lesson))),
        *(
            Submission(student, about, filled(released, with_mistakes(lesson, {cell: mistake})))
            for student, about, cell, mistake in single
        ),
        Submission("grace", "unfinished: the first half", unfinished),
        Submission("hiro", "crashes in the middle", _crashing(filled(released, solutions(lesson)))),
        Submission("ines", "saved by Colab, softmax over the queries", as_colab_saves(queries)),
        Submission("jonas", "a graded cell twice", doubled(right, "attention", FIRST_TRY)),
        Submission("kim", "test cells deleted", without_tests(right, ("test_scores", "test_masked_attention"))),
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
    wrong = filled(written, with_mistakes(lesson, {largest.cell: mistake.id}))
    return [
        Submission("ada", "right", filled(written, solutions(lesson)), files=good),
        Submission("chloe", mistake.name + (", a poor model" if asked else ""), wrong, files=poor),
        Submission("grace", "unfinished: the first half", filled(released, first(lesson, half))),
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


def _crashing(notebook: NotebookNode) -> NotebookNode:
    """A cell of the student's own that stops with an error, and an answer that does so when it is called."""
    middle = next(i for i, cell in enumerate(notebook.cells) if cell.id == "attention_by_word")
    notebook.cells[middle].source = re.sub(
        r"\n    rows = \[\]\n", "\n    rows = result_of_cell_12\n", notebook.cells[middle].source
    )
    notebook.cells.insert(middle, nbformat.v4.new_code_cell("print(result_of_cell_12.shape)", id="my-own-cell"))
    return notebook
