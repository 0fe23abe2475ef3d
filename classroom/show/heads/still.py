"""The head view without hands: one layer, drawn once, for pages that show no style sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_rgb

from classroom.show import style
from classroom.show.heads.given import Part
from classroom.show.heads.latin import latin
from classroom.show.heads.page import LEAST, named
from classroom.show.heads.sheet import LIGHT, colour, offset

HEARD = 12  # words told of in the alt text
ROW = 0.29  # inches from word to word
MOST_LINES = 36  # drawn in the still picture, which nobody can ask for less
SHADES = 6


def still(part: Part, layer: int, heads: Sequence[int], title: str, dpi: int = style.DPI) -> bytes:
    """The PNG of one layer. Hangul is written in Latin letters: the typeface that comes with matplotlib has none."""
    weights = part.weights[layer]
    rows, columns = ([style.plain(latin(word)) for word in words] for words in (part.rows, part.columns))
    left, right = (0.25 + 0.09 * max(map(len, words)) for words in (rows, columns))
    field, tall = 2.3, max(len(rows), len(columns))
    width = max(left + field + right, 3.8)
    top = 0.72 if title else 0.42
    height = top + 0.3 + tall * ROW + 0.3
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        if title:
            ax.text(0.12, 0.12, style.plain(title), size=style.TITLE, va="top")
        ax.text(0.12, top - 0.28, f"{part.kind}, layer {layer}", color=style.GREY, va="top")
        _swatches(ax, heads, len(weights), top + 0.06, width)
        first = top + 0.3 + ROW / 2
        for place, word in enumerate(rows):
            ax.text(left - 0.1, first + place * ROW, word, ha="right", va="center_baseline", size=12)
        for place, word in enumerate(columns):
            ax.text(left + field + 0.1, first + place * ROW, word, va="center_baseline", size=12)
        lines = _strongest(weights, heads)
        for head, place, at in lines:
            down = offset(head, len(weights)) * ROW
            ys = (first + place * ROW + down, first + at * ROW + down)
            ax.plot((left, left + field), ys, color=_tint(colour(head), float(weights[head, place, at])), lw=1.6)
        ax.text(0.12, height - 0.14, _legend(weights, heads, len(lines)), color=style.GREY, size=style.SMALL)
        return style.png(fig, colours=256 if dpi == style.DPI else 128, dpi=dpi)


def _strongest(weights: np.ndarray, heads: Sequence[int]) -> list[tuple[int, int, int]]:
    """(head, word that looks, word looked at) of the strongest lines, the weakest of them first."""
    found = [(head, *map(int, spot)) for head in heads for spot in np.argwhere(weights[head] >= LEAST)]
    return sorted(found, key=lambda line: weights[line])[-MOST_LINES:]


def _tint(ink: str, weight: float) -> tuple[float, ...]:
    """The colour on white that an opacity of `weight` gives, in a few shades: mixed beforehand, since lines that shine
    through each other make the file three times as large."""
    shade = max(1, min(SHADES, round(weight * SHADES))) / SHADES
    return tuple(1 - shade * (1 - part) for part in to_rgb(ink))


def _legend(weights: np.ndarray, heads: Sequence[int], drawn: int) -> str:
    every = sum(int((weights[head] >= LEAST).sum()) for head in heads)
    if drawn < every:
        return f"the {drawn} strongest of {every} lines"
    return f"a line is as opaque as its weight; under {100 * LEAST:.0f} % it is left out"


def _swatches(ax, heads: Sequence[int], of: int, y: float, width: float) -> None:
    each = min(0.3, (width - 0.8) / max(of, 1))
    ax.text(0.12, y, "heads", va="center_baseline", color=style.GREY)
    for head in heads:
        x = 0.62 + head * each
        ax.plot([x], [y - 0.03], "s", color=colour(head), markersize=min(13, each * 50))
        ink = style.BLACK if colour(head) in LIGHT else "white"
        ax.text(x, y, str(head), ha="center", va="center_baseline", size=style.SMALL, color=ink)


def alt(parts: Sequence[Part], layer: int, title: str) -> str:
    """What the view shows: for each word of the first part's layer, the strongest of its lines."""
    part = parts[0]
    weights = part.weights[layer]
    told = []
    for place in range(min(len(part.rows), HEARD)):
        of_word = weights[:, place]
        head, at = divmod(int(of_word.argmax()), of_word.shape[1])
        told.append(
            f"“{named(part.rows, place)}” attends most to “{named(part.columns, at)}” "
            f"({of_word[head, at]:.2f}, head {head})"
        )
    if len(part.rows) > HEARD:
        told.append(f"and {len(part.rows) - HEARD} more words")
    opening = f"{title}. " if title else ""
    kinds = ", ".join(f"{p.kind} ({len(p.weights)} × {p.weights.shape[1]})" for p in parts)
    return f"{opening}Head view of {kinds} (layers × heads). {part.kind}, layer {layer}: {'; '.join(told)}."
