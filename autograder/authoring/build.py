"""`autograder build`: from a lesson's source to its solution notebook, its recorded checks and the released lesson."""

from __future__ import annotations

import copy
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution

from autograder import nbgrader_api
from autograder.authoring import lesson as lessons
from autograder.authoring import notebook as notebooks
from autograder.authoring.course_cells import BADGE, BADGE_LINE, on_colab, path_of, place_of, put_badge
from autograder.authoring.leaks import leaks, secret_lines
from autograder.authoring.record import visible
from autograder.authoring.syllabus import PATH, outline, page
from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.grading.translator.expected import expected_files
from classroom.checking.records import PROBES_VARIABLE, AnswerCell, dump, with_answers
from classroom.keep.folder import KEPT_VARIABLE, OFF

# A row of the README's table of lessons: up to its last cell, in which the button stands, and the lesson it links.
_ROW = re.compile(rf"^(\|.*\]\(lessons/(\w+)/\2\.ipynb\) \|.*\|) *(?:{BADGE_LINE.pattern})? *\|$", re.MULTILINE)


@dataclass(frozen=True)
class Built:
    """What one build made: file (relative to the course) -> bytes; and how long the solved lesson ran."""

    files: dict[str, bytes]
    seconds: float


def build(course: Course, lesson_id: str) -> Built:
    """Make a lesson's files, without writing any of them into the course. Raises Stop where the source is not fit."""
    lesson = lessons.read(course, lesson_id)
    recordings = [visible(lesson, exercise, probe) for exercise in lesson.exercises for probe in exercise.probes]
    json_text, tensors = dump(lesson_id, recordings)
    files = {
        f"assets/probes/{lesson_id}.json": json_text.encode(),
        f"assets/probes/{lesson_id}.safetensors": tensors,
    }
    with tempfile.TemporaryDirectory(prefix="lesson-") as folder:
        staging = Path(folder)
        for name, content in files.items():
            write_atomically(staging / name, content)
        for other in (course.assets / "probes").glob("*.*"):
            if not (staging / "assets" / "probes" / other.name).exists():
                write_atomically(staging / "assets" / "probes" / other.name, other.read_bytes())
        source = _solved(lesson_id)
        assembled = notebooks.assemble(course, lesson_id, lessons.read_notebook(course, lesson_id))
        write_atomically(staging / source, notebooks.text(assembled))  # the sealed checks in it read it
        new = {PROBES_VARIABLE: "assets/probes", lessons.SOLVED_VARIABLE: "solutions"}
        began = time.perf_counter()
        env = {**os.environ, KEPT_VARIABLE: OFF, **{name: str(staging / place) for name, place in new.items()}}
        # An empty folder below the course, where the set-up cell finds it: a checkpoint of an earlier run is not there.
        with tempfile.TemporaryDirectory(prefix=".build-", dir=course.root) as empty:
            solved = notebooks.execute(assembled, Path(empty), _before(course, lesson_id), env)
        seconds = time.perf_counter() - began
        files[source] = notebooks.text(solved).encode()
        released = _release(course, staging, lesson_id, files[source])
        files[path_of(lesson_id)] = notebooks.text(released).encode()
        recorded = with_answers(json_text, answer_cells(lesson, released), expected_files(released))
        files[f"assets/probes/{lesson_id}.json"] = recorded.encode()
    _refuse_leaks(course, lesson_id, files)
    return Built(files, seconds)


def readdressed(course: Course, lesson_id: str) -> Built:
    """The lesson's two notebooks, as they were built, with the repository and tag of pyproject.toml in their set-up
    cell and their button for Colab. Nothing is run. Raises Stop where the source says something else than they do."""
    notebook = _before(course, lesson_id)
    source = notebooks.assemble(course, lesson_id, lessons.read_notebook(course, lesson_id))
    if notebook is None or [_but_address(course, c) for c in notebook.cells] != [
        _but_address(course, c) for c in source.cells
    ]:
        raise Stop(f"{_solved(lesson_id)} is not what its source builds: `autograder build {lesson_id}` makes it anew.")
    for cell, new in zip(notebook.cells, source.cells, strict=True):
        cell.source = new.source
        if "attachments" in new or "attachments" in cell:
            cell.attachments = new.get("attachments", {})
    files = {_solved(lesson_id): notebooks.text(notebook).encode()}
    with tempfile.TemporaryDirectory(prefix="lesson-") as folder:
        released = _release(course, Path(folder), lesson_id, files[_solved(lesson_id)])
        files[path_of(lesson_id)] = notebooks.text(released).encode()
    _refuse_leaks(course, lesson_id, files)
    return Built(files, 0.0)


