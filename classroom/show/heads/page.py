"""The head view as a piece of HTML: lines in SVG, words that take the keyboard's focus, no script."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from classroom.show.heads.given import Part
from classroom.show.heads.sheet import FIELD, ROW, sheet

LEAST = 0.02  # weights below it are left out
STEPS = 10  # shades of opacity: a line has the one nearest to its weight
SAID = 3  # words named in a sentence and in a cell of the table, in the order of their weights
AIR = 18  # pixels before what is said
OWN_KEYS = "data-lm-suppress-shortcuts"  # JupyterLab would take the arrow keys for itself otherwise

_views = itertools.count()


def page(parts: Sequence[Part], layer: int, heads_on: Sequence[int], title: str, still: bytes, alt: str) -> str:
    """The whole view. still: the PNG for pages that drop style sheets and SVG, alt: its alt text."""
    kinds = [part.kind for part in parts]
    layers, heads = (max(part.weights.shape[axis] for part in parts) for axis in (0, 1))
    split = any(part.split_rows or part.split_columns for part in parts)
    body = "".join(_stage(k, part, layers) for k, part in enumerate(parts))
    number = next(_views)
    name = _name(body + title, number)
    controls = "".join(_controls(name, kinds, (layers, layer), (heads, heads_on), split))
    tables = "".join(_table(part, number) for part in parts for number in range(len(part.weights)))
    heading = f"<p class=t>{html.escape(title)}</p>" if title else ""
    spoken = html.escape(f"Head view {number + 1}" + (f": {title}" if title else ""), quote=True)  # each its own
    return (
        f'<div id="{name}"><style>{sheet(name, kinds, layers, heads, split)}</style>'
        f'<img class="still" alt="{html.escape(alt, quote=True)}" src="data:image/png;base64,'
        f'{base64.b64encode(still).decode()}">'
        f'<form class="live" hidden="hidden" aria-label="{spoken}">{heading}{controls}<div class="st">{body}</div>'
        f"<p class=n>{_legend(parts)}</p></form>"
        f"<details><summary>The same as a table</summary>{tables}</details></div>\n"
    )


def _name(content: str, number: int) -> str:
    """An id no other view of this page has, and the same each time a notebook is run anew."""
    return f"heads-{hashlib.sha256(content.encode()).hexdigest()[:8]}-{number}"


def _controls(
    name: str, kinds: list[str], layers: tuple[int, int], heads: tuple[int, Sequence[int]], split: bool
) -> Iterator[str]:
    """Rows of radio buttons and check boxes: each is drawn as a button, with its own accessible name."""

    def one(kind: str, group: str, css: str, text: str, spoken: str, checked: bool) -> str:
        on = " checked" if checked else ""
        return (
            f'<input type={kind} name="{name}-{group}" class="{css}" data-t="{text}" aria-label="{spoken}" '
            f'title="{spoken}" {OWN_KEYS}{on}>'
        )

    shown = " hidden" if len(kinds) == 1 else ""
    if len(kinds) > 1:
        yield "<i></i><b>Attention</b>"
    for k, kind in enumerate(kinds):
        yield one("radio", "kind", f"ik{k}", kind, f"{kind} attention", k == 0).replace(">", f"{shown}>")
    yield "<i></i><b>Layer</b>"
    for number in range(layers[0]):
        yield one("radio", "layer", f"il{number}", str(number), f"layer {number}", number == layers[1])
    yield "<i></i><b>Heads</b>"
    for head in range(heads[0]):
        yield one("checkbox", f"head{head}", f"ih{head}", str(head), f"head {head}", head in heads[1])
    if heads[0] > 1:
        yield "<i></i><b>One head</b>"
        yield one("radio", "one", "io", "off", "all heads that are switched on", True)
        for head in range(heads[0]):
            yield one("radio", "one", f"io{head}", str(head), f"only head {head}", False)
    if split:
        yield "<i></i><b>Sentences</b>"
        pairs = [("all", "", "words of both sentences")] + [
            (f"{one_} → {other}", f"f{one_.lower()} t{other.lower()}", f"from sentence {one_} to sentence {other}")
            for one_ in "AB"
            for other in "AB"
        ]
        for text, css, spoken in pairs:
            yield one("radio", "sentences", css, text, spoken, text == "all")


def _stage(k: int, part: Part, most: int) -> str:
    """One kind of attention, all its layers; of `most` layers in the view it may have fewer."""
    left, right = _width(part.rows), _width(part.columns)
    tall = max(len(part.rows), len(part.columns))
    height = tall * ROW
    aside = left + FIELD + right + AIR
    how = (
        f'<p class=how style="left:{aside}px">Point at a word at the left, or go to it with the Tab key: '
        "only its lines stay, and what it attends to is said here.</p>"
    )
    layers = []
    for number, weights in enumerate(part.weights):
        words = "".join(_word(part, weights, number, place, left, tall, aside) for place in range(len(part.rows)))
        looked_at = "".join(
            f'<div class="c{_sentence(place, part.split_columns)}" style="left:{left + FIELD + 7}px;'
            f'top:{place * ROW}px">{html.escape(word)}</div>'
            for place, word in enumerate(part.columns)
        )
        layers.append(
            f'<div class="k k{k} l{number}" style="height:{height}px;min-width:{aside + 275}px">'
            f"{words}{looked_at}{how}</div>"
        )
    none = f"<p>The {part.kind} has {len(part.weights)} layers: none of this number.</p>"
    layers += [f'<div class="k k{k} l{number}">{none}</div>' for number in range(len(part.weights), most)]
    return "".join(layers)


def _word(part: Part, weights: np.ndarray, layer: int, place: int, left: int, tall: int, aside: int) -> str:
    """One word that looks, with its lines and with what is said of it."""
    top = place * ROW
    lines = "".join(_lines(weights[head, place], head, place, part.split_columns) for head in range(len(weights)))
    said = "".join(_said(weights[head, place], head, part) for head in range(len(weights)))
    head, at = np.unravel_index(weights[:, place].argmax(), weights[:, place].shape)
    spoken = f"{named(part.rows, place)} attends most to {named(part.columns, at)}, " + (
        f"{weights[head, place, at]:.2f} (head {head} of layer {layer})"
    )
    return (
        f'<div class="w{_sentence(place, part.split_rows)}" tabindex=0 role=img aria-label="'
        f'{html.escape(spoken, quote=True)}" style="top:{top}px;width:{left}px">{html.escape(part.rows[place])}'
        f'<svg class=ls aria-hidden=true style="top:{-top}px;height:{tall * ROW}px" '
        f'viewBox="0 -.5 9 {tall}" preserveAspectRatio=none>{lines}</svg>'
        f'<div class=say style="left:{aside}px;top:{-top}px"><b>{html.escape(named(part.rows, place))}</b> →'
        f"{said}</div></div>"
    )


def _lines(row: np.ndarray, head: int, place: int, split: int) -> str:
    """The lines of one word in one head: those of one shade are one path. Grouped by the sentence they lead to."""
    groups: dict[str, dict[int, list[int]]] = {}
    for at in np.flatnonzero(row >= LEAST):
        shade = max(1, round(float(row[at]) * STEPS))
        groups.setdefault(_to(int(at), split), {}).setdefault(shade, []).append(int(at))
    drawn = ""
    for to, shades in groups.items():
        paths = "".join(
            f"<path opacity={shade / STEPS:.2g} d={''.join(f'M0,{place},9,{at}' for at in places)} />"
            for shade, places in sorted(shades.items())
        )
        drawn += f"<g class={to}>{paths}</g>" if to else paths
    return f'<g class="hd h{head}">{drawn}</g>' if drawn else ""


def _said(row: np.ndarray, head: int, part: Part) -> str:
    """What a word attends to in one head, in words: for each sentence by itself where there are two."""
    split = part.split_columns
    told = ""
    for low, high in [(0, split), (split, len(row))] if split else [(0, len(row))]:
        words = strongest(row, part.columns, low, high, most=2 if split else SAID)
        if words:
            line = f"{html.escape(words)} (head {head})"
            told += f"<i class={_to(low, split)}>{line}</i>" if split else line
    return f'<span class="hd h{head}">{told}</span>' if told else ""


def _table(part: Part, layer: int) -> str:
    """One layer of one kind as a table: a row for each word, a column for each head."""
    weights = part.weights[layer]
    top = "".join(f"<th scope=col>head {head}" for head in range(len(weights)))
    rows = ""
    for place in range(len(part.rows)):
        cells = "".join(f"<td>{html.escape(strongest(head[place], part.columns))}" for head in weights)
        rows += f"<tr><th scope=row>{html.escape(named(part.rows, place))}{cells}"
    return f"<table><caption>{part.kind} attention, layer {layer}</caption><tr><th scope=col>word{top}{rows}</table>"


def strongest(row: np.ndarray, words: Sequence[str], low: int = 0, high: int | None = None, most: int = SAID) -> str:
    """The words with the largest weights between two positions, each with its weight: "the 0.83, on 0.10"."""
    high = len(row) if high is None else high
    order = low + np.argsort(-row[low:high], kind="stable")[:most]
    return ", ".join(f"{named(words, at)} {row[at]:.2f}" for at in order if row[at] >= LEAST)


def named(words: Sequence[str], place: int) -> str:
    """The word, with its position where it occurs more than once: "the [4]"."""
    word = words[place]
    return word if list(words).count(word) == 1 else f"{word} [{place}]"


def _legend(parts: Sequence[Part]) -> str:
    rest = "" if all(np.allclose(p.weights.sum(-1), 1, atol=1e-3) for p in parts) else " Not every row sums to 1."
    return (
        "Left the words that look (queries), right those looked at (keys). A line is as opaque as its weight; "
        f"weights under {100 * LEAST:.0f} % are left out.{rest}"
    )


def _sentence(place: int, split: int) -> str:
    return "" if not split else " a" if place < split else " b"


def _to(place: int, split: int) -> str:
    return "" if not split else "xa" if place < split else "xb"


def _width(words: Sequence[str]) -> int:
    """Pixels that the longest word takes: half as much for a Latin letter as for a Hangul syllable."""
    return 24 + max(sum(9 if character.isascii() else 16 for character in word) for word in words)
