"""03_pairs.png and 03_rotation.png: the columns of the positional encoding, and what a shift does to a pair."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Rectangle

from classroom.show import style

SINE, COSINE = style.WORDS_IN[style.BLUE], style.WORDS_IN[style.VERMILLION]
CELL = 0.86  # inches

PAIRS_ALT = (
    "The columns of a positional encoding of width 8. Counted from 0, as in the paper and in Python, the even columns "
    "0, 2, 4, 6 hold sines and the odd columns 1, 3, 5, 7 cosines. Columns 0 and 1 share the frequency 1, columns 2 "
    "and 3 the frequency 1/10, columns 4 and 5 1/100, columns 6 and 7 1/1000. Counted from 1 the same columns would "
    "be called 1 to 8, and the sines would stand in the odd ones."
)
ROTATION_ALT = (
    "One pair of dimensions as the hand of a clock, at position p and at position p + k. Between the two it has turned "
    "by k times the pair's frequency, and this angle is the same wherever p is: two clocks are drawn, with different p "
    "and the same angle between the hands."
)


def draw_pairs() -> Figure:
    """Eight columns, their pairs, and the two ways of counting them."""
    width, height = 8.3, 2.75
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        left, top = 1.28, 0.95
        for column in range(8):
            x = left + column * CELL
            sine = column % 2 == 0
            colour, name = (SINE, "sin") if sine else (COSINE, "cos")
            ax.add_patch(Rectangle((x, top), CELL, 0.62, facecolor="white", edgecolor=style.RULE, linewidth=0.8))
            power = ("1", "10", "100", "1000")[column // 2]
            angle = "p" if power == "1" else f"p/{power}"
            ax.text(x + CELL / 2, top + 0.31, f"{name} {angle}", ha="center", va="center", size=12, color=colour)
            ax.text(x + CELL / 2, top + 0.87, str(column), ha="center", va="center", size=12)
            ax.text(x + CELL / 2, top + 1.22, str(column + 1), ha="center", va="center", size=12, color=style.GREY)
        for pair in range(4):
            x = left + 2 * pair * CELL
            ax.plot([x + 0.06, x + 2 * CELL - 0.06], [top - 0.12] * 2, color=style.INK, linewidth=1.2)
            ax.text(x + CELL, top - 0.3, f"pair i = {pair}", ha="center", va="center", size=12)
        ax.text(0.15, top + 0.31, "row p", va="center", size=12)
        ax.text(0.15, top + 0.87, "from 0", va="center", size=12)
        ax.text(0.15, top + 1.22, "from 1", va="center", size=12, color=style.GREY)
        ax.text(0.15, 0.2, "The columns of PE, for D = 8", va="center", size=style.TITLE)
        return fig


def draw_rotation() -> Figure:
    """Two clocks, each with the hand at p and at p + k."""
    width, height = 8.3, 2.9
    with style.figure(width, height) as fig:
        for number, p in enumerate((0.35, 2.6)):
            ax = fig.add_axes(((0.9 + number * 3.6) / width, 0.12 / height, 2.5 / width, 2.5 / height))
            _clock(ax, p, 0.9)
        fig.text(0.5, 1 - 0.14 / height, "wherever p is, k positions turn the hand by k times the frequency",
                 ha="center", va="top", size=style.TITLE)  # fmt: skip
        return fig


def _clock(ax: Axes, p: float, turned: float) -> None:
    style.blank(ax)
    ax.set(xlim=(-1.45, 1.45), ylim=(-1.45, 1.45), aspect="equal")
    around = np.linspace(0, 2 * np.pi, 100)
    ax.plot(np.cos(around), np.sin(around), color=style.RULE, linewidth=1)
    for angle, name, colour in ((p, "PE(p)", SINE), (p + turned, "PE(p + k)", COSINE)):
        x, y = np.sin(angle), np.cos(angle)
        ax.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2, "shrinkA": 0})
        ax.text(1.1 * x, 1.12 * y, name, color=colour, size=12, ha="left" if x > 0 else "right", va="center")
    degrees = 90 - np.degrees([p + turned, p])
    ax.add_patch(Arc((0, 0), 0.9, 0.9, theta1=degrees[0], theta2=degrees[1], color=style.INK, linewidth=1.2))
    middle = p + turned / 2
    ax.text(0.62 * np.sin(middle), 0.62 * np.cos(middle), "kω", ha="center", va="center", size=12)
