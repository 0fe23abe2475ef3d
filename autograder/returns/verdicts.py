"""What the grader said in a graded cell: the verdict that `check` shows, read from the notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from classroom.checking.verdict import MIME


@dataclass(frozen=True)
class Named:
    """A known mistake that was recognised."""

    id: str
    name: str
    hint: str


@dataclass(frozen=True)
class Judged:
    """A verdict. `measured`: of a trained model, what it reaches."""

    mistakes: tuple[Named, ...]
    measured: dict[str, float]


def verdicts(nb: NotebookNode) -> Iterator[tuple[str, Judged]]:
    """(grade_id, verdict) of each test. Only outputs of tests count: those the grader wrote."""
    for cell in nb.cells:
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            for said in _all_of(cell):
                yield cell.metadata.nbgrader.grade_id, said


def verdict_of(cell: NotebookNode) -> Judged | None:
    """All that the verdicts of one test say, as one."""
    found = list(_all_of(cell))
    mistakes = {mistake: None for said in found for mistake in said.mistakes}
    return Judged(tuple(mistakes), {k: v for said in found for k, v in said.measured.items()}) if found else None


def _all_of(cell: NotebookNode) -> Iterator[Judged]:
    for output in cell.get("outputs", []):
        data = output.get("data", {}).get(MIME) if output.output_type == "display_data" else None
        if isinstance(data, dict):
            yield Judged(tuple(_mistakes(data)), _numbers(data.get("measured")))


def _mistakes(data: dict[str, Any]) -> Iterator[Named]:
    mistakes = data.get("mistakes")
    for one in mistakes if isinstance(mistakes, list) else []:
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            yield Named(one["id"], str(one.get("name") or one["id"]), str(one.get("hint") or ""))


def _numbers(measured: Any) -> dict[str, float]:
    if not isinstance(measured, dict):
        return {}
    return {str(name): float(value) for name, value in measured.items() if isinstance(value, int | float)}
