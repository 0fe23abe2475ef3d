"""Finds the notebook that a kernel belongs to. The kernel does not know its file, so several places are asked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.checking import records

SESSION = "JPY_SESSION_NAME"  # JupyterLab and Notebook 7 name the file here when they start a kernel
VSCODE = "__vsc_ipynb_file__"  # and VS Code in the notebook's own names
MOST_BYTES = 200_000_000


class NotFound(Exception):
    """There is no notebook to look at. Its text is a sentence that says why, and what to do."""


@dataclass(frozen=True)
class Cell:
    """kind: code or markdown. grade_id: nbgrader's name of it, "" where it has none."""

    kind: str
    source: str
    grade_id: str = ""


@dataclass(frozen=True)
class Notebook:
    """name: of its file; "" on Colab, where the notebook itself was read. saved: when, in seconds since 1970; None on
    Colab. others: further notebooks beside it with answers of the same lesson."""

    cells: tuple[Cell, ...]
    name: str = ""
    folder: Path = Path()
    saved: float | None = None
    others: tuple[str, ...] = ()


def find(lesson: str, ids: Sequence[str], file: str | Path | None = None) -> Notebook:
    """The notebook with this lesson's answers, `ids`. Raises NotFound, in a sentence or two, where there is none."""
    if file is not None:
        if not isinstance(file, str | Path):
            raise NotFound(f'file is the name of a notebook, as in submit("{lesson}", file="{lesson}.ipynb").')
        return _of_this_lesson(_read(Path(file)), lesson)
    if "google.colab" in sys.modules:
        return _of_this_lesson(_on_colab(), lesson)
    named = _named()
    if named is not None:
        return _of_this_lesson(_read(named), lesson)
    found = [notebook for notebook in _around(lesson) if _holds(notebook, ids)]
    if not found:
        raise NotFound(
            f"No notebook with the answers of {lesson} was found in {Path.cwd()}. Save the notebook; if it lies "
            f'elsewhere, say where: submit("{lesson}", file="FOLDER/{lesson}.ipynb").'
        )
    latest = max(found, key=lambda notebook: notebook.saved or 0.0)
    others = tuple(str(one.folder / one.name) for one in found if one is not latest)
    return Notebook(latest.cells, latest.name, latest.folder, latest.saved, others)


def ran() -> frozenset[str] | None:
    """The cells that were run in this session, as they stood then; None where that is not known."""
    shell = _shell()
    history = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None)
    return None if not history else frozenset(str(source).strip() for source in history)


def _named() -> Path | None:
    """The file that JupyterLab or VS Code names, if it is still there (a notebook that was renamed is not)."""
    in_vscode = getattr(_shell(), "user_ns", {}).get(VSCODE)
    for said in (in_vscode, os.environ.get(SESSION)):
        path = Path(said) if isinstance(said, str) and said.endswith(".ipynb") else None
        if path is not None and path.is_file():
            return path
    return None


def _around(lesson: str) -> Iterable[Notebook]:
    """The notebooks in the working folder, and in the lesson's folder below it."""
    here = Path.cwd()
    for folder in (here, here / lesson, here / "lessons" / lesson):
        for path in sorted(folder.glob("*.ipynb")):
            try:
                yield _read(path)
            except NotFound:
                continue


def _holds(notebook: Notebook, ids: Sequence[str]) -> bool:
    """Whether it is of this lesson: most of the answers have their names. (Lessons share a few of them.)"""
    return 2 * len({cell.grade_id for cell in notebook.cells} & {*ids}) > len(ids)


def _of_this_lesson(notebook: Notebook, lesson: str) -> Notebook:
    found = {cell.grade_id for cell in notebook.cells}
    shares = {other: len(found & {cell.id for cell in records.answer_cells(other)}) for other in records.lessons()}
    likeliest = max(shares, key=shares.__getitem__)
    name = notebook.name or "This notebook"
    if not shares[lesson]:
        raise NotFound(
            f"{name} holds no answer of {lesson}. Is it another lesson, or were its cells pasted into a new notebook? "
            "Answers belong into the cells that the lesson brought along."
        )
    if shares[likeliest] > shares[lesson]:  # every lesson has an `explain`
        raise NotFound(f'{name} is of the lesson {likeliest}, not of {lesson}: submit("{likeliest}").')
    return notebook


def _read(path: Path) -> Notebook:
    try:
        saved = path.stat().st_mtime
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        tree = json.loads(content) if len(content) <= MOST_BYTES else None
    except OSError as error:
        raise NotFound(f"{path} can not be read ({error.strerror or type(error).__name__}).") from None
    except (ValueError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotFound(f"{path} is no notebook, or a damaged one ({type(error).__name__}{line}).") from None
    return Notebook(_cells(tree, str(path)), path.name, path.resolve().parent, saved)


def _on_colab() -> Notebook:
    """The notebook as it stands in the browser, asked of Colab itself."""
    try:
        from google.colab import _message

        answer = _message.blocking_request("get_ipynb", request="", timeout_sec=30)
        tree = answer["ipynb"]
    except Exception as error:  # whatever Colab says: this is no interface that it promises to keep
        raise NotFound(
            f"Colab did not hand over the notebook ({type(error).__name__}). Look through it yourself, then choose "
            "File → Download → Download .ipynb."
        ) from None
    return Notebook(_cells(tree, "What Colab handed over"), folder=Path.cwd())


def _cells(tree: Any, name: str) -> tuple[Cell, ...]:
    """The cells of a notebook's tree, whatever else stands in it. Raises NotFound where there are none."""
    given = tree.get("cells") if isinstance(tree, dict) else None
    if not isinstance(given, list):
        raise NotFound(f"{name} is no notebook, or one of an old format: it has no cells.")
    return tuple(_cell(cell) for cell in given if isinstance(cell, dict))


def _cell(cell: dict[str, Any]) -> Cell:
    source, metadata = cell.get("source", ""), cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return Cell(str(cell.get("cell_type", "")), text, grade_id if isinstance(grade_id, str) else "")


def _shell() -> Any:
    from IPython import get_ipython

    return get_ipython()
