"""A student's answers, made from a lesson's solutions and its bank, and notebooks that hold them."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from nbformat import NotebookNode

from autograder.authoring.lesson import Lesson, edited, variant_source
from autograder.errors import Stop


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


def solutions(lesson: Lesson) -> dict[str, str]:
    """Every answer of the source, as a student would have written it: without the marks of the solution."""
    answers = {cell: _unmarked(source) for cell, source in lesson.cells if cell}
    return answers


def variants(lesson: Lesson) -> dict[str, str]:
    """Every answer in its first right variant, where the bank has one."""
    different = {e.cell: variant_source(e.right[0], e.target) for e in lesson.exercises if e.right}
    return solutions(lesson) | different


def first(lesson: Lesson, count: int) -> dict[str, str]:
    cells = [cell for cell, _ in lesson.cells if cell][:count]
    return {cell: source for cell, source in solutions(lesson).items() if cell in cells}


def doubled(notebook: NotebookNode, grade_id: str, old: str) -> NotebookNode:
    """As when a student copies an answer cell to try something: an old try above, the good answer below."""
    notebook = copy.deepcopy(notebook)
    place = next(i for i, cell in enumerate(notebook.cells) if cell.id == grade_id)
    old_try = copy.deepcopy(notebook.cells[place])
    old_try.id = f"{grade_id}-copy"
    old_try.source = old
    notebook.cells.insert(place, old_try)
    return notebook


def without_tests(notebook: NotebookNode, grade_ids: tuple[str, ...]) -> NotebookNode:
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell.id not in grade_ids]
    return notebook


def with_mistakes(lesson: Lesson, held: Mapping[str, str]) -> dict[str, str]:
    """Every answer, those in `held` (grade_id -> id of the mistake) with a mistake of the bank. Raises Stop where the
    bank has none of that id."""
    return solutions(lesson) | {cell: _mistaken(lesson, cell, mistake) for cell, mistake in held.items()}


def _mistaken(lesson: Lesson, cell: str, mistake_id: str) -> str:
    exercise = next(exercise for exercise in lesson.exercises if exercise.cell == cell)
    for mistake in exercise.mistakes:
        if mistake.id == mistake_id:
            return _unmarked(edited(lesson.solution(cell), mistake.edits))
    raise Stop(f"The bank of {lesson.id} has no mistake {mistake_id!r} for {cell}.")


def _unmarked(source: str) -> str:
    return "\n".join(
        line for line in source.splitlines() if line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION")
    )
