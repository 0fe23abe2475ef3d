"""The bytes of a file -> the JSON of a notebook, tame enough for everything that reads it later."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from autograder.tame import DEEPEST, SURROGATE, tame

MOST_CELLS = 5_000
LONGEST_CODE = 1_000_000  # characters of one code cell
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
AGAIN = "Download the notebook again (in Colab: File, Download, Download .ipynb) and hand that file in."


class Refused(Exception):
    """A file that cannot be graded. `reason` and `what_to_do` are sentences for the student."""

    def __init__(self, reason: str, what_to_do: str):
        super().__init__(f"{reason} {what_to_do}")
        self.reason = reason
        self.what_to_do = what_to_do


def parse(given: str | bytes, notes: list[str]) -> dict[str, Any]:
    """The notebook as plain JSON: no NaN, no number too large, no half characters, nothing nested without end."""
    text, unreadable = _decode(given, notes)
    try:
        raw = _loads(text, notes)
    except Refused:
        if unreadable:
            raise Refused("The file is not text in UTF-8, so it is not a notebook.", AGAIN) from None
        raise
    if unreadable:
        notes.append(f"Characters that are not UTF-8 stand as \ufffd now: {unreadable}; please check the answers.")
    return raw


def _decode(given: str | bytes, notes: list[str]) -> tuple[str, int]:
    """The text, and how many places of it could not be read."""
    if isinstance(given, str):
        return given.removeprefix("\ufeff"), 0
    encoding = json.detect_encoding(given)
    try:
        text = given.decode(encoding)
    except UnicodeDecodeError:
        text = given.decode("utf-8", "replace").removeprefix("\ufeff")
        return text, max(1, text.count("\ufffd"))
    if not encoding.startswith("utf-8"):
        notes.append(f"Saved as {encoding.upper()[:6]}: read as such and kept as UTF-8.")
    return text.removeprefix("\ufeff"), 0


def _loads(text: str, notes: list[str]) -> dict[str, Any]:
    start = text.lstrip()[:200].lower()
    if not start:
        raise Refused("The file is empty.", AGAIN)
    if start.startswith(("<!doctype", "<html")):
        raise Refused("The file is a web page, not the notebook itself.", AGAIN)
    odd: set[str] = set()

    def whole(digits: str) -> int | None:
        if len(digits) < 18:
            return int(digits)
        return odd.add("number")

    def fraction(digits: str) -> float | None:
        value = float(digits)
        return value if math.isfinite(value) else odd.add("number")

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            odd.add("twice")
        return made

    try:
        raw = json.loads(
            text,
            parse_int=whole,
            parse_float=fraction,
            parse_constant=lambda _: odd.add("number"),
            object_pairs_hook=object_of,
        )
    except (ValueError, RecursionError):
        raise Refused("The file is not readable as a notebook: it is not complete JSON.", AGAIN) from None
    if not isinstance(raw, dict) or "nbformat" not in raw:
        raise Refused("The file is JSON, but not a notebook.", AGAIN)
    halves = bool(ESCAPED_SURROGATE.search(text) or SURROGATE.search(text))
    raw, tamed = tame(raw, halves)
    odd |= tamed
    if "twice" in odd:
        notes.append("The file says some things twice: the last counts; please check the answers.")
    if "number" in odd:
        notes.append("Numbers that no notebook may have (NaN, or too large) were dropped.")
    if "half" in odd:
        notes.append("Half characters stand as \ufffd now; please check the answers.")
    if "deep" in odd:
        notes.append(f"What was nested more than {DEEPEST} levels deep was dropped.")
    return raw


def refuse_what_is_no_notebook(raw: dict[str, Any]) -> None:
    """Of another format, or without cells, or with so many or such large ones that nobody typed them."""
    major, minor = raw["nbformat"], raw.get("nbformat_minor", 0)
    if not isinstance(major, int):
        raise Refused("The file does not say which notebook format it has.", AGAIN)
    if major < 4:
        what = "Open it in Jupyter or Colab, save it, and hand in the saved file."
        raise Refused(f"The notebook is in format {major}, used before 2015.", what)
    if major > 4 or (isinstance(minor, int) and minor > 5):
        what = "Save it with JupyterLab 4 or Colab and hand in the saved file."
        raise Refused(f"The notebook is in format {major}.{minor}, newer than 4.5.", what)
    cells = raw.get("cells")
    if not isinstance(cells, list) or not any(isinstance(cell, dict) for cell in cells):
        raise Refused("The file has no list of cells.", AGAIN)
    if len(cells) > MOST_CELLS:
        raise Refused(f"The notebook has more than {MOST_CELLS:,} cells.", "Remove those that are not yours.")
    for number, cell in enumerate(cells, start=1):
        source = cell.get("source") if isinstance(cell, dict) and cell.get("cell_type") != "markdown" else ""
        lines = source if isinstance(source, list) else [source]
        if sum(len(line) for line in lines if isinstance(line, str)) > LONGEST_CODE:
            what = "Read large data from a file, take it out of the cell, and hand the notebook in again."
            raise Refused(f"Cell {number} of the notebook has more than a million characters.", what)
