"""A lesson as it is published: held against its source, with the chosen address and a button for Colab."""

from __future__ import annotations

import re
from collections.abc import Iterable

import nbformat
from nbformat import NotebookNode

from autograder import nbgrader_api
from autograder.authoring.course_cells import path_of, put_badge, setup_cell
from autograder.authoring.languages.edition import edition, languages
from autograder.authoring.lesson import read_notebook
from autograder.authoring.notebook import assemble, text
from autograder.authoring.publish.address import Address
from autograder.course import Course
from autograder.errors import Stop


def published(course: Course, lesson_id: str, address: Address) -> NotebookNode:
    """The released notebook, with the address in its set-up cell and its button for Colab, which it has on GitHub only.

    Raises Stop where the notebook is not the one that its source builds (somebody typed an answer into it, say, or
    the source has changed since): what was not built was not proved to hide its answers.
    """
    notebook = nbformat.read(course.lesson(lesson_id), as_version=4)
    _compare(lesson_id, notebook, nbgrader_api.as_released(course, _assembled(course, lesson_id)))
    return _led_to(course, notebook, lesson_id, address)


def published_editions(course: Course, lesson_id: str, address: Address) -> dict[str, NotebookNode]:
    """The lesson's translations, with the same address: language -> the notebook. Without those that are stale."""
    sound = [language for language in _built_editions(course, lesson_id) if not _stale(course, lesson_id, language)]
    notebooks = {language: nbformat.read(course.edition(language, lesson_id), as_version=4) for language in sound}
    return {lang: _led_to(course, notebook, lesson_id, address, lang) for lang, notebook in notebooks.items()}


def left_out(course: Course, lesson_ids: Iterable[str]) -> dict[str, str]:
    """Translations that are not published: file -> why. Who adapts the English of a lesson need not translate it."""
    whys = {
        path_of(lesson_id, language): _stale(course, lesson_id, language)
        for lesson_id in lesson_ids
        for language in _built_editions(course, lesson_id)
    }
    return {name: why for name, why in whys.items() if why}


def _built_editions(course: Course, lesson_id: str) -> list[str]:
    return [language for language in languages(course) if course.edition(language, lesson_id).is_file()]


def _stale(course: Course, lesson_id: str, language: str) -> str:
    """Why a translation does not say what the release says; "" where it does."""
    try:
        [content] = edition(course, lesson_id, language).values()
    except Stop as stop:
        return str(stop)
    kept = nbformat.read(course.edition(language, lesson_id), as_version=4)
    if _said(kept) == _said(nbformat.reads(content.decode(), as_version=4)):
        return ""
    again = f"`autograder build --language {language} {lesson_id}`"
    return f"It is not what its catalogue makes of the lesson: {again} makes it anew."


def _led_to(
    course: Course, notebook: NotebookNode, lesson_id: str, address: Address, language: str = ""
) -> NotebookNode:
    for cell in notebook.cells:
        if "set-up" in cell.metadata.get("tags", []):
            cell.source = setup_cell(course, lesson_id, (address.repository, address.tag))
    put_badge(course, notebook.cells[0], address.on_colab(lesson_id, language))
    return notebook


def as_bytes(notebook: NotebookNode) -> bytes:
    return text(notebook).encode()


def _assembled(course: Course, lesson_id: str) -> NotebookNode:
    return assemble(course, lesson_id, read_notebook(course, lesson_id))


def _said(notebook: NotebookNode) -> list[tuple[object, ...]]:
    return [(cell.cell_type, cell.source, cell.get("attachments")) for cell in notebook.cells]


def _compare(lesson_id: str, notebook: NotebookNode, built: NotebookNode) -> None:
    theirs, ours = _said(notebook), _said(built)
    if theirs == ours:
        return
    place = next((n for n, pair in enumerate(zip(theirs, ours, strict=False), start=1) if pair[0] != pair[1]), 0)
    where = f"cell {place} differs" if place else f"it has {len(theirs)} cells, not {len(ours)}"
    raise Stop(
        f"lessons/{lesson_id} is not what its source builds ({where}), so nothing is published: "
        f"`autograder build {lesson_id}` makes it anew."
    )


def facts(notebook: NotebookNode) -> tuple[str, str, str]:
    """(title without its number, how long it takes, points), from the first cell; "" for what it does not say."""
    first = notebook.cells[0].source
    title = re.search(r"^#\s+(?:\d+\s*·\s*)?(.+)$", first, re.MULTILINE)
    time = re.search(r"\*\*Time:\*\* ([^,.]+)", first)
    points = re.search(r"\*\*Points:\*\* (\d+)", first)
    return tuple(found[1].strip() if found else "" for found in (title, time, points))
