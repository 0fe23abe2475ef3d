"""One word's attention: its query, how it matches each key, and how much it looks at each word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from classroom.show import style

WRITTEN = 3  # vectors of up to this many numbers are written out
BAR = 1.7  # inches: the room for the bars of the dot products


def lookup(query, keys, words: Sequence[str], weights) -> None:
    """Show how one word looks at the others: its query against each key, and the weights that come of it.

    query: (d_k,). keys: (S, d_k). words: S words. weights: (S,), what this word's row of the attention is.
    A line runs from the query to each word, as wide as its weight.
    """
    query = style.array(query, 1, "query")
    keys = style.array(keys, 2, "keys")
    weights = style.array(weights, 1, "weights")
    names = style.words_for(words, len(keys), "words")
    if keys.shape[1] != len(query) or len(weights) != len(keys):
        raise ValueError(f"query {query.shape}, keys {keys.shape} and weights {weights.shape} do not fit together")
    dots = keys @ query
    style.publish(_draw(query, keys, names, dots, weights), _alt(words, dots, weights))


def _draw(query: np.ndarray, keys: np.ndarray, names: list[str], dots: np.ndarray, weights: np.ndarray) -> bytes:
    written = len(query) <= WRITTEN
    row, top = 0.42, 0.62
    asks, fan = 1.35, 2.1  # inches: where the query's box ends, how far its lines run
    word = asks + fan + 0.12
    key = word + 0.3 + 0.09 * max(map(len, names))
    bars = key + (0.45 + 0.32 * len(query) if written else 0.15)
    share = bars + BAR + 0.8
    width, height = share + 0.75, top + row * len(names) + 0.25
    middle = top + row * len(names) / 2
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        zero, unit = _scale(dots)
        widths = row * 0.86 * np.nan_to_num(weights)
        starts = middle - widths.sum() / 2 + widths.cumsum() - widths / 2  # side by side where they leave the box
        for place, name in enumerate(names):
            y = top + row * (place + 0.5)
            _ribbon(ax, (asks, starts[place]), (asks + fan, y), widths[place])
            ax.text(word, y, name, va="center_baseline", size=12)
            if written:
                ax.text(key, y, vector(keys[place]), va="center_baseline", color=style.GREY)
            ax.add_patch(Rectangle((bars + zero, y - 0.09), dots[place] * unit, 0.18, color=style.SKY, lw=0))
            ax.text(bars + BAR + 0.1, y, f"{dots[place]:.2f}".replace("-", "−"), va="center_baseline")
            ax.text(share, y, f"{weights[place]:.2f}", va="center_baseline", color=style.BLUE, size=12)
        ends = (top + 0.06, top + row * len(names) - 0.06)
        ax.plot([bars + zero] * 2, ends, color=style.RULE, linewidth=1)
        for x, heading in [(bars, "query · key"), (share, "weight")] + ([(key, "key")] if written else []):
            ax.text(x, top - 0.2, heading, color=style.GREY, va="baseline")
        _box(ax, (0.2, asks - 0.02), middle, vector(query) if written else "")
        return style.png(fig)


def _scale(dots: np.ndarray) -> tuple[float, float]:
    """Where 0 stands on the bars, in inches from their left end, and how long a dot product of 1 is."""
    low, high = min(float(dots.min()), 0.0), max(float(dots.max()), 0.0)
    unit = BAR / max(high - low, 1e-9)
    return -low * unit, unit


def _box(ax: Axes, sides: tuple[float, float], middle: float, numbers: str) -> None:
    left, right = sides
    corners = "round,pad=0,rounding_size=0.08"
    ax.add_patch(FancyBboxPatch((left, middle - 0.3), right - left, 0.6, corners, fc="white", ec=style.BLUE, lw=1.6))
    centred = {"ha": "center", "va": "center"}
    ax.text((left + right) / 2, middle - (0.1 if numbers else 0), "query", size=12, **centred)
    ax.text((left + right) / 2, middle + 0.13, numbers, color=style.GREY, **centred)


def _ribbon(ax: Axes, start: tuple[float, float], end: tuple[float, float], thickness: float) -> None:
    """A curve from start to end of a thickness in inches; a hairline where there is next to none."""
    (x0, y0), (x1, y1) = start, end
    bend = x0 + (x1 - x0) * 0.5
    curve = Path([(x0, y0), (bend, y0), (bend, y1), (x1, y1)], [Path.MOVETO, *[Path.CURVE4] * 3])
    points, colour = max(thickness * 72, 0.7), style.BLUE if thickness * 72 > 0.7 else style.RULE
    ax.add_patch(PathPatch(curve, fill=False, ec=colour, lw=points, alpha=0.8, capstyle="butt"))


def vector(numbers: np.ndarray) -> str:
    """A short vector as it is written in the text: (2, 0.5)."""
    return "(" + ", ".join(f"{number:.2g}".replace("-", "−") for number in numbers) + ")"


def _alt(words: Sequence[str], dots: np.ndarray, weights: np.ndarray) -> str:
    told = "; ".join(
        f"{style.named(words, place)}: query · key {dots[place]:.2f}, weight {weights[place]:.2f}"
        for place in range(len(dots))
    )
    return f"One word's query against the key of each word. {told}."
