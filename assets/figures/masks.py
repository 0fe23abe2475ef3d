"""05_masks.png: how a mask lies on the scores of all heads, matched from the right."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from classroom.show import style

ALT = (
    "Shapes written one below the other, right-aligned. The scores are B, H, T, S. A mask B, T, S laid on them as it "
    "is puts its B under H, marked as wrong. With a dimension of size 1 put in, B, 1, T, S fits, and so does 1, T, S "
    "made of T, S."
)
WRONG, RIGHT = style.WORDS_IN[style.VERMILLION], style.WORDS_IN[style.BLUE]
LINES = (
    ("scores", ("B", "H", "T", "S"), ""),
    ("mask (B, T, S) as it is", ("", "B", "T", "S"), "B under H: an error, or the wrong mask"),
    ("mask (B, T, S), a 1 put in", ("B", "1", "T", "S"), "the same for every head"),
    ("mask (B, 1, S), a 1 put in", ("B", "1", "1", "S"), "the same for every head and every query"),
    ("mask (T, S), a 1 put in", ("", "1", "T", "S"), "the same for every sentence and every head"),
)


def draw() -> Figure:
    """Five rows of boxes, a box for each dimension."""
    width, row = 8.3, 0.52
    height = 0.2 + row * len(LINES)
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        for number, (name, shape, said) in enumerate(LINES):
            y = 0.36 + row * number
            ax.text(2.35, y, name, ha="right", va="center", size=12)
            for place, size in enumerate(shape):
                if size:
                    _box(ax, 2.6 + 0.6 * place, y, size, _colour(number, place, size))
            ax.text(5.15, y, said, va="center", size=12, color=WRONG if number == 1 else style.GREY)
        return fig


def _colour(number: int, place: int, size: str) -> str:
    if number == 1 and place == 1:
        return WRONG
    return RIGHT if number > 1 and place == 1 and size == "1" else style.INK


def _box(ax: Axes, x: float, y: float, size: str, colour: str) -> None:
    heavy = 1.0 if colour == style.INK else 2.0
    shape = "round,pad=0,rounding_size=0.06"
    ax.add_patch(FancyBboxPatch((x, y - 0.19), 0.48, 0.38, shape, facecolor="white", edgecolor=colour, linewidth=heavy))
    ax.text(x + 0.24, y, size, ha="center", va="center", size=13, color=colour)
