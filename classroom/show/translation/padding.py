"""The same sentences in batches made in three ways, and how much of each batch is padding."""

from __future__ import annotations

import random

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from classroom.show import style

SENTENCES, ROWS, FIXED = 40, 10, 40  # sentences, rows of a batch, and the length that all are padded to at the left
WORD, PADDING = style.BLUE, style.ORANGE


def padding() -> None:
    """Show forty sentences padded to one length, in batches by chance, and in batches of like length."""
    lengths = sentence_lengths()
    ways = {
        f"all padded to {FIXED}": (lengths, [FIXED] * SENTENCES),
        "batches by chance": (lengths, widths(lengths)),
        "batches of like length": (sorted(lengths), widths(sorted(lengths))),
    }
    style.publish(_draw(ways), _alt(ways))


def sentence_lengths() -> list[int]:
    """Lengths as sentences have them: many of middle length, few long ones. The same ones each time."""
    draw = random.Random(9)
    return [min(4 + round(draw.gammavariate(3.0, 3.2)), FIXED) for _ in range(SENTENCES)]


def widths(lengths: list[int]) -> list[int]:
    """For each sentence how wide its batch is: as wide as its longest sentence."""
    batches = [lengths[start : start + ROWS] for start in range(0, len(lengths), ROWS)]
    return [max(batch) for batch in batches for _ in batch]


Ways = dict[str, tuple[list[int], list[int]]]


def _share(lengths: list[int], wide: list[int]) -> float:
    return 1 - sum(lengths) / sum(wide)


def _draw(ways: Ways) -> bytes:
    with style.figure(8.3, 4.0) as fig:
        for number, (name, (lengths, wide)) in enumerate(ways.items()):
            ax = fig.add_axes((0.02 + number * 0.33, 0.09, 0.31, 0.89))
            _batches(ax, lengths, wide)
            ax.text(0, -5.6, name, size=style.TITLE, va="center")
            ax.text(0, -2.2, f"{_share(lengths, wide):.0%} of the cells are padding", color=style.GREY, va="center")
        fig.text(0.02, 0.03, "a row for each sentence:", color=style.GREY)
        fig.text(0.225, 0.03, "words", color=style.WORDS_IN[WORD], weight="bold")
        fig.text(0.29, 0.03, "padding", color=style.WORDS_IN[PADDING], weight="bold")
        return style.png(fig)


def _batches(ax: Axes, lengths: list[int], wide: list[int]) -> None:
    rows = [row + 0.8 * (row // ROWS) for row in range(len(lengths))]
    for starts, ends, colour in (([0] * len(rows), lengths, WORD), (lengths, wide, PADDING)):
        lines = [[(a, y), (b, y)] for a, b, y in zip(starts, ends, rows, strict=True) if b > a]
        ax.add_collection(LineCollection(lines, colors=colour, linewidths=4.0, capstyle="butt"))
    ax.set(xlim=(0, FIXED + 2), ylim=(rows[-1] + 1, -7))
    style.blank(ax)


def _alt(ways: Ways) -> str:
    told = "; ".join(f"{name}: {_share(*cells):.0%} of all cells are padding" for name, cells in ways.items())
    return f"The same {SENTENCES} sentences in batches of {ROWS}, a row each, drawn three times. {told}."
