"""Softmax of some scores, with a slider; without a live notebook, three of its positions side by side."""

from __future__ import annotations

import html
from collections.abc import Sequence

import ipywidgets as W
import numpy as np
import torch
from matplotlib.axes import Axes

from classroom.show import style
from classroom.show.controls import with_controls

LOWEST, HIGHEST = 0.1, 8.0  # the scores are multiplied by a number between these
STILLS = (LOWEST, 1.0, HIGHEST)


def softmax_explorer(
    scores: Sequence[float] = (2.0, 1.0, 0.5, 0.0, -1.0),
    words: Sequence[str] = ("cat", "mat", "sat", "on", "the"),
) -> None:
    """Show softmax of some scores, with a slider that multiplies the scores before softmax is taken.

    scores: n numbers, one for each of n words. Beside each weight p stands p(1 - p), the slope of softmax
    there: the diagonal of its Jacobian. It is 1/4 at most, and nearly 0 once softmax has all but chosen.
    """
    scores = style.array(scores, 1, "scores")
    names = style.words_for(words, len(scores), "words")
    slider = W.FloatSlider(
        value=1.0,
        min=LOWEST,
        max=HIGHEST,
        step=0.1,
        description="scores times",
        readout_format=".1f",
        continuous_update=False,
        style={"description_width": "initial"},
        layout=W.Layout(width="480px", max_width="100%"),
    )
    with_controls(
        [slider],
        draw=lambda scale: _still(scores, names, scale),
        say=lambda scale: _said_aloud(scores, words, scale),
        still=_stills(scores, names),
        alt=_alt(scores, words),
    )


def _weights(scores: np.ndarray, scale: float) -> np.ndarray:
    return torch.softmax(torch.from_numpy(scores * scale), 0).numpy()


def _still(scores: np.ndarray, names: list[str], scale: float) -> bytes:
    """The picture at one position of the slider."""
    with style.figure(max(4.6, 0.9 * len(names) + 0.6), 2.9) as fig:
        ax = fig.add_axes((0.04, 0.13, 0.92, 0.69))
        _bars(ax, names, _weights(scores, scale))
        return style.png(fig)


def _stills(scores: np.ndarray, names: list[str]) -> bytes:
    """The picture for a page without a live notebook: three positions of the slider."""
    each = max(2.65, 0.53 * len(names) + 0.2)
    width = len(STILLS) * each
    with style.figure(width, 3.55) as fig:
        for number, scale in enumerate(STILLS):
            ax = fig.add_axes(((number * each + 0.1) / width, 0.22, (each - 0.3) / width, 0.52))
            weights = _weights(scores, scale)
            _bars(ax, names, weights)
            ax.set_title(f"scores × {scale:g}", size=style.TITLE, pad=38)
            ax.text(
                0,
                -0.16,
                f"largest weight {weights.max():.3f}\nsteepest slope {_steepest(weights):.4f}",
                transform=ax.transAxes,
                va="top",
                color=style.GREY,
            )
        return style.png(fig)


def _steepest(weights: np.ndarray) -> float:
    return float((weights * (1 - weights)).max())


def _bars(ax: Axes, names: list[str], weights: np.ndarray) -> None:
    """For each word its weight, wide, and beside it the slope of softmax, narrow."""
    places = np.arange(len(names))
    slopes = weights * (1 - weights)
    style.blank(ax)
    ax.set(xlim=(-0.55, len(names) - 0.45), ylim=(0, 1.0))
    ax.axhline(0, color=style.RULE, linewidth=1, clip_on=False)
    ax.bar(places - 0.1, weights, 0.44, color=style.BLUE)
    ax.bar(places + 0.25, slopes, 0.16, color=style.ORANGE)
    for place, weight in zip(places, weights, strict=True):
        ax.text(place - 0.1, weight + 0.025, f"{weight:.2f}", ha="center", size=style.TEXT, color=style.BLUE)
    ax.set_xticks(places, names, size=style.TEXT)
    ax.tick_params(length=0, pad=4)
    ax.text(0, 1.13, "weight p", transform=ax.transAxes, color=style.BLUE)
    ax.text(1, 1.13, "slope p(1 − p)", transform=ax.transAxes, color=style.WORDS_IN[style.ORANGE], ha="right")


def _said_aloud(scores: np.ndarray, words: Sequence[str], scale: float) -> str:
    """The line under the picture, read out by a screen reader whenever it changes."""
    weights = _weights(scores, scale)
    most = int(weights.argmax())
    return (
        f"Largest weight: <b>{weights[most]:.4f}</b>, on {html.escape(str(words[most]))}. "
        f"Steepest slope, the largest p(1 − p): <b>{_steepest(weights):.4f}</b> (it is never more than 0.25)."
    )


def _alt(scores: np.ndarray, words: Sequence[str]) -> str:
    listed = ", ".join(f"{word} {score:g}" for word, score in zip(words, scores, strict=True))
    stills = []
    for scale in STILLS:
        weights = _weights(scores, scale)
        stills.append(
            f"scores times {scale:g}: largest weight {weights.max():.3f}, on {words[int(weights.argmax())]}, "
            f"and the steepest slope p(1 − p) is {_steepest(weights):.4f}"
        )
    return f"Softmax of the scores {listed}, at three scales. {'; '.join(stills)}."
