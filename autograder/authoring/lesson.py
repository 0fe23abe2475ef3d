"""Reads a lesson's source: its notebook, its solution cells, its probes; and runs its solutions, edited or not."""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import io
import json
import linecache
import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from autograder.authoring.probes import Edit, Exercise
from autograder.course import Course
from autograder.errors import Stop
from classroom.keep.folder import KEPT_VARIABLE, OFF

if TYPE_CHECKING:
    from nbformat import NotebookNode


SOLVED_VARIABLE = "TRANSFORMER_LESSONS_SOLVED"  # another folder of solution notebooks: the build tries new ones so


@dataclass(frozen=True)
class Lesson:
    """What a lesson defines. cells: the code that defines things, in order: (grade_id or "", source)."""

    id: str
    cells: tuple[tuple[str, str], ...]
    exercises: tuple[Exercise, ...]

    def solution(self, cell: str) -> str:
        """The source of the solution cell with this grade_id."""
        return dict(self.cells)[cell]


def source_ids(course: Course) -> list[str]:
    """The lessons that have a source: the sub-folders of solutions/ that hold a .py of their name."""
    return sorted(folder.name for folder in course.solutions.iterdir() if (folder / f"{folder.name}.py").is_file())


def read_notebook(course: Course, lesson_id: str) -> NotebookNode:
    """The source `solutions/NN/NN.py` as a notebook. Raises Stop, in one sentence, where there is none."""
    import jupytext  # here, since it takes two seconds to import: grading reads the built notebook instead

    source = course.solutions / lesson_id / f"{lesson_id}.py"
    if not source.is_file():
        known = ", ".join(source_ids(course)) or "none"
        raise Stop(f"There is no lesson {lesson_id!r} (no {source}); the lessons are: {known}.")
    return jupytext.read(source, fmt="py:percent")


def read(course: Course, lesson_id: str) -> Lesson:
    """The lesson as its source says. Raises Stop where it is missing or does not fit together."""
    return _lesson(course, lesson_id, read_notebook(course, lesson_id).cells)


def read_built(course: Course, lesson_id: str) -> Lesson:
    """The lesson as it was last built. Raises Stop where it was not."""
    folder = Path(os.environ.get(SOLVED_VARIABLE) or course.solutions)
    path = folder / lesson_id / f"{lesson_id}.ipynb"
    if not path.is_file():
        raise Stop(f"There is no {path}: `autograder build {lesson_id}` makes it.")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return _lesson(course, lesson_id, [{**cell, "source": "".join(cell["source"])} for cell in cells])


def _lesson(course: Course, lesson_id: str, cells: Sequence[Mapping[str, Any]]) -> Lesson:
    declared = course.solutions / lesson_id / "probes.py"
    exercises = tuple(_module(declared).EXERCISES)
    defining = tuple(_defining_cells(cells))
    for exercise in exercises:
        if exercise.cell not in dict(defining):
            raise Stop(f"{declared} speaks of a cell {exercise.cell!r}; the lesson has no such solution.")
    return Lesson(lesson_id, defining, exercises)


def namespace(lesson: Lesson, replace: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run the lesson's imports and solution cells, some replaced, and return what they define."""
    scope: dict[str, Any] = {"__name__": "lesson"}
    with _finished_parts():
        for cell, source in lesson.cells:
            exec(_compiled(cell or "imports", (replace or {}).get(cell, source)), scope)
    return scope


@contextlib.contextmanager
def _finished_parts() -> Iterator[None]:
    """Inside, `parts.use(...)` gives the finished parts, whatever has been kept on this machine, and says nothing."""
    before = os.environ.get(KEPT_VARIABLE)
    os.environ[KEPT_VARIABLE] = OFF
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        os.environ.pop(KEPT_VARIABLE)
        if before is not None:
            os.environ[KEPT_VARIABLE] = before


def edited(source: str, edits: tuple[Edit, ...]) -> str | None:
    """The solution with pieces of its text replaced, or None where a piece does not stand in it exactly once."""
    for old, new in edits:
        if source.count(old) != 1:
            return None
        source = source.replace(old, new)
    return source


def variant_source(variant: Callable[..., Any], target: str) -> str:
    """The source of a right variant, under the name that the exercise asks for."""
    source = textwrap.dedent(inspect.getsource(variant))
    return re.sub(rf"\b{variant.__name__}\b", target, source)


def _defining_cells(cells: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found = []
    for cell in cells:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and marks.get("solution"):
            found.append((marks["grade_id"], cell["source"]))
        elif "imports" in cell["metadata"].get("tags", []):
            found.append(("", cell["source"]))
    return found


@functools.lru_cache(maxsize=4096)
def _compiled(name: str, source: str) -> CodeType:
    filename = f"<{name} {abs(hash(source)):x}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return compile(source, filename, "exec")


def _module(path: Path) -> Any:
    """The probes of a lesson. Its folder is taken for a package, so that probes.py may import its neighbours."""
    if not path.is_file():
        raise Stop(f"There is no {path}: every lesson declares its checks there.")
    package = ModuleType(f"lesson_{path.parent.name}")
    package.__path__ = [str(path.parent)]
    for name in [name for name in sys.modules if name.startswith(package.__name__)]:
        del sys.modules[name]
    sys.modules[package.__name__] = package
    return importlib.import_module(f"{package.__name__}.probes")
