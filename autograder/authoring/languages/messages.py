"""The text of a markdown cell as messages: what a translator is given, and what goes back in its place.

A message is a block of the cell, as blank lines divide it: a paragraph, a heading, a list, a table, a figure with its
alt text; of folded hints each is one. A paragraph's lines are joined, so that the English may be wrapped anew without
a translation growing stale. A block in which nothing is to be translated (a formula, code, the button for Colab) is no
message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.authoring.course_cells import BADGE_LINE

CODE_OR_FORMULA = re.compile(
    r"(?P<fence>^```.*?^```$)|(?P<code>(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<formula>\$\$.+?\$\$|(?<![\\$])\$(?!\$).+?(?<!\\)\$)",
    re.DOTALL | re.MULTILINE,
)
_BEGINS_A_LINE = re.compile(r"\s*([*+-] |\d+[.)] |#{1,6} |\||>|<details)")  # and is not joined to the one before
_STANDS_ALONE = re.compile(r"\s*(#{1,6} |\||>|<details)")  # and nothing is joined to it
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Piece:
    """A part of a cell: a message, or what stays as it is: blank lines, code, formulas."""

    text: str
    is_message: bool


def pieces(source: str) -> list[Piece]:
    """A cell's source, in order. Joined again they are the cell, but for where its lines end."""
    found: list[Piece] = []
    for part in re.split(r"(\n\s*\n)", _with_whole_fences(source)):
        block = part.replace(_BLANK, "\n\n")
        if not block.strip():
            found.append(Piece(block, False))
            continue
        for number, line in enumerate(_folded(block)):
            if number:
                found.append(Piece("\n", False))
            found.append(Piece(line, _is_prose(line)))
    return found


def messages(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Every message of a lesson that students see: (cell id, text). Cells that nbgrader marks, such as the place of a
    written answer, are none: grading knows by their text whether somebody has worked on them."""
    return [
        (cell.id, piece.text)
        for cell in notebook.cells
        if is_translated(cell)
        for piece in pieces(cell.source)
        if piece.is_message
    ]


def is_translated(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and "nbgrader" not in cell.metadata


def translated(source: str, translate: Callable[[str], str]) -> str:
    """The cell's source with each message put through `translate`."""
    return "".join(translate(piece.text) if piece.is_message else piece.text for piece in pieces(source))


_BLANK = "\0"  # for a blank line inside a fence of code, which ends no block


def _with_whole_fences(source: str) -> str:
    return CODE_OR_FORMULA.sub(lambda m: m[0].replace("\n\n", _BLANK) if m["fence"] else m[0], source)


def _folded(block: str) -> list[str]:
    """One text, its paragraphs' lines joined; of hints, which are a line each, as many texts."""
    if block.startswith(("```", "$$", "    ")):
        return [block]
    lines: list[str] = []
    for line in block.splitlines():
        joins = lines and not _BEGINS_A_LINE.match(line) and not _STANDS_ALONE.match(lines[-1])
        if joins and not lines[-1].endswith(("  ", "\\")):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    return lines if all(line.startswith("<details") for line in lines) else ["\n".join(lines)]


def _is_prose(text: str) -> bool:
    left = _TAG.sub("", CODE_OR_FORMULA.sub("", BADGE_LINE.sub("", text)))
    return bool(re.search(r"[^\W\d_]{2}", left))
