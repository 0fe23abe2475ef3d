"""07_layer.png: one encoder layer, with its norms behind the additions (the paper) and in front of the sublayers."""

from __future__ import annotations

from boxes import NORM, addition, around, arrow, box, sheet
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classroom.show import style

ALT = (
    "One encoder layer, twice. Post-norm, the paper: x goes through attention, which is given the mask, and dropout; x "
    "itself is led around and added; norm_1; then feed_forward and dropout, led around and added; norm_2. Pre-norm: "
    "norm_1, attention, dropout, addition; norm_2, feed_forward, dropout, addition; in the main line stands no norm, "
    "and one last norm follows behind the last layer of the stack. x and what comes out have the shape (B, T, D)."
)
WIDE = {"attention": 0.86, "feed_forward": 1.08, "dropout": 0.72, "norm_1": 0.68, "norm_2": 0.68}
STEP, FORK = 0.16, 0.34  # inches from box to box; and where the way around branches off


def draw() -> Figure:
    """Two lanes."""
    with style.figure(8.3, 4.35) as fig:
        ax = sheet(fig)
        y = 0.98
        ax.text(0.15, 0.22, "post-norm, the paper:  x = norm(x + dropout(sublayer(x))), twice", va="center", size=12)
        _lane(ax, y, (("attention", "norm_1"), ("feed_forward", "norm_2")), before=False)
        y = 3.0
        ax.text(0.15, 2.24, "pre-norm:  x = x + dropout(sublayer(norm(x))), twice", va="center", size=12)
        _lane(ax, y, (("attention", "norm_1"), ("feed_forward", "norm_2")), before=True)
        box(ax, 7.0, 4.05, 0.76, "norm", NORM, dashed=True, tall=0.36)
        told = "and once, behind the last layer of the stack:"
        ax.text(6.88, 4.05, told, va="center", ha="right", color=style.GREY)
        return fig


def _lane(ax: Axes, y: float, sublayers: tuple[tuple[str, str], ...], before: bool) -> None:
    """Both sublayers from left to right, each with its dropout, its way around, and its norm before or behind."""
    ax.text(0.22, y, "x", ha="center", va="center", size=14)
    ax.text(0.1, y + 0.3, "(B, T, D)", va="center", size=style.SMALL, color=style.GREY)
    x = 0.34
    for sublayer, norm in sublayers:
        fork = x + FORK / 2
        arrow(ax, (x, y), (x + FORK, y))
        x += FORK
        for name in (norm, sublayer, "dropout") if before else (sublayer, "dropout"):
            if name == "attention":
                _mask(ax, x + WIDE[name] / 2, y)
            colour = NORM if name == norm else style.GREY if name == "dropout" else style.INK
            x = box(ax, x, y, WIDE[name], name, colour)
            arrow(ax, (x, y), (x + STEP, y))
            x += STEP
        around(ax, fork, x + 0.13, y)
        x = addition(ax, x, y)
        if not before:
            arrow(ax, (x, y), (x + STEP, y))
            x = box(ax, x + STEP, y, WIDE[norm], norm, NORM)
    arrow(ax, (x, y), (x + 0.32, y))
    ax.text(x + 0.37, y, "next x", va="center", size=12)


def _mask(ax: Axes, x: float, y: float) -> None:
    arrow(ax, (x, y + 0.62), (x, y + 0.22))
    ax.text(x + 0.1, y + 0.55, "mask: True = may attend", va="center", color=style.GREY)
