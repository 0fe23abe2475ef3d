"""A lesson's edition in another language: the released notebook, its markdown put through the lesson's catalogue."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from polib import POFile

from autograder.authoring.course_cells import BADGE_LINE, on_colab, path_of, place_of, put_badge
from autograder.authoring.languages import catalogue
from autograder.authoring.languages.catalogue import Stale
from autograder.authoring.languages.messages import is_translated, messages, translated
from autograder.authoring.notebook import text
from autograder.course import Course
from autograder.errors import Stop


@dataclass(frozen=True)
class Updated:
    """A catalogue brought up to date: its file, how many messages there are, and what is left to do."""

    name: str
    content: bytes
    messages: int
    left: list[Stale]


def languages(course: Course) -> list[str]:
    """Those that have a catalogue."""
    return sorted({path.parent.name for path in course.assets.glob("languages/*/*.po")})


def translated_ids(course: Course, language: str) -> list[str]:
    """The lessons that have a catalogue in this language."""
    return sorted(path.stem for path in course.catalogue(language, "any").parent.glob("*.po"))


def edition(course: Course, lesson_id: str, language: str) -> dict[str, bytes]:
    """The lesson's notebook in `language`: file (relative to the course) -> bytes. Nothing is run.

    Cell ids, grade_ids, code and the places of written answers are those of the English release, so that what is handed
    in of it is collected and graded like any other. Raises Stop where the catalogue does not translate all of the
    lesson, or has something that the lesson has no more.
    """
    catalogue.must_be_a_language(language)
    english, path = _released(course, lesson_id), course.catalogue(language, lesson_id)
    again = f"`autograder build --language {language} --update {lesson_id}`"
    if not path.is_file():
        raise Stop(f"There is no {path}: {again} begins it.")
    read = catalogue.read(path)
    left = catalogue.stale(read, messages(english))
    if left:
        raise Stop(
            f"The catalogue {path.relative_to(course.root)} is stale: {left[0]}"
            + (f" (and {len(left) - 1} more)" if len(left) > 1 else "")
            + f"; {again} lists what a translator has to do."
        )
    name, notebook = path_of(lesson_id, language), translate(english, read)
    if BADGE_LINE.search(english.cells[0].source):
        put_badge(course, notebook.cells[0], on_colab(place_of(course), name))
    return {name: text(notebook).encode()}


def update(course: Course, lesson_id: str, language: str) -> Updated:
    """The lesson's catalogue for what the release says now; begun where there is none. Nothing is written."""
    catalogue.must_be_a_language(language)
    path, said = course.catalogue(language, lesson_id), messages(_released(course, lesson_id))
    old = catalogue.read(path) if path.is_file() else None
    new = catalogue.updated(old, said, lesson_id, language)
    name = str(path.relative_to(course.root))
    return Updated(name, catalogue.text(new), len({message for _, message in said}), catalogue.stale(new, said))


def translate(english: NotebookNode, catalog: POFile) -> NotebookNode:
    """The notebook with its text in the catalogue's language."""
    notebook, words = copy.deepcopy(english), {entry.msgid: entry.msgstr for entry in catalog}
    for cell in notebook.cells:
        if is_translated(cell):
            cell.source = translated(cell.source, words.__getitem__)
    return notebook


def _released(course: Course, lesson_id: str) -> NotebookNode:
    path = course.lesson(lesson_id)
    if not path.is_file():
        known = ", ".join(course.lesson_ids()) or "none"
        raise Stop(f"There is no lesson {lesson_id!r} to translate; the lessons that are built: {known}.")
    return nbformat.read(path, as_version=4)
