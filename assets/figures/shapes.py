"""04_shapes.png: the shapes of scaled dot-product attention, and which axis each product sums away."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from classroom.show import style

T, S, D_K, D_V = 4, 6, 3, 5  # words asking, words answering, width of a key, width of a value
CELL = 0.28  # inches
DOT, MIX = style.WORDS_IN[style.VERMILLION], style.WORDS_IN[style.GREEN]  # the axis each product sums

ALT = (
    "The shapes of scaled dot-product attention. First product: q, of shape (T, d_k), times k transposed, "
    "(d_k, S), divided by the square root of d_k, gives the scores, (T, S); d_k is summed away. "
    "Softmax along each row of the scores gives the weights, (T, S). "
    "Second product: weights, (T, S), times v, (S, d_v), gives the output, (T, d_v); S is summed away. "
    "One row of q and one column of k transposed make one score; "
    "one row of the weights and one column of v make one entry of the output."
)


def draw() -> Figure:
    """The two products, one above the other, with softmax between them."""
    width, height = 8.3, 5.35
    first, second = 1.55, 4.0  # the middles of the two lines
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        _heading(
            ax,
            0.3,
            "How well does each query match each key?",
            "$d_k$ is summed away: one number a pair",
            DOT,
        )
        q = _matrix(ax, 0.75, first, T, D_K, "$q$", "T", "$d_k$", across=DOT, row=1)
        _sign(ax, q, "×", first)
        k = _matrix(ax, q + 0.95, first, D_K, S, r"$k^{\mathsf{T}}$", "$d_k$", "S", down=DOT, column=4)
        _sign(ax, k, r"÷ $\sqrt{d_k}$   =", first, 0.67)
        _matrix(ax, k + 1.7, first, T, S, "scores", "T", "S", cell=(1, 4))

        told = "S is summed away: one vector a query"
        _heading(ax, 2.68, "Softmax along each row; then mix the values.", told, MIX)
        weights = _matrix(ax, 0.75, second, T, S, "weights", "T", "S", across=MIX, row=1)
        _sign(ax, weights, "×", second)
        v = _matrix(ax, weights + 0.95, second, S, D_V, "$v$", "S", "$d_v$", down=MIX, column=2)
        _sign(ax, v, "=", second, 0.35)
        _matrix(ax, v + 1.05, second, T, D_V, "output", "T", "$d_v$", cell=(1, 2))
        return fig


def _heading(ax: Axes, y: float, question: str, told: str, colour: str) -> None:
    ax.text(0.3, y, question, size=style.TITLE, va="center")
    ax.text(8.0, y, told, va="center", ha="right", size=12, color=colour)


def _matrix(
    ax: Axes,
    left: float,
    middle: float,
    rows: int,
    columns: int,
    name: str,
    down_name: str,
    across_name: str,
    down: str = style.INK,
    across: str = style.INK,
    row: int | None = None,
    column: int | None = None,
    cell: tuple[int, int] | None = None,
) -> float:
    """A grid with its name above and its axes named; a coloured axis is summed. Returns its right edge."""
    top = middle - rows * CELL / 2
    for i in range(rows):
        for j in range(columns):
            lit = i == row or j == column or (i, j) == cell
            ax.add_patch(
                Rectangle(
                    (left + j * CELL, top + i * CELL),
                    CELL,
                    CELL,
                    facecolor="#CFE6F5" if lit else "white",
                    edgecolor=style.RULE,
                    linewidth=0.7,
                )
            )
    right, bottom = left + columns * CELL, top + rows * CELL
    ax.add_patch(Rectangle((left, top), columns * CELL, rows * CELL, fill=False, edgecolor=style.INK, linewidth=1))
    ax.text((left + right) / 2, top - 0.17, name, ha="center", va="center", size=style.TITLE)
    for colour, line in (
        (down, ([left - 0.07] * 2, [top, bottom])),
        (across, ([left, right], [bottom + 0.07] * 2)),
    ):
        if colour != style.INK:
            ax.plot(*line, color=colour, linewidth=3.5, solid_capstyle="butt")
    ax.text(left - 0.17, middle, down_name, ha="right", va="center", size=12, color=down)
    ax.text((left + right) / 2, bottom + 0.22, across_name, ha="center", va="center", size=12, color=across)
    return right


def _sign(ax: Axes, left: float, sign: str, middle: float, along: float = 0.27) -> None:
    ax.text(left + along, middle, sign, ha="center", va="center", size=15)
