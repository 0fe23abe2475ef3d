"""06_stacks.png, 06_post_pre.png: layers with and without a way around, and the two places of the norm."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from classroom.show import style

AROUND, NORM = style.BLUE, style.VERMILLION
STACKS_ALT = (
    "Four stacks, two layers of each drawn, the input at the left. Plain: each layer takes what the one before it puts "
    "out. Norm: a layer norm stands behind each layer. Residual: a line leads around each layer, and what it carries "
    "is added to what the layer puts out. Residual + norm: the same, with a layer norm behind each addition."
)
POST_PRE_ALT = (
    "Post-norm, as in the paper: x goes through the sublayer and dropout, x itself is led around and added, and the "
    "sum goes through the norm; the norm stands in the main line. Pre-norm: x goes through the norm, the sublayer and "
    "dropout, and x itself is led around and added; nothing stands in the main line, and one final norm follows the "
    "whole stack."
)


def draw_stacks() -> Figure:
    """Four lanes, two layers in each."""
    width, height = 8.3, 3.7
    with style.figure(width, height) as fig:
        ax = _paper(fig, width, height)
        for lane, (name, residual, norm) in enumerate(
            (("plain", False, False), ("norm", False, True), ("residual", True, False), ("residual + norm", True, True))
        ):
            y = 0.6 + lane * 0.88
            ax.text(0.15, y, name, va="center", size=12)
            x = 1.75
            _arrow(ax, (1.45, y), (x, y))
            for number in (1, 2):
                start = x - 0.13
                x = _box(ax, x, y, f"layer {number}", 0.95)
                if residual:
                    x = _plus(ax, x, y, start)
                if norm:
                    x = _box(ax, x + 0.3, y, "norm", 0.62, NORM, arrow=True)
                if number == 1:
                    _arrow(ax, (x, y), (x + 0.4, y))
                    x += 0.4
            _arrow(ax, (x, y), (x + 0.4, y))
            ax.text(x + 0.52, y, "…", va="center", size=14)
        return fig


def draw_post_pre() -> Figure:
    """Two lanes: the norm behind the addition, and the norm in front of the sublayer."""
    width, height = 8.3, 2.95
    with style.figure(width, height) as fig:
        ax = _paper(fig, width, height)
        y = 0.85
        ax.text(0.15, y - 0.62, "post-norm, the paper:  norm(x + dropout(sublayer(x)))", va="center", size=12)
        ax.text(0.3, y, "x", va="center", size=14)
        _arrow(ax, (0.5, y), (1.15, y))
        x = _box(ax, 1.15, y, "sublayer", 1.1)
        x = _box(ax, x + 0.3, y, "dropout", 0.95, style.GREY, arrow=True)
        x = _plus(ax, x, y, 0.9)
        x = _box(ax, x + 0.3, y, "norm", 0.75, NORM, arrow=True)
        _arrow(ax, (x, y), (x + 0.55, y))
        ax.text(x + 0.65, y, "the next x", va="center", size=12)
        y = 2.4
        ax.text(0.15, y - 0.62, "pre-norm:  x + dropout(sublayer(norm(x)))", va="center", size=12)
        ax.text(0.3, y, "x", va="center", size=14)
        _arrow(ax, (0.5, y), (1.15, y))
        x = _box(ax, 1.15, y, "norm", 0.75, NORM)
        x = _box(ax, x + 0.3, y, "sublayer", 1.1, arrow=True)
        x = _box(ax, x + 0.3, y, "dropout", 0.95, style.GREY, arrow=True)
        x = _plus(ax, x, y, 0.9)
        _arrow(ax, (x, y), (x + 0.4, y))
        ax.text(x + 0.5, y, "the next x", va="center", size=12)
        x = _box(ax, x + 1.75, y, "final norm", 1.05, NORM, dashed=True)
        ax.text(x - 0.52, y + 0.36, "once, at the end", ha="center", va="center", size=style.SMALL, color=style.GREY)
        return fig


def _paper(fig: Figure, width: float, height: float) -> Axes:
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    return ax


def _box(
    ax: Axes, x: float, y: float, name: str, wide: float, colour: str = style.INK, arrow: bool = False, dashed=False
) -> float:
    """A box from x on, with an arrow to it where one is wanted; returns its right edge."""
    if arrow:
        _arrow(ax, (x - 0.3, y), (x, y))
    corners = "round,pad=0,rounding_size=0.06"
    line = (0, (3, 2)) if dashed else "solid"
    look = {"facecolor": "white", "edgecolor": colour, "linewidth": 1.4, "linestyle": line}
    ax.add_patch(FancyBboxPatch((x, y - 0.2), wide, 0.4, corners, **look))
    ax.text(x + wide / 2, y, name, ha="center", va="center_baseline", size=12, color=style.WORDS_IN.get(colour, colour))
    return x + wide


def _plus(ax: Axes, x: float, y: float, start: float) -> float:
    """An addition right of x, and the way around that leads to it from `start`; returns its right edge."""
    centre = x + 0.42
    _arrow(ax, (x, y), (centre - 0.13, y))
    ax.plot([start, start, centre], [y, y - 0.36, y - 0.36], color=AROUND, linewidth=2, solid_joinstyle="round")
    _arrow(ax, (centre, y - 0.37), (centre, y - 0.13), AROUND, 2)
    ax.add_patch(Circle((centre, y), 0.13, facecolor="white", edgecolor=style.INK, linewidth=1.3))
    for across, up in (((-0.07, 0.07), (0, 0)), ((0, 0), (-0.07, 0.07))):
        ax.plot([centre + d for d in across], [y + d for d in up], color=style.INK, linewidth=1.3)
    return centre + 0.13


def _arrow(ax: Axes, start: tuple, end: tuple, colour: str = style.GREY, wide: float = 1.2) -> None:
    ax.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=9, shrinkA=0, shrinkB=0, color=colour, linewidth=wide
        )
    )
