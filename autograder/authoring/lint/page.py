"""A lesson's notebook as its reader gets it: each markdown cell and each output as HTML that can be searched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from bs4 import BeautifulSoup, Tag

_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.S)
FORMULA = "𝑥"  # stands for a formula: one word, one letter


class Told(NamedTuple):
    """What a rule found: where, what is wrong there, and how to mend it."""

    cell: Cell
    what: str
    mend: str


@dataclass(frozen=True)
class Cell:
    """One cell. number: its place in the notebook, from 1."""

    number: int
    id: str
    kind: str
    source: str
    is_answer: bool  # a solution's cell: in the released notebook the student's place, in the solved one the key
    outputs: tuple[dict[str, Any], ...]

    @cached_property
    def html(self) -> BeautifulSoup:
        """The text of a markdown cell, formulas and all; of another cell nothing."""
        return _parsed(_rendered(self.source) if self.kind == "markdown" else "")

    @cached_property
    def shown(self) -> tuple[BeautifulSoup, ...]:
        """The outputs that are HTML."""
        found = (output.get("data", {}).get("text/html") for output in self.outputs)
        return tuple(_parsed(_text(one)) for one in found if one)

    @cached_property
    def pages(self) -> tuple[BeautifulSoup, ...]:
        """All HTML of the cell: its text and what it shows."""
        return (self.html, *self.shown)


@dataclass(frozen=True)
class Page:
    """A notebook: its cells in order, and what its file weighs in bytes."""

    cells: tuple[Cell, ...]
    weight: int
    released: bool

    @property
    def texts(self) -> Iterator[Cell]:
        return (cell for cell in self.cells if cell.kind == "markdown")


def read(path: Path, released: bool) -> Page:
    """The notebook in this file. Raises OSError or ValueError where it is none."""
    text = path.read_text(encoding="utf-8")
    cells = [_cell(number, cell) for number, cell in enumerate(json.loads(text)["cells"], 1)]
    return Page(tuple(cells), len(text.encode()), released)


def words(element: Tag | BeautifulSoup) -> str:
    """The words of an element in one line, formulas as one letter each."""
    return " ".join(_FORMULA.sub(FORMULA, element.get_text()).split())


def quoted(text: str, most: int = 60) -> str:
    """The beginning of a text, to find its place by."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= most else line[:most].rstrip() + '…'}”"


def _cell(number: int, cell: dict[str, Any]) -> Cell:
    return Cell(
        number,
        cell.get("id", f"cell {number}"),
        cell["cell_type"],
        _text(cell["source"]),
        bool(cell["metadata"].get("nbgrader", {}).get("solution")),
        tuple(cell.get("outputs", [])),
    )


def _text(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)


def _rendered(source: str) -> str:
    """As nbconvert renders it, formulas left as they are typed."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath  # here: it takes a second

    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source.replace("](attachment:", "]("))


def _parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")
