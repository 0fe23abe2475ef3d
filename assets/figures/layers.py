"""01_collapse.png and 01_backward.png: two linear layers are one, and the way of the error back through a layer."""

from __future__ import annotations

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from classroom.show import style

FORWARD, BACK = style.WORDS_IN[style.BLUE], style.WORDS_IN[style.VERMILLION]

COLLAPSE_ALT = (
    "Above: x goes through a first linear layer with W1 and b1, then a second with W2 and b2, to y. Below: x goes "
    "through one linear layer with W and b to the same y."
)
BACKWARD_ALT = (
    "A chain of boxes from left to right: x, pre, hidden, logits, loss. Blue arrows go forward: W1 and b1 from x to "
    "pre, ReLU from pre to hidden, W2 and b2 from hidden to logits, softmax and cross-entropy from logits to the loss. "
    "Red arrows go back from the loss to pre, one gradient at each box; from logits those of W2 and b2 branch off, "
    "from pre those of W1 and b1."
)


def draw_collapse() -> Figure:
    """Two layers above, the one they amount to below."""
    width, height = 8.3, 2.3
    with style.figure(width, height) as fig:
        ax = _canvas(fig, width, height)
        for y, layers in ((0.65, ("$W_1$, $b_1$", "$W_2$, $b_2$")), (1.7, ("$W$, $b$",))):
            stops = [1.0, 4.15, 7.3] if len(layers) == 2 else [1.0, 7.3]
            ax.text(stops[0], y, "x", ha="center", va="center", size=15)
            ax.text(stops[-1], y, "y", ha="center", va="center", size=15)
            for layer, (left, right) in zip(layers, pairwise(stops), strict=True):
                middle = (left + right) / 2
                _arrow(ax, (left + 0.25, y), (middle - 0.75, y), FORWARD)
                _box(ax, middle, y, 1.5, layer)
                _arrow(ax, (middle + 0.75, y), (right - 0.25, y), FORWARD)
            if len(layers) == 2:
                ax.text(4.15, y, "h", ha="center", va="center", size=15)
        ax.text(0.25, 1.17, "the same function:", va="center", color=style.GREY, size=12)
        return fig


def draw_backward() -> Figure:
    """Forward along the top of the boxes, back along their bottom."""
    width, height = 8.3, 2.95
    names = ("x", "pre", "hidden", "logits", "loss")
    steps = ("$W_1$, $b_1$", "ReLU", "$W_2$, $b_2$", "softmax,\ncross-entropy")
    with style.figure(width, height) as fig:
        ax = _canvas(fig, width, height)
        places = [0.6 + 1.78 * number for number in range(5)]
        y = 1.3
        for number, (place, name) in enumerate(zip(places, names, strict=True)):
            _box(ax, place, y, 0.9, name)
            if number:
                left = places[number - 1]
                _arrow(ax, (left + 0.45, y - 0.12), (place - 0.45, y - 0.12), FORWARD)
                ax.text(
                    (left + place) / 2, y - 0.3, steps[number - 1], ha="center", va="bottom", color=FORWARD, size=11
                )
            if number > 1:
                left = places[number - 1]
                _arrow(ax, (place - 0.45, y + 0.14), (left + 0.45, y + 0.14), BACK)
        for place, gradients in (
            (places[1], r"gradients of $W_1$, $b_1$"),
            (places[3], r"gradients of $W_2$, $b_2$"),
        ):
            _arrow(ax, (place, y + 0.25), (place, y + 0.78), BACK)
            ax.text(place, y + 0.95, gradients, ha="center", va="center", color=BACK, size=12)
        ax.text(0.15, 0.22, "forward: a prediction and its error", va="center", color=FORWARD, size=12)
        ax.text(
            width - 0.15,
            height - 0.2,
            "back: what each number did to the error",
            ha="right",
            va="center",
            color=BACK,
            size=12,
        )
        return fig


def _canvas(fig: Figure, width: float, height: float) -> Axes:
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    return ax


def _box(ax: Axes, x: float, y: float, width: float, text: str) -> None:
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - 0.25), width, 0.5, boxstyle="round,pad=0,rounding_size=0.07",
            facecolor="white", edgecolor=style.INK, linewidth=1,
        )
    )  # fmt: skip
    ax.text(x, y, text, ha="center", va="center", size=12)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    ax.annotate(
        "", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.5, "shrinkA": 1, "shrinkB": 1}
    )
