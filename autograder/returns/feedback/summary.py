"""What stands at the top of a feedback page: points, what passed, which mistake it was, what the instructor wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_solution, is_task

from autograder.returns.feedback.made_of import Shown, fingerprint
from autograder.returns.titles import exercise_title, lesson_title
from autograder.returns.verdicts import verdict_of


@dataclass
class Result:
    """One graded cell. state: full, part, none or waiting. `mistakes`: (name, hint), a hint said before is left out."""

    id: str
    title: str
    score: float
    worth: float
    state: str
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    unwritten: bool = False
    comment: str = ""
    by_hand: bool = False  # a written answer, on which nothing builds


class Summary(GetGrades):
    """In the place of `GetGrades` in `c.GenerateFeedback.preprocessors`: does what it does, and sums up.

    The template reads `resources["summary"]`.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        self._waiting: set[str] = set()
        self._shown: list[Shown] = []
        nb, resources = super().preprocess(nb, resources)
        results = _results(nb, self._waiting)
        comments = [(c.metadata.nbgrader.grade_id, c.metadata.nbgrader.comment) for c in nb.cells if _commented(c)]
        resources["comments"] = {text for _, text in comments}
        of_results = {result.id for result in results if result.comment}
        resources["summary"] = {
            "title": lesson_title(nb) or resources["nbgrader"]["assignment"],
            "results": results,
            "comments": [(name, text) for name, text in comments if name not in of_results],
            "words": words(results),
        }
        self._shown.append(("late penalty", resources["nbgrader"]["late_penalty"]))
        resources["fingerprint"] = fingerprint(self._shown)
        return nb, resources

    def _get_score(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        super()._get_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        if grade.needs_manual_grade:
            self._waiting.add(name)
        self._shown.append((name, grade.score, grade.needs_manual_grade))

    def _get_comment(self, cell: NotebookNode, resources: ResourcesDict) -> None:
        super()._get_comment(cell, resources)
        self._shown.append((cell.metadata.nbgrader.grade_id, cell.metadata.nbgrader.comment))


def words(results: list[Result]) -> str:
    """A sentence or two to begin with: what is done, and where to go on."""
    judged = [result for result in results if result.state != "waiting"]
    full = sum(result.state == "full" for result in judged)
    waiting = len(results) - len(judged)
    said = []
    if judged and full == len(judged):
        said.append("All of it is right: well done." if full > 1 else "It is right: well done.")
    elif judged:
        first = next((result for result in judged if result.state != "full" and not result.by_hand), None)
        if full:
            said.append(f"{full} of {len(judged)} parts have full points.")
        else:
            said.append("No part has full points yet, and each can be mended.")
        if first:
            said.append(f"Start with “{first.title}”: what comes later often builds on it.")
    if waiting:
        one = waiting == 1
        said.append(
            f"{'One answer' if one else f'{waiting} answers'} will be read by a person; "
            f"{'its' if one else 'their'} points are added then."
        )
    return " ".join(said)


def _results(nb: NotebookNode, waiting: set[str]) -> list[Result]:
    found: list[Result] = []
    hinted: set[str] = set()
    for cell in nb.cells:
        if not (is_grade(cell) or is_task(cell)):
            continue
        marks = cell.metadata.nbgrader
        score, worth = float(marks.get("score") or 0), float(marks.get("points") or 0)
        state = "full" if score >= worth else "part" if score > 0 else "none"
        result = Result(marks.grade_id, exercise_title(marks.grade_id), score, worth, state)
        result.state = "waiting" if marks.grade_id in waiting else state
        result.comment, result.by_hand = marks.get("comment") or "", bool(is_solution(cell))
        verdict = None if is_solution(cell) else verdict_of(cell)
        for mistake in verdict.mistakes if verdict and result.state != "full" else ():
            result.mistakes.append((mistake.name, "" if mistake.hint in hinted else mistake.hint))
            hinted.add(mistake.hint)
        result.unwritten = result.state == "none" and _says_unwritten(cell)
        found.append(result)
    return found


def _says_unwritten(cell: NotebookNode) -> bool:
    said = [output.get("evalue", "") for output in cell.get("outputs", []) if output.output_type == "error"]
    return any(re.search(r"is not written yet|NotImplementedError", text) for text in said)


def _commented(cell: NotebookNode) -> bool:
    return bool((is_solution(cell) or is_task(cell)) and cell.metadata.nbgrader.get("comment"))
