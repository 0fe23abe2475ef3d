"""nbgrader's `generate_assignment`, the formgrader's Generate button too: no released lesson is lost to a failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from traitlets.config import Config

from autograder.authoring.lesson import read_notebook, source_ids
from autograder.authoring.notebook import assemble
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.run import prepare


class ReleaseExporter(NotebookExporter):
    """For `c.GenerateAssignment.exporter_class`.

    nbgrader removes a released lesson before it makes it anew, and leaves nothing where that then fails: a cell too
    many once somebody has handed in, two cells of one id. It makes its exporter before that, so here the whole way is
    gone once, aside, and what would stop it stops it while the lesson is still there.
    """

    def __init__(self, config: Config | None = None, parent: Any = None, **kwargs: Any) -> None:
        super().__init__(config=config, parent=parent, **kwargs)
        if parent is not None:
            _try(parent)


def _try(converter: Any) -> None:
    """converter: nbgrader's GenerateAssignment, about to begin."""
    rooms = converter.coursedir
    lesson_id = rooms.assignment_id
    released = Path(rooms.format_path(rooms.release_directory, ".", lesson_id))
    if not (converter.force and released.exists()):
        return
    course = Course(Path(rooms.root), db_url=rooms.db_url)
    try:
        prepare(course, lesson_id)
    except Stop as stop:
        converter.log.error("The released lesson stays as it is. %s", stop)
        raise NbGraderException(f"The released lesson stays as it is. {stop}") from None
    if lesson_id in source_ids(course) and not _is_built(course, lesson_id):
        converter.log.warning(
            "solutions/%s holds a notebook that says something else than its .py. Students get what the notebook says; "
            "`autograder build %s` makes both anew from the .py.",
            lesson_id,
            lesson_id,
        )


def _is_built(course: Course, lesson_id: str) -> bool:
    """Whether the solution notebook says what its source says."""
    built = nbformat.read(course.solutions / lesson_id / f"{lesson_id}.ipynb", as_version=4)
    try:
        source = assemble(course, lesson_id, read_notebook(course, lesson_id))
    except Stop:  # a figure that is missing, say
        return False
    return [_said(cell) for cell in built.cells] == [_said(cell) for cell in source.cells]


def _said(cell: NotebookNode) -> tuple[object, ...]:
    return cell.cell_type, cell.source, cell.metadata.get("nbgrader")
