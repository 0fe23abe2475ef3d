"""Small pieces of the page, used in every section. All that comes from people is escaped here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape

MANY = 15  # names from which a list is folded
SHOWN = 12
_NAMES: ContextVar[dict[str, str]] = ContextVar("names", default={})  # noqa: B039 - never changed in place


@contextmanager
def naming(names: dict[str, str]) -> Iterator[None]:
    """Within, students are called by their full name, where there is one, beside their id."""
    token = _NAMES.set(names)
    try:
        yield
    finally:
        _NAMES.reset(token)


def section(title: str, content: str, kind: str = "", tag: str = "h3") -> str:
    """Empty without content."""
    look = f"part {kind}".strip()
    return f'<section class="{look}"><{tag}>{title}</{tag}>{content}</section>' if content else ""


def soft(text: str) -> str:
    return f'<p class="soft">{text}</p>'


def called(student: str, href: str | None = None) -> str:
    """A student's id, linked to the feedback page, and the full name where names are shown."""
    name = _NAMES.get().get(student)
    linked = f'<a href="{escape(href)}">{bdi(student)}</a>' if href else bdi(student)
    return f'{linked} <span class="soft">{bdi(name)}</span>' if name else linked


def names(students: list[str], links: dict[str, str | None] | None = None) -> str:
    """As many names as can be read at a glance; the others unfold."""
    return listed([called(student, (links or {}).get(student)) for student in students])


def listed(items: list[str]) -> str:
    if len(items) <= MANY:
        return ", ".join(items)
    rest = items[SHOWN:]
    summary = f"<summary>and {len(rest)} more</summary>"
    return f'{", ".join(items[:SHOWN])}<details class="more">{summary}{", ".join(rest)}</details>'


def folded(lines: list[str]) -> str:
    """Each on a line of its own; as many as can be read at a glance, the others unfold."""
    told = [f"<li>{line}</li>" for line in lines]
    if len(told) <= MANY:
        return items(told)
    rest = told[SHOWN:]
    summary = f"<summary>and {len(rest)} more</summary>"
    return f'{items(told[:SHOWN])}<details class="more">{summary}{items(rest)}</details>'


def bar(part: int, whole: int) -> str:
    share = 100 * part / max(1, whole)
    return f'<span class="bar" aria-hidden="true"><i style="width:{share:.0f}%"></i></span>'


def table(caption: str, head: list[str], rows: list[str], kind: str = "", label: str = "") -> str:
    """Scrolls by itself where it is wider than the screen; `label` names that region for a screen reader."""
    heads = "".join(cell if cell.startswith("<th") else f'<th scope="col">{cell}</th>' for cell in head)
    made = (
        f"<table{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}><caption><span>{caption}</span></caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(label)}">{made}</div>' if label else made
    )


def row(head: str, cells: list[str]) -> str:
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def items(found: list[str], kind: str = "plain", ordered: bool = False) -> str:
    tag = "ol" if ordered else "ul"
    return f'<{tag} class="{kind}">{"".join(found)}</{tag}>' if found else ""


def bdi(text: str) -> str:
    """Escaped, and kept from turning the text around it (names may be written right to left)."""
    return f"<bdi>{escape(text)}</bdi>"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
