"""A course of two tiny lessons, without torch, built by nbgrader itself: for tests of the autograder."""

import os
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config, PyFileConfigLoader

from autograder.course import Course

LESSON, OTHER = "01_sums", "02_words"

CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.submitted_directory = "autograder/class/submitted"
c.CourseDirectory.autograded_directory = "autograder/class/autograded"
c.CourseDirectory.feedback_directory = "autograder/class/feedback"
c.CourseDirectory.db_url = "sqlite:///{root}/autograder/class/gradebook.db"
c.Execute.shutdown_kernel = "immediate"
"""
REBUILD = """
from nbgrader.converters import Autograde
c.Autograde.sanitize_preprocessors = [
    "autograder.grading.rebuild.Rebuild", *Autograde.sanitize_preprocessors.default_args[0]
]
"""
SEALED = (
    REBUILD
    + """
c.Autograde.autograde_preprocessors = [
    "autograder.grading.execute.SealedExecute", *Autograde.autograde_preprocessors.default_args[0][1:]
]
c.GenerateFeedback.preprocessors = [
    "autograder.returns.feedback.hidden_tests.DropHiddenTests", "autograder.returns.feedback.sanitize.Sanitize",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.SealedExecute.limits = {"*": {"cell_seconds": 20}}
c.HTMLExporter.preprocessors = ["autograder.returns.formgrader.rubric.ShowRubric"]
"""
)
JUDGED = """
from nbgrader.converters import Autograde
c.Autograde.autograde_preprocessors = [
    "small_course.Judged", *Autograde.autograde_preprocessors.default_args[0][1:]
]
"""

ADD = '''def add(a, b):
    """The sum of a and b."""
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION
'''
MEAN = '''def mean(values):
    """The mean of a list of numbers: their sum divided by how many they are."""
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION
'''
TEST_ADD = """assert add(1, 2) == 3
### BEGIN HIDDEN TESTS
assert add(20, -7) == 13, "the sealed number is 13"
### END HIDDEN TESTS"""
TEST_MEAN = """assert mean([2, 4]) == 3
### BEGIN HIDDEN TESTS
assert mean([9]) == 9
### END HIDDEN TESTS"""


def graded(cell: NotebookNode, grade_id: str, solution: bool = False, points: float | None = None, locked=False):
    """`cell` with nbgrader's metadata; `points` makes it a graded cell."""
    grade = points is not None
    meta = {
        "schema_version": 3,
        "grade_id": grade_id,
        "solution": solution,
        "grade": grade,
        "locked": locked or grade,
    }
    cell.metadata["nbgrader"] = {**meta, **({"points": points} if grade else {})}
    return cell


def lesson_source() -> NotebookNode:
    """Two exercises (2 and 3 points) with hidden tests, a written answer (1 point), cells of every kind."""
    cells = [
        new_markdown_cell("# Sums\nA lesson about adding numbers up."),
        new_code_cell("import math  # the set-up of the lesson"),
        graded(new_markdown_cell("Read this first: it is locked."), "read_me", locked=True),
        graded(new_code_cell(ADD), "add", solution=True),
        graded(new_code_cell(TEST_ADD), "test_add", points=2),
        new_code_cell("numbers = [1, 2, 3]  # change me and look"),
        graded(new_code_cell(MEAN), "mean", solution=True),
        graded(new_code_cell(TEST_MEAN), "test_mean", points=3),
        graded(new_markdown_cell("Why divide? (your answer)"), "why", solution=True, points=1),
        new_markdown_cell("That is all."),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{number}")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata=kernel)


def other_source() -> NotebookNode:
    cells = [
        new_markdown_cell("# Words\nA lesson about counting words."),
        graded(
            new_code_cell(
                "def count(text):\n    ### BEGIN SOLUTION\n    return len(text.split())\n    ### END SOLUTION"
            ),
            "count",
            solution=True,
        ),
        graded(new_code_cell('assert count("one two") == 2'), "test_count", points=1),
    ]
    for cell in cells[1:]:
        cell["id"] = cell.metadata.nbgrader.grade_id
    cells[0]["id"] = "words-title"
    return new_notebook(cells=cells, metadata=lesson_source().metadata)


def write_nb(path: Path, nb: NotebookNode) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path, version=nbformat.NO_CONVERT)
    return path


def released(course: Course, lesson: str = LESSON) -> NotebookNode:
    return nbformat.read(course.lesson(lesson), as_version=4)


def cell(nb: NotebookNode, grade_id: str) -> NotebookNode:
    """The first cell of `nb` with this grade_id."""
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def solved(nb: NotebookNode) -> NotebookNode:
    """`nb` with right answers in place of the stubs."""
    cell(nb, "add").source = 'def add(a, b):\n    """The sum of a and b."""\n    return a + b\n'
    cell(nb, "mean").source = 'def mean(values):\n    """The mean."""\n    return sum(values) / len(values)\n'
    cell(nb, "why").source = "Because a mean is a share."
    return nb


def small_course(root: Path, extra_config: str = "") -> Course:
    """Write the course to `root` and release both lessons with real nbgrader."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)) + extra_config)
    write_nb(root / "solutions" / LESSON / f"{LESSON}.ipynb", lesson_source())
    write_nb(root / "solutions" / OTHER / f"{OTHER}.ipynb", other_source())
    course = Course(root)
    course.class_dir.mkdir(parents=True)
    for lesson in (LESSON, OTHER):
        done = nbgrader_api(course).generate_assignment(lesson)
        assert done["success"], done["log"]
    return course


def nbgrader_api(course: Course) -> NbGraderAPI:
    """nbgrader with the course's own nbgrader_config.py, as the command would load it."""
    bin_folder = str(Path(sys.executable).parent)  # nbgrader calls `alembic` by name
    if bin_folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = bin_folder + os.pathsep + os.environ["PATH"]
    config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    return NbGraderAPI(CourseDirectory(config=config), config=config)


MISTAKES = {
    "a - b": {
        "id": "minus",
        "name": "Subtracts instead of adding",
        "hint": "What does add(1, 2) give by hand?",
    },
    "/ 2": {
        "id": "by-two",
        "name": "Divides by 2, not by the count",
        "hint": "Try it with three numbers <of your own>.",
    },
    "int(": {"id": "whole", "name": "Rounds the mean down", "hint": "Is the mean of 1 and 2 a whole number?"},
}


class Judged(NbGraderPreprocessor):
    """In place of running the cells: a verdict in each test cell, read off the answer before it."""

    def preprocess(self, nb, resources):
        for answer, test, points in (("add", "test_add", 2), ("mean", "test_mean", 3)):
            source = cell(nb, answer).source
            mistakes = [mistake for part, mistake in MISTAKES.items() if part in source]
            failed = bool(mistakes) or "BEGIN SOLUTION" in source or "NotImplementedError" in source
            verdict = {
                "exercise": answer,
                "passed": not failed,
                "part": "sealed",
                "cases": [],
                "mistakes": mistakes,
            }
            shown = {"application/vnd.transformer-lessons.verdict+json": verdict, "text/plain": "a verdict"}
            outputs = [new_output("display_data", shown)]
            if failed and "half" not in source:
                outputs.append(new_output("error", ename="AssertionError", evalue="no", traceback=["no"]))
            if "half" in source:
                outputs.append(new_output("execute_result", {"text/plain": str(points / 2)}, execution_count=1))
            cell(nb, test).outputs = outputs
        return nb, resources
