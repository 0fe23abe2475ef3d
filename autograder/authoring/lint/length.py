"""How long a lesson runs on without something to look at or to do, and what its file weighs."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import Tag

from autograder.authoring.lint.page import Cell, Page, Told, quoted, words

SCREEN = 250  # words: what a laptop shows of a notebook's text at its usual size, two columns of prose in a book
HEAVIEST = 1_000_000  # bytes of a released notebook
_BLOCKS = ("p", "li", "td", "th", "blockquote", "pre")
_BREAKS = ("h1", "h2", "h3", "h4", "h5", "h6", "img")


def screen(page: Page) -> Iterator[Told]:
    """Text runs on for no more than a screen before a heading, a picture, code or an exercise comes.

    What is folded is not counted, for it is not on the screen; nor are formulas.
    """
    begun: tuple[Cell, str] | None = None
    count = 0
    for cell, block in _blocks(page):
        if block is None or block.name in _BREAKS or block.find("img") or _is_exercise(block):
            yield from _too_long(begun, count)
            begun, count = None, 0
        if block is not None and block.name in _BLOCKS:
            begun = begun or (cell, words(block))
            count += len(words(block).split())
    yield from _too_long(begun, count)


def weight(page: Page) -> Iterator[Told]:
    """A released notebook is light enough for a slow line."""
    if page.released and page.weight >= HEAVIEST:
        what = f"the released notebook weighs {page.weight / 1e6:.2f} MB, {HEAVIEST / 1e6:.0f} MB is the most"
        yield Told(page.cells[0], what, "make its figures smaller, or have fewer of them")


def _blocks(page: Page) -> Iterator[tuple[Cell, Tag | None]]:
    """The smallest pieces that hold text, in order; None where code or an output stands."""
    for cell in page.cells:
        if cell.kind == "code" or cell.is_answer:
            yield cell, None
            continue
        for element in cell.html.find_all((*_BLOCKS, *_BREAKS)):
            if element.find_parent("details") is None and element.find(_BLOCKS) is None:
                yield cell, element


def _is_exercise(block: Tag) -> bool:
    bold = block.find("strong")
    return bold is not None and bold.get_text().startswith("Exercise ")


def _too_long(begun: tuple[Cell, str] | None, count: int) -> Iterator[Told]:
    if begun and count > SCREEN:
        what = f"{count} words run on from {quoted(begun[1])}, {SCREEN} is the most"
        yield Told(begun[0], what, "cut it, or put a heading, a picture or an exercise between")
