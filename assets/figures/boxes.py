"""What the drawings of lessons 7 and 8 are made of: a sheet in inches, boxes, additions and arrows."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from classroom.show import style

AROUND, NORM = style.BLUE, style.VERMILLION


def sheet(fig: Figure) -> Axes:
    """Axes over the whole figure, in inches from its upper left corner."""
    width, height = fig.get_size_inches()
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    return ax


def box(
    ax: Axes,
    x: float,
    y: float,
    wide: float,
    name: str,
    colour: str = style.INK,
    tall: float = 0.44,
    face: str = "white",
    dashed: bool = False,
    size: float = style.TEXT,
) -> float:
    """A box from x on, its middle at height y; returns its right edge."""
    line = (0, (3, 2)) if dashed else "solid"
    look = {"facecolor": face, "edgecolor": colour, "linewidth": 1.3, "linestyle": line, "zorder": 3}
    ax.add_patch(FancyBboxPatch((x, y - tall / 2), wide, tall, "round,pad=0,rounding_size=0.06", **look))
    ink = style.WORDS_IN.get(colour, colour)
    middle = "center" if "\n" in name else "center_baseline"
    look = {"ha": "center", "va": middle, "size": size, "color": ink, "linespacing": 1.1, "zorder": 4}
    ax.text(x + wide / 2, y, name, **look)
    return x + wide


def addition(ax: Axes, x: float, y: float) -> float:
    """A plus in a circle from x on; returns its right edge."""
    ax.add_patch(Circle((x + 0.13, y), 0.13, facecolor="white", edgecolor=style.INK, linewidth=1.2, zorder=3))
    ax.plot([x + 0.06, x + 0.2], [y, y], color=style.INK, linewidth=1.2, zorder=4)
    ax.plot([x + 0.13, x + 0.13], [y - 0.07, y + 0.07], color=style.INK, linewidth=1.2, zorder=4)
    return x + 0.26


def around(ax: Axes, start: float, end: float, y: float, up: float = 0.42) -> None:
    """The residual connection: from the main line at `start`, over what stands there, down to the addition at `end`."""
    ax.plot([start, start, end], [y, y - up, y - up], color=AROUND, linewidth=2, solid_joinstyle="round")
    arrow(ax, (end, y - up - 0.01), (end, y - 0.13), AROUND, 2)


def arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = style.GREY, width: float = 1.2
) -> None:
    look = {"arrowstyle": "-|>", "mutation_scale": 8 + 2 * width, "shrinkA": 0, "shrinkB": 0, "zorder": 2}
    ax.add_patch(FancyArrowPatch(start, end, color=colour, linewidth=width, **look))


def lines(ax: Axes, points: Sequence[tuple[float, float]], colour: str = style.GREY, width: float = 1.2) -> None:
    """A line through the points, with an arrow's head at the last."""
    ax.plot(*zip(*points[:-1], strict=True), color=colour, linewidth=width, zorder=2, solid_capstyle="butt")
    arrow(ax, points[-2], points[-1], colour, width)
