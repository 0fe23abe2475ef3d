"""Colours that are written into the page: text is told apart from its ground, in a light notebook and in a dark one.

By the formula of WCAG 2.2: 4.5 to 1 or more. Only colours in style attributes are looked at; what a style sheet makes
of an element is known to a browser, where axe-core measures it (tests/test_axe.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from autograder.authoring.lint.page import Page, Told, quoted, words

LEAST = 4.5
GROUNDS = {"light": "#ffffff", "dark": "#111111"}  # JupyterLab's own two, behind the cells
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})$", re.I)
_RGB = re.compile(r"rgb\((\d+),\s*(\d+),\s*(\d+)\)$")
_NAMES = {"white": "#ffffff", "black": "#000000"}


def contrast(page: Page) -> Iterator[Told]:
    """Text that has a colour of its own can be read on the ground it has: its own one, or the notebook's."""
    for cell in page.cells:
        for element in (element for html in cell.pages for element in html.find_all(style=True)):
            ink = colour_of(_styles(element).get("color", ""))
            if not ink or not words(element):
                continue
            for where, ground in _grounds(element).items():
                ratio = ratio_of(ink, ground)
                if ratio < LEAST:
                    what = f"{quoted(words(element), 30)} in {ink} has {ratio:.1f} to 1 on {ground} ({where})"
                    yield Told(cell, what, f"{LEAST} is the least: give it a ground of its own, or no colour")


def ratio_of(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21. Both as #rrggbb."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour_of(value: str) -> str:
    """A colour as #rrggbb; "" where it is none, or hangs on the page (`inherit`, `var(...)`)."""
    value = _NAMES.get(value.strip().lower(), value.strip().lower())
    if parts := _RGB.match(value):
        return "#" + "".join(f"{int(part):02x}" for part in parts.groups())
    if not _HEX.match(value):
        return ""
    return value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])


def _grounds(element: Tag) -> dict[str, str]:
    for around in (element, *element.parents):
        styles = _styles(around)
        own = colour_of(styles.get("background", "") or styles.get("background-color", ""))
        if own:
            return {"its own": own}
    return GROUNDS


def _styles(element: Tag) -> dict[str, str]:
    pairs = (line.partition(":") for line in (element.get("style") or "").split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
