"""What two-class models believe of the plane while they learn; a slider for the step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ipywidgets as W
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classroom.show import style
from classroom.show.controls import with_controls

MARKERS = (("o", "white", "class 0"), ("^", style.INK, "class 1"))


def decision_boundary(x, y, beliefs: Mapping[str, Sequence], steps: Sequence[int], reach: float) -> None:
    """Show, for each model, how sure it is of class 1 all over a square, with a slider over the moments of training.

    x: (N, 2) points; y: (N,) their classes, 0 or 1. beliefs: for each model, by name, one (G, G) table of
    probabilities of class 1 for each moment: row i, column j belong to the point (g[j], g[i]) with g running evenly
    from -reach to reach. steps: for each moment, how many updates had been made.
    """
    points, classes = style.array(x, 2, "x"), style.array(y, 1, "y") > 0.5
    tables = {name: [style.array(table, 2, name) for table in moments] for name, moments in beliefs.items()}
    if any(len(moments) != len(steps) for moments in tables.values()):
        raise ValueError(f"decision_boundary needs {len(steps)} tables for every model, one for each moment")
    right = {
        name: [_share_right(points, classes, table, reach) for table in moments] for name, moments in tables.items()
    }
    slider = W.SelectionSlider(
        options=[(f"{step:,}", number) for number, step in enumerate(steps)],
        value=len(steps) - 1,
        description="updates",
        continuous_update=False,
        layout=W.Layout(width="480px", max_width="100%"),
    )

    def draw(moment: int) -> bytes:
        return _draw(points, classes, {name: [moments[moment]] for name, moments in tables.items()}, reach)

    def say(moment: int) -> str:
        told = "; ".join(f"{name} <b>{shares[moment]:.0%}</b>" for name, shares in right.items())
        return f"After {steps[moment]:,} updates, points on their own side of the line: {told}."

    chosen = sorted({0, (len(steps) - 1) // 2, len(steps) - 1})
    still = _draw(
        points,
        classes,
        {name: [moments[i] for i in chosen] for name, moments in tables.items()},
        reach,
        [f"after {steps[i]:,} updates" for i in chosen],
    )
    with_controls([slider], draw, say, still, _alt(right, steps, chosen))


def _share_right(points: np.ndarray, classes: np.ndarray, table: np.ndarray, reach: float) -> float:
    """The share of the points whose class is the likelier one there; between the table's places it runs straight."""
    spot = (points + reach) / (2 * reach) * (len(table) - 1)
    column, row = np.floor(spot).astype(int).clip(0, len(table) - 2).T
    right, up = (spot - np.stack([column, row], axis=1)).T
    lower = (1 - right) * table[row, column] + right * table[row, column + 1]
    upper = (1 - right) * table[row + 1, column] + right * table[row + 1, column + 1]
    return float((((1 - up) * lower + up * upper > 0.5) == classes).mean())


def _draw(
    points, classes, tables: Mapping[str, Sequence[np.ndarray]], reach: float, heads: Sequence[str] = ()
) -> bytes:
    """A row for each model, a column for each moment, named by `heads`; without heads, the models side by side."""
    single = not heads
    rows, columns = (1, len(tables)) if single else (len(tables), len(heads))
    size, gap, left, top, foot = 2.35, 0.2, 0.1 if single else 1.25, 0.42, 0.62
    between = gap if single else 0.34
    width, height = max(left + columns * (size + gap), 6.4), top + rows * (size + between) + foot
    with style.figure(width, height) as fig:
        for number, (name, moments) in enumerate(tables.items()):
            for moment, table in enumerate(moments):
                row, column = (0, number) if single else (number, moment)
                x, y = left + column * (size + gap), height - top - row * (size + between) - size
                ax = fig.add_axes((x / width, y / height, size / width, size / height))
                _plane(ax, points, classes, table, reach)
                share = f"{_share_right(points, classes, table, reach):.0%} right"
                if row == 0:
                    head = f"{name}, {share}" if single else heads[moment]
                    fig.text(x / width, 1 - 0.26 / height, style.plain(head), size=12)
                if not single:
                    fig.text((x + size) / width, (y - 0.2) / height, share, ha="right", color=style.GREY)
            if not single:
                fig.text(
                    0.05 / width, (y + size / 2) / height, style.plain(name).replace(" ", "\n"), va="center", size=12
                )
        _legend(fig, left, width, height)
        return style.png(fig)


def _legend(fig: Figure, left: float, width: float, height: float) -> None:
    """The two markers, and the colours from one class to the other."""
    ax = fig.add_axes((0, 0, 1, 0.5 / height))
    ax.set(xlim=(0, width), ylim=(0, 0.5))
    ax.axis("off")
    for x, (marker, face, name) in zip((left + 0.1, left + 1.05), MARKERS, strict=True):
        ax.scatter([x], [0.34], s=24, marker=marker, facecolor=face, edgecolor=style.INK, linewidth=0.8)
        ax.text(x + 0.12, 0.34, name, va="center")
    start = left + 2.2
    ax.imshow(np.linspace(0, 1, 101)[None], cmap=style.SIGNED, vmin=-0.35, vmax=1.35, aspect="auto",
              extent=(start + 1.05, start + 2.55, 0.24, 0.44))  # fmt: skip
    ax.plot([start + 1.8] * 2, [0.24, 0.44], color=style.INK, linewidth=1.3)
    ax.text(start + 0.98, 0.34, "sure of class 0", va="center", ha="right")
    ax.text(start + 2.62, 0.34, "sure of class 1", va="center")
    ax.text(start + 1.8, 0.03, "undecided: the line", va="bottom", ha="center", color=style.GREY)


def _plane(ax: Axes, points: np.ndarray, classes: np.ndarray, table: np.ndarray, reach: float) -> None:
    style.blank(ax)
    edges = (-reach, reach, -reach, reach)
    ax.imshow(table, cmap=style.SIGNED, vmin=-0.35, vmax=1.35, extent=edges, origin="lower", interpolation="bilinear")
    if table.min() < 0.5 < table.max():
        grid = np.linspace(-reach, reach, len(table))
        ax.contour(grid, grid, table, levels=[0.5], colors=[style.INK], linewidths=1.3)
    for chosen, (marker, face, _) in zip((~classes, classes), MARKERS, strict=True):
        ax.scatter(*points[chosen].T, s=16, marker=marker, facecolor=face, edgecolor=style.INK, linewidth=0.8)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach))


def _alt(right: Mapping[str, Sequence[float]], steps: Sequence[int], chosen: Sequence[int]) -> str:
    told = "; ".join(
        f"{name}: " + ", ".join(f"{shares[i]:.0%} after {steps[i]:,} updates" for i in chosen)
        for name, shares in right.items()
    )
    return (
        "Points of two classes in the plane, and behind them how sure each model is of the second class; a line where "
        f"it is undecided. Points on their own side of the line: {told}."
    )
