"""What the grader said of a file that was handed in beside a notebook and could not be judged."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

SAID = " could not be judged. "  # between the file's name and why, in the error of `classroom.submission.check_model`


def unjudged(graded: NotebookNode) -> list[tuple[str, str]]:
    """(name of the file, sentence for the class page), from the outputs of tests, which are the grader's own."""
    tests = [cell for cell in graded.cells if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)]
    errors = [output.evalue for cell in tests for output in cell.outputs if output.output_type == "error"]
    return [(error.split(SAID)[0], f"{error} 0 points, ask the student.") for error in errors if SAID in error]
