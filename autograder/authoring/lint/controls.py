"""What a reader acts on: fields, buttons, links and folds. Each says what it is, and none needs a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from autograder.authoring.lint.page import Page, Told, quoted, words

_FIELDS = ("input", "select", "textarea", "button", "meter", "progress")
_SAYS_NOTHING = re.compile(r"(click )?(here|there|this|link|this link|this page|more|read more|see|page|\W*)$", re.I)
_ADDRESS = re.compile(r"(https?://|www\.)\S+$")
_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
_HINT = re.compile(r"Hint \d")


def label(page: Page) -> Iterator[Told]:
    """Every field, button and frame has a name."""
    for cell in page.cells:
        for html in cell.pages:
            for field in html.find_all(_FIELDS):
                if field.get("type") != "hidden" and not _named(field, html):
                    mend = "write a label for it, or an aria-label"
                    yield Told(cell, f"a <{field.name}> that says nowhere what it is", mend)
            for frame in html.find_all(("iframe", "object")):
                if not frame.get("title"):
                    yield Told(cell, f"an <{frame.name}> without a title", "give it one")


def link_text(page: Page) -> Iterator[Told]:
    """A link says where it leads when it is read by itself."""
    for cell in page.cells:
        for link in (link for html in cell.pages for link in html.find_all("a", href=True)):
            image = link.find("img", alt=True)
            text = words(link) or (image["alt"] if image else "") or link.get("aria-label", "")
            if _SAYS_NOTHING.match(text) or _ADDRESS.match(text):
                yield Told(cell, f"the link {quoted(text)} does not say where it leads", "name what is there")


def folded(page: Page) -> Iterator[Told]:
    """Hints are folded, each fold has a title that says what is in it, and none is open from the start."""
    for cell in page.cells:
        for html in cell.pages:
            for fold in html.find_all("details"):
                title = next((child for child in fold.children if isinstance(child, Tag)), None)
                if title is None or title.name != "summary" or len(words(title).split()) < 2:
                    mend = "begin it with <summary>, in two words or more"
                    yield Told(cell, f"the fold {quoted(words(fold), 40)} has no title", mend)
                if fold.has_attr("open"):
                    yield Told(cell, f"the fold {quoted(words(fold), 40)} is open", "take out `open`")
        for text in cell.html.find_all(string=_HINT):
            if text.find_parent("details") is None:
                yield Told(cell, f"a hint is not folded: {quoted(text)}", "put it into <details><summary>")


def hover(page: Page) -> Iterator[Told]:
    """Nothing is told to a mouse alone: what a style sheet does on :hover it does on :focus too, and the words of a
    title attribute stand elsewhere as well."""
    for cell in page.cells:
        for html in cell.pages:
            for sheet in html.find_all("style"):
                for selector in _hovered(sheet.get_text()):
                    yield Told(cell, f"`{selector}` is for a mouse only", "do the same on :focus or :focus-within")
            for element in html.find_all(title=True):
                said = " ".join((words(element), *(element.get(a, "") for a in ("aria-label", "alt", "data-t"))))
                if element["title"].lower() not in said.lower() and element.name not in ("iframe", "object"):
                    what = f"{quoted(element['title'])} can be read only by pointing at a <{element.name}>"
                    yield Told(cell, what, "write it out, or repeat it as its aria-label")


def _named(field: Tag, html: BeautifulSoup) -> bool:
    if any(field.get(name, "").strip() for name in ("aria-label", "aria-labelledby", "title")):
        return True
    if field.name == "button" and words(field):
        return True
    if field.get("type") in ("submit", "button", "reset") and field.get("value"):
        return True
    of_it = html.find("label", attrs={"for": field["id"]}) if field.get("id") else None
    own = of_it or field.find_parent("label")
    return own is not None and bool(words(own))


def _hovered(sheet: str) -> Iterator[str]:
    """The selectors with :hover that have no counterpart for the keyboard's focus."""
    selectors = [one.strip() for rule in _RULE.findall(sheet) for one in rule.split(",")]
    plain = {one: one.replace(":not(:hover)", "") for one in selectors}
    focused = {_from_focus(one) for one in plain.values() if ":focus" in one}
    for selector, one in plain.items():
        if ":hover" in one and _from_focus(one.replace(":hover", ":focus")) not in focused:
            yield selector


def _from_focus(selector: str) -> str:
    """The end of a selector, from the part that has the focus on."""
    parts = re.sub(r":focus-(within|visible)", ":focus", selector).split()
    return " ".join(parts[next(number for number, part in enumerate(parts) if ":focus" in part) :])