def _but_address(course: Course, cell: nbformat.NotebookNode) -> tuple[object, ...]:
    """What a cell says, but for the place that it leads to."""
    cell = nbformat.from_dict(copy.deepcopy(cell))
    if cell.cell_type == "markdown":
        put_badge(course, cell, "")
    is_set_up = "set-up" in cell.metadata.get("tags", [])
    return cell.id, cell.cell_type, "" if is_set_up else cell.source, cell.get("attachments"), cell.metadata


def front_page(course: Course) -> Built:
    """The README, with the buttons for Colab in its table of lessons: the last cell of each row that names one."""
    path = course.root / "README.md"
    if not path.is_file():
        return Built({}, 0.0)
    place = place_of(course)

    def row(found: re.Match[str]) -> str:
        link = on_colab(place, path_of(found[2]))
        return found[1] + (f" [![Open in Colab](assets/badge/{BADGE})]({link}) |" if link else " |")

    return Built({"README.md": _ROW.sub(row, path.read_text(encoding="utf-8")).encode()}, 0.0)


def _solved(lesson_id: str) -> str:
    return f"solutions/{lesson_id}/{lesson_id}.ipynb"


def _release(course: Course, staging: Path, lesson_id: str, solved: bytes) -> nbformat.NotebookNode:
    """What nbgrader makes of the solved notebook for students."""
    write_atomically(staging / _solved(lesson_id), solved)
    nbgrader_api.release(course, staging, lesson_id)
    return nbformat.read(staging / path_of(lesson_id), as_version=4)


def _refuse_leaks(course: Course, lesson_id: str, files: dict[str, bytes]) -> None:
    open_to_students = {name: content for name, content in files.items() if not name.startswith("solutions/")}
    for name, line in leaks(secret_lines(lessons.read_notebook(course, lesson_id)), open_to_students):
        raise Stop(f"{name} would show students a line of a solution or a hidden test: {line!r}.")


def answer_cells(lesson: lessons.Lesson, released: nbformat.NotebookNode) -> list[AnswerCell]:
    """The cells of the released notebook that a student fills in, and which checks ask what they define."""
    checks: dict[str, list[str]] = {}
    for exercise in lesson.exercises:
        checks.setdefault(exercise.cell, []).extend(probe.name for probe in exercise.probes)
    found = []
    for cell in filter(is_solution, released.cells):
        grade_id = cell.metadata.nbgrader.grade_id
        given = cell.source if cell.cell_type == "markdown" else None
        found.append(AnswerCell(grade_id, tuple(checks.get(grade_id, ())), given))
    return found


def syllabus(course: Course) -> Built:
    """The page that presents all lessons, from their sources."""
    outlines = [
        outline(lesson_id, lessons.read_notebook(course, lesson_id)) for lesson_id in lessons.source_ids(course)
    ]
    return Built({PATH: page(outlines).encode()}, 0.0)


def install(course: Course, built: Built) -> list[str]:
    """Write what was built into the course, each file at once. Returns the files that changed."""
    changed = []
    for name, content in built.files.items():
        path = course.root / name
        try:
            if path.is_file() and path.read_bytes() == content:
                continue
            write_atomically(path, content)
        except OSError as error:
            raise Stop(f"{path} cannot be written ({error.strerror}); it is as it was.") from None
        changed.append(name)
    return changed


def _before(course: Course, lesson_id: str) -> nbformat.NotebookNode | None:
    path = course.solutions / lesson_id / f"{lesson_id}.ipynb"
    return nbformat.read(path, as_version=4) if path.is_file() else None
