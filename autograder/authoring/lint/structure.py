"""How a lesson is laid out: its headings and its tables, by which a screen reader moves about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from autograder.authoring.lint.page import Cell, Page, Told, quoted, words

_HEADING = re.compile(r"h[1-6]$")


def one_title(page: Page) -> Iterator[Told]:
    """One h1, in the first cell."""
    titles = [(cell, h) for cell, h in _headings(page) if h.name == "h1"]
    first = page.cells[0]
    if not titles or titles[0][0] is not first:
        yield Told(first, "the first cell has no title", "begin it with one line `# ...`")
    for cell, heading in titles:
        if cell is not first or heading is not titles[0][1]:
            yield Told(cell, f"a second title, {quoted(words(heading))}", "make it `## ...`: a page has one h1")


def heading_order(page: Page) -> Iterator[Told]:
    """No level is left out on the way down; no heading is empty."""
    before = 0
    for cell, heading in _headings(page):
        level = int(heading.name[1])
        if not words(heading):
            yield Told(cell, f"an empty {heading.name}", "give it words, or take it out")
        if before and level > before + 1:
            what = f"{quoted(words(heading))} is h{level} under h{before}"
            yield Told(cell, what, f"make it h{before + 1}")
        before = level


def table_header(page: Page) -> Iterator[Told]:
    """Every table has header cells, and none of them is empty."""
    for cell in page.cells:
        for table in (table for html in cell.pages for table in html.find_all("table")):
            if table.get("role") == "presentation":
                continue
            begins = quoted(words(table), 40)
            headers = table.find_all("th")
            if not any(words(th) for th in headers):
                yield Told(cell, f"the table {begins} has no header", "say in its first row what each column holds")
            elif not all(words(th) for th in headers):
                yield Told(cell, f"a header cell of the table {begins} is empty", "name that column or row, too")


def _headings(page: Page) -> Iterator[tuple[Cell, Tag]]:
    for cell in page.cells:
        for html in cell.pages:
            for heading in html.find_all(_HEADING):
                yield cell, heading
