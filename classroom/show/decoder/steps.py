"""All steps of a decoder's writing in one picture, for pages without a live notebook."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from classroom.show import style
from classroom.show.recurrence.romanised import romanised

ROW, CELL = 0.33, 0.42  # inches
PREFIX = 3  # words written before, at most, in front of the one being written
FACE = FontProperties(family=style.LOOK["font.family"])


def steps(source: list[str], written: list[str], weights: np.ndarray, title: str) -> bytes:
    """A row for each step: the last words written, the word being written, and its weights on the source words.

    Hangul is written in Latin letters: the typeface that comes with matplotlib has none.
    """
    t, s = weights.shape
    columns, words = ([style.plain(romanised(word)) for word in some] for some in (source, written))
    befores = [_before(words, step) for step in range(t)]
    left = 0.3 + max(_width(before) + _width(word) for before, word in zip(befores, words, strict=True)) + 0.1
    top = 0.2 + (0.3 if title else 0) + max(map(_width, columns))
    width, height = max(left + s * CELL + 0.2, 0.4 + 0.09 * len(romanised(title)), 4.9), top + t * ROW + 0.36
    with style.figure(width, height) as fig:
        if title:
            fig.text(0.15 / width, 1 - 0.12 / height, style.plain(romanised(title)), size=style.TITLE, va="top")
        ax = fig.add_axes((left / width, 0.36 / height, s * CELL / width, t * ROW / height))
        _cells(ax, weights, columns)
        for step, (before, word) in enumerate(zip(befores, words, strict=True)):
            y = (0.36 + (t - step - 0.5) * ROW) / height
            right = left - 0.12
            fig.text(right / width, y, word, ha="right", va="center_baseline", size=12, weight="bold")
            x = (right - _width(word) - 0.07) / width
            fig.text(x, y, before, ha="right", va="center_baseline", size=12, color=style.GREY)
        said = "a row for each step: in bold the word written, then what it attends to"
        fig.text(0.15 / width, 0.1 / height, said, color=style.GREY)
        return style.png(fig)


def _before(words: list[str], step: int) -> str:
    """The last words written before a step."""
    return ("… " if step > PREFIX else "") + " ".join(words[max(0, step - PREFIX) : step])


def _cells(ax: Axes, weights: np.ndarray, columns: list[str]) -> None:
    t, s = weights.shape
    edges = np.arange(s + 1) - 0.5, np.arange(t + 1) - 0.5
    ax.pcolormesh(*edges, weights, cmap=style.MAGNITUDE, vmin=0, vmax=1, edgecolors="white", linewidth=1)
    ax.set_ylim(t - 0.5, -0.5)
    style.blank(ax)
    ax.xaxis.set_ticks_position("top")
    ax.set_xticks(range(s), columns, rotation=90, size=12)
    ax.tick_params(length=0, pad=4)
    for (step, place), weight in np.ndenumerate(weights):
        if weight >= 0.05:
            ink = style.ink_on(style.MAGNITUDE(float(weight)))
            ax.text(place, step, f"{weight:.2f}", ha="center", va="center_baseline", size=style.SMALL, color=ink)


def _width(text: str) -> float:
    """Inches that a text takes, in bold or not, at 12 points."""
    return 1.08 * TextPath((0, 0), text, size=12, prop=FACE).get_extents().width / 72 if text.strip() else 0.0
