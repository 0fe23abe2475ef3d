"""A notebook as handed in, made fit for grading: what Colab and other editors leave behind is dropped."""

import hashlib
import json
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

COLAB_CELL_KEYS = ("id", "colab", "colab_type", "outputId", "executionInfo", "base_uri", "height", "cellView")
COLAB_NOTEBOOK_KEYS = ("colab", "accelerator")
COLAB_MIME = "application/vnd.google.colaboratory"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
BADGE = re.compile(
    r"\s*(<a href=\"https://colab\.research\.google\.com/[^>]*>)?\s*<img[^>]*colab-badge\.svg[^>]*>\s*(</a>)?\s*"
)
OUTPUT_KEYS = {
    "stream": ("output_type", "name", "text"),
    "display_data": ("output_type", "data", "metadata"),
    "execute_result": ("output_type", "data", "metadata", "execution_count"),
    "error": ("output_type", "ename", "evalue", "traceback"),
}
AGAIN = "Download the notebook again (in Colab: File, Download, Download .ipynb) and hand that file in."


class Refused(Exception):
    """A file that cannot be graded. `reason` and `what_to_do` are sentences for the student."""

    def __init__(self, reason: str, what_to_do: str):
        super().__init__(f"{reason} {what_to_do}")
        self.reason = reason
        self.what_to_do = what_to_do


def clean(text_or_bytes: str | bytes) -> tuple[NotebookNode, list[str]]:
    """A valid nbformat 4.5 notebook, and one plain sentence for each kind of repair made (none: it was fine).

    nbgrader's metadata, the sources, the order and the outputs of the cells are kept. Raises Refused.
    """
    notes: list[str] = []
    raw = _parse(_decode(text_or_bytes, notes))
    _refuse_other_formats(raw)
    repaired = _mend_structure(raw)
    nb = _join(raw)
    _drop_badge(nb, notes)
    _give_ids(nb, notes)  # before Colab's metadata.id goes: it may be the only trace of the cell's id
    _drop_colab(nb, notes)
    if _drop_stateless_widgets(nb):
        notes.append("Saved widgets without their state: dropped, they cannot be shown.")
    repaired |= _mend_outputs(nb)
    if nb.nbformat_minor != 5:
        notes.append(f"Notebook format 4.{nb.nbformat_minor} brought to 4.5.")
        nb.nbformat_minor = 5
    if not _valid(nb):
        _forget_outputs(nb)
        repaired = True
    if repaired:
        notes.append("Parts of the file that a notebook may not have (or lacked) were put right.")
    if not _valid(nb):
        raise Refused("The notebook is damaged: its cells do not have the form that Jupyter asks for.", AGAIN)
    return nb, notes


