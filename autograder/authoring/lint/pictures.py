"""Pictures: each says in words what it shows, in the text, in outputs and in HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.authoring.lint.page import Page, Told, quoted

FEWEST = 4  # words of an alt text
_FILE = re.compile(r"\S+\.(png|svg|jpe?g|gif|webp)$", re.I)
_MEND = "say in words what it shows"


def alt_text(page: Page) -> Iterator[Told]:
    """Every picture has an alt text of a few words, which is no file name; of one that is a link one word will do."""
    for cell in page.cells:
        for image in (image for html in cell.pages for image in html.find_all("img")):
            wrong = _wrong(image.get("alt"), 1 if image.find_parent("a") else FEWEST)  # a button says what it does
            if wrong:
                yield Told(cell, f"the picture {quoted(image.get('src', ''), 30)} has {wrong}", f"{_MEND}, as its alt")
        for output in cell.outputs:
            for kind in output.get("data", {}):
                about = output.get("metadata", {}).get(kind, {})
                wrong = _wrong(about.get("alt")) if kind.startswith("image/") else ""
                if wrong:
                    yield Told(cell, f"a picture among the outputs has {wrong}", f"{_MEND}, in its metadata")


def svg_name(page: Page) -> Iterator[Told]:
    """Every SVG is an image with a name, or hidden from screen readers where its words stand beside it."""
    for cell in page.cells:
        for svg in (svg for html in cell.pages for svg in html.find_all("svg")):
            title = svg.find("title", recursive=False)
            name = svg.get("aria-label") or svg.get("aria-labelledby") or (title and title.get_text(strip=True))
            if svg.get("aria-hidden") != "true" and not (name and svg.get("role") == "img"):
                yield Told(cell, "an SVG without role=img and a name", "give it both, or aria-hidden=true")


def _wrong(alt: str | None, fewest: int = FEWEST) -> str:
    """What is wrong with an alt text: nothing, "", for a good one."""
    alt = (alt or "").strip()
    if not alt:
        return "no alt text"
    if _FILE.match(alt):
        return f"a file name for its alt text, {quoted(alt)}"
    if len(alt.split()) < fewest:
        return f"an alt text of fewer than {FEWEST} words, {quoted(alt)}"
    return ""
