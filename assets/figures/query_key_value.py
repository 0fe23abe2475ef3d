"""04_query_key_value.png: one word asks, every word offers and gives, and the answer is a weighted sum."""

from __future__ import annotations

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from classroom.show import style

WORDS = ("the", "cat", "sat", "on", "the", "mat")
ASKING = 2
# Chosen by hand. Of a query or a key, the first number stands for "who does it?", the second for "where?".
QUERY = torch.tensor([2.0, 1.0])
KEYS = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.5, 2.0]])
# Chosen so that the sum can be checked by hand with weights of two decimals.
VALUES = torch.tensor([[0.0, 0.0], [4.0, 0.0], [1.0, 4.0], [0.0, 1.0], [0.0, 0.0], [0.0, 3.0]])

MATCHES = KEYS @ QUERY
WEIGHTS = torch.softmax(MATCHES / len(QUERY) ** 0.5, 0)
ANSWER = WEIGHTS @ VALUES

TOP, ROW = 1.25, 0.44  # inches
COLUMNS = {"word": 2.2, "key": 2.85, "match": 3.8, "weight": 4.62, "value": 5.88}


def draw() -> Figure:
    """The query at the left, a row for each word, the weighted sum at the right."""
    width, height = 8.3, 4.72
    middle = TOP + ROW * len(WORDS) / 2
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        _headings(ax)
        start = middle - ROW * 0.8 / 2
        for place, word in enumerate(WORDS):
            y = TOP + ROW * (place + 0.5)
            share = float(WEIGHTS[place])
            thick = ROW * 0.8 * share
            _ribbon(ax, (1.5, middle), (COLUMNS["word"] - 0.12, y), 0.9, style.RULE)
            _ribbon(ax, (COLUMNS["value"] + 0.56, y), (7.08, start + thick / 2), max(thick * 72, 0.8), style.BLUE)
            start += thick
            _row(ax, y, word, place, share)
        _box(ax, 0.2, 1.5, middle, f"“{WORDS[ASKING]}”\nasks:", vector(QUERY), style.VERMILLION)
        _box(ax, 7.08, 8.15, middle, "the new\n“sat”:", vector(ANSWER), style.BLUE)
        foot = TOP + ROW * len(WORDS) + 0.35
        ax.text(0.2, foot, _sum(), va="center", color=style.INK)
        ax.text(
            0.2,
            foot + 0.27,
            r"The weights are softmax of the matches divided by $\sqrt{2}$, the root of the keys’ width.",
            va="center",
            color=style.GREY,
        )
        return fig


def vector(numbers: torch.Tensor) -> str:
    """(2, 1), or (2.51, 1.28) where the numbers are not whole."""
    return "(" + ", ".join(f"{number:.2f}".rstrip("0").rstrip(".") for number in numbers.tolist()) + ")"


def alt() -> str:
    """What the picture shows, with its numbers."""
    rows = "; ".join(
        f"{word}: key {vector(key)}, match {match:g}, weight {weight:.2f}, value {vector(value)}"
        for word, key, match, weight, value in zip(WORDS, KEYS, MATCHES, WEIGHTS, VALUES, strict=True)
    )
    asking = WORDS[ASKING]
    return (
        f"In the sentence “{' '.join(WORDS)}”, the word “{asking}” asks with its query {vector(QUERY)}. "
        f"Every word offers a key and gives a value. {rows}. The weights sum to 1, and the sum of the values "
        f"in those proportions, {vector(ANSWER)}, is the new “{asking}”."
    )


def _sum() -> str:
    terms = [f"{WEIGHTS[i]:.2f} {vector(VALUES[i])}" for i in range(len(WORDS))]
    return f"{' + '.join(terms)} = {vector(ANSWER)}"


def _headings(ax: Axes) -> None:
    ax.text(0.2, 0.3, "What does “sat” want to know, and who can tell?", size=style.TITLE, va="center")
    for name, head, told in (
        ("key", "key", "what it offers"),
        ("match", "match", "query · key"),
        ("weight", "weight", "how much it counts"),
        ("value", "value", "what it gives"),
    ):
        ax.text(COLUMNS[name], TOP - 0.45, head, size=12, va="center")
        ax.text(COLUMNS[name], TOP - 0.22, told, size=style.SMALL, va="center", color=style.GREY)


def _row(ax: Axes, y: float, word: str, place: int, share: float) -> None:
    asking = place == ASKING
    colour = style.WORDS_IN[style.VERMILLION] if asking else style.INK
    ax.text(COLUMNS["word"], y, word, va="center_baseline", size=style.TITLE, color=colour)
    ax.text(COLUMNS["key"], y, vector(KEYS[place]), va="center_baseline", size=12)
    ax.text(COLUMNS["match"] + 0.14, y, f"{MATCHES[place]:g}", va="center_baseline", size=12)
    ax.add_patch(Rectangle((COLUMNS["weight"], y - 0.09), share, 0.18, color=style.BLUE, linewidth=0))
    ax.text(COLUMNS["weight"] + share + 0.06, y, f"{share:.2f}", va="center_baseline", color=style.BLUE)
    ax.text(COLUMNS["value"], y, vector(VALUES[place]), va="center_baseline", size=12)


def _ribbon(ax: Axes, start: tuple[float, float], end: tuple[float, float], points: float, colour: str) -> None:
    (x0, y0), (x1, y1) = start, end
    bend = (x0 + x1) / 2
    curve = Path([(x0, y0), (bend, y0), (bend, y1), (x1, y1)], [Path.MOVETO, *[Path.CURVE4] * 3])
    ax.add_patch(PathPatch(curve, fill=False, edgecolor=colour, linewidth=points, capstyle="butt", alpha=0.85))


def _box(ax: Axes, left: float, right: float, middle: float, said: str, numbers: str, colour: str) -> None:
    corners = "round,pad=0,rounding_size=0.08"
    ax.add_patch(
        FancyBboxPatch(
            (left, middle - 0.48),
            right - left,
            0.96,
            corners,
            facecolor="white",
            edgecolor=colour,
            linewidth=1.6,
        )
    )
    centre = (left + right) / 2
    ax.text(centre, middle - 0.14, said, ha="center", va="center", size=12)
    ax.text(centre, middle + 0.28, numbers, ha="center", va="center", size=12, color=style.WORDS_IN[colour])
