"""nbgrader's first step of grading: the released notebook with the student's answers put into it.

What nbgrader then grades is always complete: a doubled cell, a deleted test or lost metadata is mended here
and said aloud, instead of stopping the batch or scoring a silent zero.
"""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.answers import rebuild


class Rebuild(NbGraderPreprocessor):
    """Goes first in `c.Autograde.sanitize_preprocessors`."""

    release_directory = Unicode(
        "",
        help="The folder of the released lessons (default: nbgrader's release directory, else the course's).",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        assignment, notebook = resources["nbgrader"]["assignment"], resources["nbgrader"]["notebook"]
        path = released_notebook(self, self.release_directory, assignment, notebook)
        if not path.is_file():
            raise Stop(f"The released notebook {path} is missing: build the lesson, then grade again.")
        rebuilt, notes = rebuild(nbformat.read(path, as_version=4), nb)
        for note in notes:
            self.log.warning("%s, %s: %s", resources["nbgrader"]["student"], notebook, note)
        return rebuilt, resources


def released_notebook(preprocessor: Any, release_directory: str, assignment: str, notebook: str) -> Path:
    """Where the master is: in `release_directory` if given, else in nbgrader's release directory, else the course's."""
    if release_directory:
        return Path(release_directory) / assignment / f"{notebook}.ipynb"
    rooms = _rooms(preprocessor)
    if rooms is None:
        return Course.find().lesson(assignment)
    return Path(rooms.format_path(rooms.release_directory, ".", assignment)) / f"{notebook}.ipynb"


def submitted_folder(preprocessor: Any, assignment: str, student: str) -> Path:
    """Where a submission lies as it was collected: in nbgrader's submitted directory, else the course's."""
    rooms = _rooms(preprocessor)
    if rooms is None:
        return Course.find().submitted / student / assignment
    return Path(rooms.format_path(rooms.submitted_directory, student, assignment))


def _rooms(preprocessor: Any) -> Any:
    """nbgrader's CourseDirectory: this preprocessor -> the exporter -> nbgrader's converter, which knows it."""
    owner = getattr(preprocessor, "parent", None)
    while owner is not None:
        coursedir = getattr(owner, "coursedir", None)
        if coursedir is not None:
            return coursedir
        owner = getattr(owner, "parent", None)
    return None
