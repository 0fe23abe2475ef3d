"""05_heads.png: multi-head attention from left to right, with the shape at every step."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from classroom.show import style

ALT = (
    "Multi-head attention from left to right. query (B, T, D), key and value (B, S, D) go through the layers W_q, W_k "
    "and W_v. split_heads cuts each into H heads, (B, H, T, d_k), drawn as four sheets of four colours. attention "
    "works in each sheet by itself. merge_heads puts the four side by side again, B, T, D, and W_o mixes them into the "
    "output, B, T, D."
)
HEADS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE)
ROWS = (("query", "W_q"), ("key", "W_k"), ("value", "W_v"))


def draw() -> Figure:
    width, height = 8.6, 3.35
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        for number, (name, layer) in enumerate(ROWS):
            y = 0.62 + number * 0.95
            ax.text(0.5, y, name, ha="center", va="center", size=12)
            ax.text(
                0.5, y + 0.22, "B, T, D" if name == "query" else "B, S, D", ha="center", va="center", color=style.GREY
            )
            _arrow(ax, (0.85, y), (1.15, y))
            _box(ax, (1.15, y), 0.62, _symbol(layer))
            _arrow(ax, (1.77, y), (2.75, y))
            ax.text(2.26, y - 0.13, "split_heads" if number == 0 else "", ha="center", va="center", size=style.TEXT)
            _sheets(ax, (2.8, y - 0.25), 0.42, 0.4)
            _arrow(ax, (3.5, y), (4.2, 1.57 + (number - 1) * 0.35))
        ax.text(3.1, 3.08, "B, H, T, $d_k$  and  B, H, S, $d_k$", ha="center", va="center", color=style.GREY)
        _box(ax, (4.2, 1.57), 1.0, "attention\nin every head", tall=1.1)
        _arrow(ax, (5.2, 1.57), (5.5, 1.57))
        _sheets(ax, (5.55, 1.32), 0.42, 0.4)
        ax.text(5.82, 2.05, "B, H, T, $d_k$", ha="center", va="center", color=style.GREY)
        _arrow(ax, (6.25, 1.57), (6.85, 1.57))
        ax.text(6.5, 1.02, "merge_heads", ha="center", va="center", size=style.TEXT)
        for number, colour in enumerate(HEADS):
            ax.add_patch(Rectangle((6.9 + 0.16 * number, 1.37), 0.16, 0.4, facecolor=_tint(colour), edgecolor="white"))
        ax.text(7.22, 2.05, "B, T, D", ha="center", va="center", color=style.GREY)
        _arrow(ax, (7.56, 1.57), (7.72, 1.57))
        _box(ax, (7.72, 1.57), 0.5, _symbol("W_o"))
        _arrow(ax, (8.22, 1.57), (8.42, 1.57))
        ax.text(8.16, 2.05, "output", ha="center", va="center", size=12)
        ax.text(8.16, 2.27, "B, T, D", ha="center", va="center", color=style.GREY)
        return fig


def _symbol(layer: str) -> str:
    return f"$W_{layer[-1]}$"


def _tint(colour: str) -> tuple[float, ...]:
    return tuple(1 - 0.6 * (1 - part) for part in to_rgb(colour))


def _sheets(ax: Axes, corner: tuple[float, float], wide: float, tall: float) -> None:
    """Four sheets, one behind the other, head 0 in front."""
    for number in reversed(range(len(HEADS))):
        shift = 0.07 * number
        place = (corner[0] + shift, corner[1] + 0.1 - shift)
        ax.add_patch(Rectangle(place, wide, tall, facecolor=_tint(HEADS[number]), edgecolor="white", linewidth=1))


def _box(ax: Axes, left: tuple[float, float], width: float, text: str, tall: float = 0.46) -> None:
    x, y = left
    ax.add_patch(
        FancyBboxPatch(
            (x, y - tall / 2),
            width,
            tall,
            boxstyle="round,pad=0,rounding_size=0.07",
            facecolor="white",
            edgecolor=style.INK,
            linewidth=1,
        )
    )
    ax.text(x + width / 2, y, text, ha="center", va="center", size=12, linespacing=1.2)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    line = {"arrowstyle": "-|>", "color": style.GREY, "lw": 1.2, "shrinkA": 1, "shrinkB": 1}
    ax.annotate("", end, start, arrowprops=line)
