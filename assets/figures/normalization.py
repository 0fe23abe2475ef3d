"""06_axes.png: which numbers of a (B, T, D) tensor share one mean and one variance."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from classroom.show import style

B, T, D = 3, 4, 5
CELL, SLANT = 0.28, (0.17, 0.14)  # a cell's side; how far the next sentence lies behind, in inches
LIT = "#F2A65A"
GROUPS: tuple[tuple[str, str, Callable[[int, int, int], bool]], ...] = (
    ("layer norm", "one word: its D features", lambda b, t, d: (b, t) == (0, 1)),
    ("batch norm", "one feature: all words of all sentences", lambda b, t, d: d == 4),
    ("a frequent mistake", "one sentence: all its words", lambda b, t, d: b == 0),
)
ALT = (
    "The same block of numbers three times: B sentences one behind the other, T words down, D features across. Lit are "
    "the numbers that share one mean and one variance. Layer norm: one row, the D features of one word. Batch norm: "
    "one column through the whole block, one feature of all words of all sentences. A frequent mistake: the whole "
    "sheet of one sentence, all features of all its words."
)


def draw() -> Figure:
    """Three blocks side by side."""
    width, height = 8.3, 2.9
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        for number, (name, told, lit) in enumerate(GROUPS):
            left = 0.45 + number * 2.72
            ax.text(left, 0.25, name, size=style.TITLE, va="center")
            ax.text(left, 0.52, told, size=style.TEXT, va="center", color=style.GREY)
            _block(ax, left, 1.3, lit)
        return fig


def _block(ax: Axes, left: float, top: float, lit: Callable[[int, int, int], bool]) -> None:
    """The visible faces of a block of B x T x D cells: its front, its top, its right side."""
    (over, up), right, bottom = SLANT, left + D * CELL, top + T * CELL

    def face(corner: tuple[float, float], one: tuple[float, float], two: tuple[float, float], on: bool) -> None:
        (x, y), (ax1, ay1), (ax2, ay2) = corner, one, two
        corners = [(x, y), (x + ax1, y + ay1), (x + ax1 + ax2, y + ay1 + ay2), (x + ax2, y + ay2)]
        ax.add_patch(Polygon(corners, facecolor=LIT if on else "white", edgecolor=style.GREY, linewidth=0.8))

    for t in range(T):
        for d in range(D):
            face((left + d * CELL, top + t * CELL), (CELL, 0), (0, CELL), lit(0, t, d))
    for b in range(B):
        for d in range(D):
            face((left + d * CELL + b * over, top - b * up), (CELL, 0), (over, -up), lit(b, 0, d))
        for t in range(T):
            face((right + b * over, top + t * CELL - b * up), (0, CELL), (over, -up), lit(b, t, D - 1))
    ax.text((left + right) / 2, bottom + 0.2, "D features", ha="center", va="center", size=12)
    ax.text(left - 0.14, (top + bottom) / 2, "T words", ha="center", va="center", size=12, rotation=90)
    ax.text(right + B * over / 2 - 0.02, bottom - 0.02, "B", ha="left", va="center", size=12)
