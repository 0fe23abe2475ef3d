"""Which files belong to a notebook, and where they lie: said by its own locked cells, and nowhere else."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked

LARGEST = 40 * 2**20  # bytes of a file that is carried along; what a model may have, `classroom.submission` says
ASKS = "check_model"  # check_model("translator.safetensors") in a locked cell asks for that file


def expected_files(released: NotebookNode) -> tuple[str, ...]:
    """The names of the files that the graded cells of a released notebook ask for, in order."""
    cells = [cell for cell in released.cells if cell.cell_type == "code" and is_grade(cell) and is_locked(cell)]
    return tuple(dict.fromkeys(name for cell in cells for name in _asked(cell.source)))


def files_beside(folder: Path, released: NotebookNode) -> dict[str, bytes]:
    """What lies in a student's submitted folder under these names; of a file that is too large, enough to say so."""
    found = {}
    for name in expected_files(released):
        content = read_file(folder / name)
        if content is not None:
            found[name] = content
    return found


def read_file(path: Path) -> bytes | None:
    """The bytes of a file, at most one more than LARGEST; None for a link, for what is no file, and where
    there is nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError:
        return None


def _asked(source: str) -> Iterator[str]:
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:  # a magic of IPython
        return
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == ASKS:
            for argument in call.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield Path(argument.value).name
