"""Which lesson and which student a file belongs to."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

RESERVED = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # no folder may be called so on Windows
ENOUGH = 0.3  # share of a lesson's cells that must be found again to recognise it


@dataclass(frozen=True)
class Marks:
    """What a released lesson can be recognised by: its grade_ids and digests of its cells' sources."""

    grade_ids: frozenset[str]
    sources: frozenset[str]


def marks_of(nb: NotebookNode) -> Marks:
    graded = (cell.metadata.get("nbgrader") for cell in nb.cells)
    ids = (meta.get("grade_id") for meta in graded if isinstance(meta, dict))
    sources = (" ".join(cell.source.split()) for cell in nb.cells)
    digests = (hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16] for text in sources if len(text) > 20)
    return Marks(frozenset(i for i in ids if isinstance(i, str) and i), frozenset(digests))


def marks_of_lessons(paths: Mapping[str, Path]) -> dict[str, Marks]:
    """The marks of each released lesson: lesson id -> marks."""
    return {lesson: marks_of(nbformat.read(path, as_version=4)) for lesson, path in paths.items()}


def lesson_of(name: str, nb: NotebookNode, lessons: Mapping[str, Marks]) -> tuple[str | None, str | None]:
    """The lesson a file holds (None: no lesson of this course) and a note when its name alone did not say so.

    The name decides, unless the cells are plainly those of another lesson.
    """
    named = lesson_in_name(name, lessons)
    marks = marks_of(nb)
    held = lesson_by_cells(marks, lessons)
    if named is None:
        return (
            held,
            f"Its name does not say which lesson it is; its cells are those of {held}." if held else None,
        )
    if held is None or held == named or _share(marks, lessons[named]) > 0:
        return named, None
    return held, f"It is named after {named}, but its cells are those of {held}: taken as {held}."


def lesson_in_name(name: str, lessons: Iterable[str]) -> str | None:
    """The lesson a file name speaks of: `Copy of 04_x.ipynb`, `ada_04_x (1).ipynb` ... -> `04_x`."""
    plain = f"_{_plain(Path(name).stem)}_"
    found = [lesson for lesson in lessons if f"_{_plain(lesson)}_" in plain]
    return max(found, key=len, default=None)


def lesson_by_cells(marks: Marks, lessons: Mapping[str, Marks]) -> str | None:
    """The lesson most of whose cells are in `marks`, if they are enough and no other lesson is as close."""
    shares = sorted(((_share(marks, lesson), lesson_id) for lesson_id, lesson in lessons.items()), reverse=True)
    if not shares or shares[0][0] < ENOUGH:
        return None
    return None if len(shares) > 1 and shares[1][0] == shares[0][0] else shares[0][1]


def _share(marks: Marks, lesson: Marks) -> float:
    by_id = len(marks.grade_ids & lesson.grade_ids) / max(1, len(lesson.grade_ids))
    by_source = len(marks.sources & lesson.sources) / max(1, len(lesson.sources))
    return max(by_id, by_source)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", text).lower()).strip("_")


def student_of(folder: str) -> tuple[str, str | None]:
    """A student's name from the name of their folder, fit for nbgrader's paths, globs and lists, and a note
    when it had to be changed.

    What nbgrader cannot hold: `* ? [ ]` (globs), `{ }` (format strings), a comma (lists of students), a
    leading dot (globs pass hidden folders over), spaces at the ends (stripped), a bare `.`; and what Windows cannot:
    `CON`, `aux.txt`. Two different names never become one: a changed name ends in a short digest of the original.
    """
    name = unicodedata.normalize("NFC", folder)
    safe = re.sub(r"[^\w.@+\- ]", "_", name).strip(" .")[:60]
    safe = safe.lstrip(".-+@ ")
    if safe == name and not RESERVED.fullmatch(safe):
        return safe, None
    digest = hashlib.sha256(folder.encode("utf-8", "surrogateescape")).hexdigest()[:4]
    safe = f"{safe or 'student'}-{digest}"
    return safe, f"nbgrader cannot hold the name {folder!r}: written as {safe}."
