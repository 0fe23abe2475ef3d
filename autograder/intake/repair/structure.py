"""What every cell and output must have, filled in; what none may have, dropped."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.intake.repair.parse import AGAIN, Refused

VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
OUTPUT_KEYS = {
    "stream": ("output_type", "name", "text"),
    "display_data": ("output_type", "data", "metadata"),
    "execute_result": ("output_type", "data", "metadata", "execution_count"),
    "error": ("output_type", "ename", "evalue", "traceback"),
}
CELL_KEYS = ("cell_type", "id", "metadata", "source", "outputs", "execution_count")


def mend_structure(raw: dict[str, Any], notes: list[str]) -> bool:
    """Fill in what every cell must have; True if anything was amiss. What is lost of a text is said in `notes`."""
    before = json.dumps(raw, sort_keys=True)
    if not isinstance(raw.get("nbformat_minor"), int) or raw["nbformat_minor"] < 0:
        raw["nbformat_minor"] = 0
    if not isinstance(raw.get("metadata"), dict):
        raw["metadata"] = {}
    cells = [cell for cell in raw["cells"] if isinstance(cell, dict)]
    if len(cells) < len(raw["cells"]):
        notes.append(f"Cells that could not be read were dropped: {len(raw['cells']) - len(cells)}; ask the student.")
    raw["cells"] = cells
    unread = [number for number, cell in enumerate(cells, start=1) if not _mend_cell(cell)]
    if unread:
        listed = ", ".join(map(str, unread[:5])) + (" ..." if len(unread) > 5 else "")
        notes.append(f"Parts of the text of some cells could not be read: cell {listed}; ask the student.")
    return json.dumps(raw, sort_keys=True) != before


def _mend_cell(cell: dict[str, Any]) -> bool:
    """False if some of its text could not be read."""
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        ran = any(key in cell for key in ("outputs", "execution_count"))
        cell["cell_type"] = "code" if ran else "raw"
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = {}
    given = cell.get("source")
    lines = given if isinstance(given, list) else [given]
    read = [line for line in lines if isinstance(line, str)]
    cell["source"] = given if isinstance(given, str) else read
    if cell["cell_type"] == "code":
        if not isinstance(cell.get("outputs"), list):
            cell["outputs"] = []
        count = cell.get("execution_count")
        if type(count) is not int or count < 0:
            cell["execution_count"] = None
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        if not _are_attachments(cell.get("attachments", {})):
            del cell["attachments"]
    return len(read) == len(lines)


def _are_attachments(given: Any) -> bool:
    """File name -> kind of file -> its text."""
    kinds = given.values() if isinstance(given, dict) else [None]
    return all(isinstance(kind, dict) and all(isinstance(text, str) for text in kind.values()) for kind in kinds)


def join(raw: dict[str, Any]) -> NotebookNode:
    """nbformat's own reading: lists of lines become strings."""
    try:
        return nbformat.v4.reads(json.dumps(raw))
    except Exception:  # an output of a shape that nbformat does not expect: any error of Python's
        for cell in raw["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = []
        try:
            return nbformat.v4.reads(json.dumps(raw))
        except Exception:
            raise Refused("The notebook is damaged: its cells cannot be read.", AGAIN) from None


def give_ids(nb: NotebookNode, notes: list[str]) -> None:
    taken: set[str] = set()
    mended = 0
    for position, cell in enumerate(nb.cells):
        candidates = [cell.get("id"), cell.metadata.get("id")]
        valid = [c for c in candidates if isinstance(c, str) and VALID_ID.fullmatch(c) and c not in taken]
        if valid:
            chosen = valid[0]
        else:
            digest = hashlib.sha256(f"{position}:{cell.source}".encode()).hexdigest()
            chosen = f"given-{position}-{digest[:8]}"
        mended += chosen != cell.get("id")
        cell["id"] = chosen
        taken.add(chosen)
    if mended:
        notes.append("Some cells had no id of their own: they were given one.")


def mend_outputs(nb: NotebookNode) -> bool:
    """Drop outputs and keys of outputs that nbformat does not know; True if there were any."""
    mended = False
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        known = [o for o in cell.outputs if isinstance(o, dict) and _kind(o) in OUTPUT_KEYS]
        mended |= len(known) != len(cell.outputs)
        cell.outputs = known
        for output in known:
            for key in [k for k in output if k not in OUTPUT_KEYS[output.output_type]]:
                del output[key]
                mended |= key not in ("errorDetails", "metadata")  # Colab's
    return mended


def _kind(output: dict[str, Any]) -> str:
    kind = output.get("output_type")
    return kind if isinstance(kind, str) else ""


def is_valid(nb: NotebookNode) -> bool:
    try:
        nbformat.validate(nb, version=4, version_minor=5)
    except nbformat.ValidationError:
        return False
    return True


def forget_outputs(nb: NotebookNode) -> None:
    """Grading runs every cell again, so outputs and stray keys may go."""
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = []
        for key in [k for k in cell if k not in CELL_KEYS]:
            del cell[key]
    for key in [k for k in nb if k not in ("nbformat", "nbformat_minor", "metadata", "cells")]:
        del nb[key]


def forget_metadata(nb: NotebookNode) -> None:
    """Last resort: grading takes the lesson's own metadata; of a cell's only nbgrader's mark is used."""
    nb.metadata = NotebookNode()
    for cell in nb.cells:
        mark = cell.metadata.get("nbgrader")
        cell.metadata = NotebookNode(nbgrader=mark) if isinstance(mark, dict) else NotebookNode()
