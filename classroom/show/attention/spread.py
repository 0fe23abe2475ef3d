"""How widely scores spread as d_k grows, undivided and divided by √d_k."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from matplotlib.axes import Axes

from classroom.show import style

PAIRS = 10_000  # random queries and keys for each width
PICKED = (10, 30, 50, 70, 90)  # the five scores whose softmax is drawn, as percentiles of the histogram above


def score_spread(d_ks: Sequence[int] = (4, 16, 64, 256), seed: int = 0) -> None:
    """Show how q·k spreads as d_k grows, undivided and divided by √d_k, and what softmax makes of it.

    d_ks: widths of the queries and keys, whose entries are independent and normal with variance 1.
    Under each histogram stands the softmax of five of its scores: those at 10, 30, 50, 70 and 90 %.
    """
    random = np.random.default_rng(seed)
    raw = [(random.standard_normal((PAIRS, d)) * random.standard_normal((PAIRS, d))).sum(axis=1) for d in d_ks]
    divided = [dots / math.sqrt(d) for dots, d in zip(raw, d_ks, strict=True)]
    style.publish(_draw_spread(d_ks, raw, divided), _alt_spread(d_ks, raw, divided))


def _five(dots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Five of the scores, evenly through the histogram, and their softmax."""
    picked = np.percentile(dots, PICKED)
    return picked, torch.softmax(torch.from_numpy(picked), 0).numpy()


def _draw_spread(d_ks: Sequence[int], raw: list[np.ndarray], divided: list[np.ndarray]) -> bytes:
    width, left, gap = 8.3, 0.25, 0.3
    each = (width - left - gap * len(d_ks)) / len(d_ks)
    height = 6.5
    bands = [("Scores q·k, undivided", raw, 0.0), (r"Scores q·k divided by $\sqrt{d_k}$", divided, 3.25)]
    with style.figure(width, height) as fig:
        for name, band, down in bands:
            fig.text(left / width, 1 - (down + 0.1) / height, name, size=style.TITLE, va="top")
            reach = 3.2 * max(dots.std() for dots in band)
            for column, (d, dots) in enumerate(zip(d_ks, band, strict=True)):
                x = (left + column * (each + gap)) / width
                spread = fig.add_axes((x, 1 - (down + 1.62) / height, each / width, 0.98 / height))
                chosen = fig.add_axes((x, 1 - (down + 2.95) / height, each / width, 0.75 / height))
                _histogram(spread, dots, reach, f"$d_k$ = {d}")
                _choice(chosen, *_five(dots), labelled=column == 0)
        return style.png(fig)


def _histogram(ax: Axes, dots: np.ndarray, reach: float, name: str) -> None:
    style.blank(ax)
    edges = np.linspace(-reach, reach, 65)
    ax.hist(dots, edges, color=style.SKY, density=True, histtype="stepfilled")
    tallest = ax.get_ylim()[1]
    ax.set(xlim=(-reach, reach), ylim=(0, tallest * 1.04))
    ax.spines["bottom"].set_visible(True)
    end = math.floor(reach / 10) * 10 if reach > 10 else math.floor(reach)
    ax.set_xticks([-end, 0, end], [f"−{end}", "0", f"{end}"])
    picked, _ = _five(dots)
    ax.plot(
        picked,
        np.full(5, -0.035 * tallest),
        "|",
        color=style.VERMILLION,
        markersize=7,
        clip_on=False,
        mew=1.6,
    )
    ax.tick_params(pad=5)
    ax.text(0, 1.08, name, transform=ax.transAxes, size=12)
    ax.text(1, 1.08, f"std {dots.std():.2f}", transform=ax.transAxes, ha="right", color=style.GREY)


def _choice(ax: Axes, picked: np.ndarray, weights: np.ndarray, labelled: bool) -> None:
    style.blank(ax)
    ax.set(xlim=(-0.5, 4.5), ylim=(0, 1))
    ax.axhline(0, color=style.RULE, linewidth=1, clip_on=False)
    ax.bar(range(5), weights, 0.62, color=style.VERMILLION)
    most = int(weights.argmax())
    ax.text(most, weights[most] + 0.05, f"{weights[most]:.2f}", ha="center", color=style.INK)
    if labelled:
        ax.text(0, 1.02, "softmax of five\nof them ( | )", transform=ax.transAxes, color=style.GREY, va="top")


def _alt_spread(d_ks: Sequence[int], raw: list[np.ndarray], divided: list[np.ndarray]) -> str:
    def told(band: list[np.ndarray]) -> str:
        return "; ".join(
            f"d_k = {d}: standard deviation {dots.std():.2f}, largest weight {_five(dots)[1].max():.2f}"
            for d, dots in zip(d_ks, band, strict=True)
        )

    return (
        f"Histograms of q·k for {PAIRS:,} random queries and keys, and softmax of five of the scores. "
        f"Undivided: {told(raw)}. Divided by the square root of d_k: {told(divided)}."
    )
