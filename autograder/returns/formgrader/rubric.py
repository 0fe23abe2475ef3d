"""In the formgrader, the model answer and the rubric stand below each written answer. They are put there when the page
is shown, and into no file: what students get does not have them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)\n?### END SOLUTION", re.DOTALL)
_FOR_THE_GRADER = "*For the grader.*"


class ShowRubric(Preprocessor):
    """In `c.HTMLExporter.preprocessors`: that is the exporter of the formgrader. In other pages it does nothing."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        if "submission_id" not in resources:  # only the formgrader names one
            return nb, resources
        rubrics = self._rubrics(resources["assignment_id"], resources["notebook_id"])
        cells = []
        for cell in nb.cells:
            cells.append(cell)
            text = rubrics.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if text:
                cells.append(new_markdown_cell(text))
        nb.cells = cells
        return nb, resources

    def _rubrics(self, assignment: str, notebook: str) -> dict[str, str]:
        rooms = self.config.CourseDirectory
        path = Path(rooms.root) / rooms.source_directory / assignment / f"{notebook}.ipynb"
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError):
            return {}
        return dict(_of(cells))


def _of(cells: list[dict]) -> list[tuple[str, str]]:
    """(grade_id, what a grader reads) of every written answer that has a model answer."""
    found = []
    for cell in cells:
        marks = cell["metadata"].get("nbgrader", {})
        solution = _SOLUTION.search("".join(cell["source"]))
        if cell["cell_type"] == "markdown" and marks.get("grade") and solution:
            found.append((marks["grade_id"], _quoted(solution[1])))
    return found


def _quoted(solution: str) -> str:
    answer, _, rubric = (part.strip() for part in solution.partition(_FOR_THE_GRADER))
    parts = ["**For you only, not for the student.** A right answer:", answer]
    parts += [f"**How its points are given.** {rubric}"] if rubric else []
    return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(parts).splitlines())
