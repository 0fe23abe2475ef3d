"""A lesson as it is published: held against its source, with the chosen address and a button for Colab."""

from __future__ import annotations

import base64
import re

import nbformat
from nbformat import NotebookNode

from autograder import nbgrader_api
from autograder.authoring.course_cells import setup_cell
from autograder.authoring.lesson import read_notebook
from autograder.authoring.notebook import assemble, text
from autograder.authoring.publish.address import Address
from autograder.course import Course
from autograder.errors import Stop

BADGE = "open_in_colab.png"  # in assets/badge, whose draw.py draws it


def published(course: Course, lesson_id: str, address: Address) -> NotebookNode:
    """The released notebook, with the address in its set-up cell and, on GitHub, a link to Colab under its title.

    Raises Stop where the notebook is not the one that its source builds (somebody typed an answer into it, say, or
    the source has changed since): what was not built was not proved to hide its answers.
    """
    notebook = nbformat.read(course.lesson(lesson_id), as_version=4)
    _compare(lesson_id, notebook, nbgrader_api.as_released(course, _assembled(course, lesson_id)))
    for cell in notebook.cells:
        if "set-up" in cell.metadata.get("tags", []):
            cell.source = setup_cell(course, lesson_id, (address.repository, address.tag))
    link = address.on_colab(lesson_id)
    if link:
        _put_link(notebook.cells[0], link, (course.assets / "badge" / BADGE).read_bytes())
    return notebook


def as_bytes(notebook: NotebookNode) -> bytes:
    return text(notebook).encode()


def _assembled(course: Course, lesson_id: str) -> NotebookNode:
    return assemble(course, lesson_id, read_notebook(course, lesson_id))


def _compare(lesson_id: str, notebook: NotebookNode, built: NotebookNode) -> None:
    theirs, ours = ([(c.cell_type, c.source, c.get("attachments")) for c in nb.cells] for nb in (notebook, built))
    if theirs == ours:
        return
    place = next((n for n, pair in enumerate(zip(theirs, ours, strict=False), start=1) if pair[0] != pair[1]), 0)
    where = f"cell {place} differs" if place else f"it has {len(theirs)} cells, not {len(ours)}"
    raise Stop(
        f"lessons/{lesson_id} is not what its source builds ({where}), so nothing is published: "
        f"`autograder build {lesson_id}` makes it anew."
    )


def _put_link(cell: NotebookNode, link: str, badge: bytes) -> None:
    """Under the heading: as an attachment, since Colab shows no picture that lies beside a notebook."""
    heading, rest = cell.source.split("\n", 1)
    cell.source = f"{heading}\n\n[![Open in Colab](attachment:{BADGE})]({link})\n{rest}"
    attachments = cell.setdefault("attachments", nbformat.from_dict({}))
    attachments[BADGE] = {"image/png": base64.b64encode(badge).decode()}


def facts(notebook: NotebookNode) -> tuple[str, str, str]:
    """(title without its number, how long it takes, points), from the first cell; "" for what it does not say."""
    first = notebook.cells[0].source
    title = re.search(r"^#\s+(?:\d+\s*·\s*)?(.+)$", first, re.MULTILINE)
    time = re.search(r"\*\*Time:\*\* ([^,.]+)", first)
    points = re.search(r"\*\*Points:\*\* (\d+)", first)
    return tuple(found[1].strip() if found else "" for found in (title, time, points))
