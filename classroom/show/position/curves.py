"""Curves over positions: how alike two positions are by their distance, and how often a model is right where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from classroom.show import style
from classroom.show.position.waves import encoding

WIDTHS = (16, 64, 512)
FURTHEST = 100
FROM = (110, 500)  # two positions to measure from: their curves are the same


def position_similarity() -> None:
    """Show the dot product of two positional encodings, over its largest value, against their distance."""
    distances = np.arange(-FURTHEST, FURTHEST + 1)
    curves = {}
    for width in WIDTHS:
        table = encoding(max(FROM) + FURTHEST + 1, width)
        first, second = ([table[p + k] @ table[p] / (width / 2) for k in distances] for p in FROM)
        assert np.allclose(first, second)  # it hangs on the distance alone
        curves[width] = np.array(first)
    style.publish(_draw_similarity(distances, curves), _alt_similarity(distances, curves))


def _draw_similarity(distances: np.ndarray, curves: Mapping[int, np.ndarray]) -> bytes:
    with style.figure(7.6, 3.5) as fig:
        ax = fig.add_axes((0.09, 0.16, 0.76, 0.76))
        for place, ((width, curve), colour) in enumerate(zip(curves.items(), style.LINES, strict=False)):
            ax.plot(distances, curve, color=colour, linewidth=1.6)
            ax.text(
                1.02, 0.9 - 0.1 * place, f"D = {width}", transform=ax.transAxes, color=style.WORDS_IN[colour], size=12
            )
        ax.set(xlim=(-FURTHEST, FURTHEST), ylim=(min(map(np.min, curves.values())) - 0.05, 1.05))
        ax.axhline(0, color=style.RULE, linewidth=0.8)
        ax.set_xlabel("distance k, in positions")
        ax.set_ylabel("PE(p) · PE(p + k), over D/2")
        return style.png(fig)


def _alt_similarity(distances: np.ndarray, curves: Mapping[int, np.ndarray]) -> str:
    middle = len(distances) // 2
    told = "; ".join(
        f"D = {width}: {', '.join(f'{curve[middle + k]:.2f} at distance {k}' for k in (0, 1, 5, 20, 100))}"
        for width, curve in curves.items()
    )
    return (
        "Dot product of two positional encodings against their distance, divided by its largest value. The curves are "
        f"symmetric, highest at distance 0, and fall in waves. {told}. Measured from position {FROM[0]} and from "
        f"{FROM[1]}: the same curves."
    )


def by_position(right: Mapping[str, Sequence[float]], trained: int, title: str, first: int = 0) -> None:
    """Show how often each model is right at each position.

    right: for each model, by name, a share between 0 and 1 for each of n positions. trained: how many of the
    positions, from the first, were seen in training. title: what "right" means. first: the first position's number.
    """
    lengths = {len(shares) for shares in right.values()}
    if len(lengths) != 1 or trained > max(lengths):
        raise ValueError(f"by_position needs as many shares for every model, and at least {trained} of them")
    shares = {name: style.array(values, 1, name) for name, values in right.items()}
    style.publish(_draw_by_position(shares, trained, title, first), _alt_by_position(shares, trained, title))


def _draw_by_position(right: Mapping[str, np.ndarray], trained: int, title: str, first: int) -> bytes:
    each, head = 0.62, 0.95
    height = head + each * len(right) + 0.55
    count = len(next(iter(right.values())))
    with style.figure(8.3, height) as fig:
        fig.text(0.02, 1 - 0.14 / height, style.plain(title), size=style.TITLE, va="top")
        for number, ((name, shares), colour) in enumerate(zip(right.items(), style.LINES, strict=False)):
            bottom = height - head - (number + 1) * each + 0.14
            ax = fig.add_axes((0.33, bottom / height, 0.64, (each - 0.2) / height))
            style.blank(ax)
            ax.axvspan(-0.5, trained - 0.5, color=style.MIST, linewidth=0)
            ax.bar(range(count), shares, 0.8, color=colour)
            ax.axhline(0, color=style.RULE, linewidth=1)
            ax.set(xlim=(-0.6, count - 0.4), ylim=(0, 1))
            fig.text(
                0.02, (bottom + 0.2) / height, style.plain(name), va="center", color=style.WORDS_IN[colour], size=12
            )
            if number == 0:
                ax.text(trained / 2 - 0.5, 1.15, "trained on", ha="center", color=style.GREY)
                ax.text((trained + count) / 2 - 0.5, 1.15, "never seen", ha="center", color=style.GREY)
        ticks = [number for number in range(count) if (number + first) % 8 == 0]
        ax.set_xticks(ticks, [str(number + first) for number in ticks])
        ax.set_xlabel("position", color=style.GREY)
        return style.png(fig)


def _alt_by_position(right: Mapping[str, np.ndarray], trained: int, title: str) -> str:
    told = "; ".join(
        f"{name}: {shares[:trained].mean():.0%} of the first {trained} positions, "
        f"{shares[trained:].mean():.0%} of the {len(shares) - trained} after them"
        for name, shares in right.items()
    )
    return f"{title}. {told}."