def _decode(given: str | bytes, notes: list[str]) -> str:
    if isinstance(given, str):
        return given.removeprefix("\ufeff")
    try:
        if given[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = given.decode("utf-16")
            notes.append("Saved as UTF-16: read as such and kept as UTF-8.")
            return text
        return given.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("The file is not text in UTF-8, so it is not a notebook.", AGAIN) from None


def _parse(text: str) -> dict[str, Any]:
    start = text.lstrip()[:200].lower()
    if not start:
        raise Refused("The file is empty.", AGAIN)
    if start.startswith(("<!doctype", "<html")):
        raise Refused("The file is a web page, not the notebook itself.", AGAIN)
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("The file is not readable as a notebook: it is not complete JSON.", AGAIN) from None
    if not isinstance(raw, dict) or "nbformat" not in raw:
        raise Refused("The file is JSON, but not a notebook.", AGAIN)
    return raw


def _refuse_other_formats(raw: dict[str, Any]) -> None:
    major, minor = raw["nbformat"], raw.get("nbformat_minor", 0)
    if not isinstance(major, int) or not isinstance(minor, int):
        raise Refused("The file does not say which notebook format it has.", AGAIN)
    if major < 4:
        what = "Open it in Jupyter or Colab, save it, and hand in the saved file."
        raise Refused(f"The notebook is in format {major}, used before 2015.", what)
    if major > 4 or minor > 5:
        what = "Save it with JupyterLab 4 or Colab and hand in the saved file."
        raise Refused(f"The notebook is in format {major}.{minor}, newer than 4.5.", what)
    cells = raw.get("cells")
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise Refused("The file has no list of cells.", AGAIN)


def _mend_structure(raw: dict[str, Any]) -> bool:
    """Fill in what every cell must have; True if anything was amiss."""
    before = json.dumps(raw, sort_keys=True)
    raw.setdefault("nbformat_minor", 0)
    if not isinstance(raw.get("metadata"), dict):
        raw["metadata"] = {}
    for cell in raw["cells"]:
        if cell.get("cell_type") not in ("code", "markdown", "raw"):
            cell["cell_type"] = "raw"
        for holder, key, empty in ((cell, "metadata", {}), (cell, "source", "")):
            if not isinstance(holder.get(key), dict if key == "metadata" else (str, list)):
                holder[key] = empty
        if isinstance(cell["source"], list):
            cell["source"] = [line for line in cell["source"] if isinstance(line, str)]
        if cell["cell_type"] == "code":
            if not isinstance(cell.get("outputs"), list):
                cell["outputs"] = []
            if not isinstance(cell.get("execution_count"), int):
                cell["execution_count"] = None
        for key in ("outputs", "execution_count"):
            if cell["cell_type"] != "code":
                cell.pop(key, None)
    return json.dumps(raw, sort_keys=True) != before


def _join(raw: dict[str, Any]) -> NotebookNode:
    """nbformat's own reading: lists of lines become strings."""
    try:
        return nbformat.v4.reads(json.dumps(raw))
    except Exception:
        for cell in raw["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = []
        try:
            return nbformat.v4.reads(json.dumps(raw))
        except Exception:
            raise Refused("The notebook is damaged: its cells cannot be read.", AGAIN) from None


def _drop_badge(nb: NotebookNode, notes: list[str]) -> None:
    def is_badge(cell: NotebookNode) -> bool:
        added = cell.metadata.get("id") == "view-in-github" or "colab_type" in cell.metadata
        return cell.cell_type == "markdown" and added and bool(BADGE.fullmatch(cell.source))

    kept = [cell for cell in nb.cells if not is_badge(cell)]
    if len(kept) != len(nb.cells):
        notes.append('The badge cell that Colab adds with "Save a copy in GitHub" was dropped.')
        nb.cells = kept


def _give_ids(nb: NotebookNode, notes: list[str]) -> None:
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


def _drop_colab(nb: NotebookNode, notes: list[str]) -> None:
    found = personal = False
    for key in COLAB_NOTEBOOK_KEYS:
        found |= nb.metadata.pop(key, None) is not None
    for cell in nb.cells:
        personal |= "executionInfo" in cell.metadata
        for key in COLAB_CELL_KEYS:
            found |= cell.metadata.pop(key, None) is not None
        for output in cell.get("outputs", []):
            for holder in (output.get("data"), output.get("metadata")):
                for key in [k for k in holder or {} if k.startswith(COLAB_MIME) or k == "colab"]:
                    del holder[key]
                    found = True
    if personal:
        notes.append("Saved by Colab: personal data of its run log dropped.")
    elif found:
        notes.append("Saved by Colab: its own marks on the cells dropped.")


def _drop_stateless_widgets(nb: NotebookNode) -> bool:
    widgets = nb.metadata.get("widgets")
    if widgets is None:
        return False
    saved = widgets.get(WIDGET_STATE) if isinstance(widgets, dict) else None
    if isinstance(saved, dict) and isinstance(saved.get("state"), dict):
        return False
    del nb.metadata["widgets"]
    return True


def _mend_outputs(nb: NotebookNode) -> bool:
    """Drop outputs and keys of outputs that nbformat does not know; True if there were any."""
    mended = False
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        known = [o for o in cell.outputs if isinstance(o, dict) and o.get("output_type") in OUTPUT_KEYS]
        mended |= len(known) != len(cell.outputs)
        cell.outputs = known
        for output in known:
            for key in [k for k in output if k not in OUTPUT_KEYS[output.output_type]]:
                del output[key]
                mended |= key not in ("errorDetails", "metadata")  # Colab's
    return mended


def _valid(nb: NotebookNode) -> bool:
    try:
        nbformat.validate(nb, version=4, version_minor=5)
    except nbformat.ValidationError:
        return False
    return True


def _forget_outputs(nb: NotebookNode) -> None:
    """Last resort before refusing: grading runs every cell again, so outputs and stray keys may go."""
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = []
        for key in [
            k for k in cell if k not in ("cell_type", "id", "metadata", "source", "outputs", "execution_count")
        ]:
            del cell[key]
    for key in [k for k in nb if k not in ("nbformat", "nbformat_minor", "metadata", "cells")]:
        del nb[key]
