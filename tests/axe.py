"""axe-core on the pages that readers see: what it finds is mended, or stands in WAIVERS with the reason.

A violation is waived where its element matches the waiver's selector; one that nothing waives fails the test, and so
does a waiver that has nothing left to waive.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass(frozen=True)
class Waiver:
    """page: the kind of page. rule: axe's id. where: a selector of the elements. why: whose they are, why they stay."""

    page: str
    rule: str
    where: str
    why: str


# nbconvert's template writes the exported page; who exports a lesson chooses it. In the outputs nothing is waived.
_TEMPLATE = "exported lesson"
WAIVERS = (
    Waiver(_TEMPLATE, "color-contrast", ".highlight *", "nbconvert's colours for Python: 4.2 to 4.4 to 1 on its grey"),
    Waiver(
        _TEMPLATE, "color-contrast", ".jp-InputPrompt", "nbconvert's In [1]:, 2.2 to 1; says nothing that is needed"
    ),
    Waiver(_TEMPLATE, "link-in-text-block", ".jp-RenderedMarkdown a", "nbconvert takes the line under links away"),
)


def check(page: Page, kind: str, within: str = "") -> None:
    """Run every rule of axe on a page, or on the elements `within` of it, and compare with the waivers of its kind."""
    from axe_playwright_python.sync_playwright import Axe

    given = [waiver for waiver in WAIVERS if waiver.page == kind]
    used, left = set(), Counter()
    found = Axe().run(page, context={"include": [[within]]} if within else None).response
    measured = {rule["id"] for rule in found["passes"] + found["violations"]}
    assert "color-contrast" in measured, "axe took all text for hidden"
    for violation in found["violations"]:
        of_rule = [waiver for waiver in given if waiver.rule == violation["id"]]
        matches = """([targets, where]) => targets.map(
            target => where.findIndex(one => document.querySelector(target).matches(one)))"""
        targets = [node["target"][-1] for node in violation["nodes"]]
        by = page.evaluate(matches, [targets, [waiver.where for waiver in of_rule]])
        for node, number in zip(violation["nodes"], by, strict=True):
            if number >= 0:
                used.add(of_rule[number])
            else:
                left[f"{violation['id']} ({violation['impact']}): {_told(node)}"] += 1
    assert not left, "\n".join(f"{count} × {what}" for what, count in left.most_common(12))
    assert [waiver for waiver in given if waiver not in used] == [], "nothing is left to waive"


def _told(node: dict[str, Any]) -> str:
    """An element, as short as will do to find it, and what axe says of it."""
    found = (node["any"] or node["all"] or node["none"])[0]["message"]
    return f"{re.sub(r'base64,[^ ]+', 'base64', node['html'])[:120]} {found[:160]}"
