"""Each pair of dimensions as the hand of a clock: the position turns them, each at its own speed."""

from __future__ import annotations

import ipywidgets as W
import numpy as np
from matplotlib.axes import Axes

from classroom.show import style
from classroom.show.controls import with_controls
from classroom.show.position.waves import frequencies

WIDTH = 16  # eight clocks
STILLS = (0, 1, 10, 100)
FURTHEST = 500


def clock_hands() -> None:
    """Show the eight pairs of a 16-wide positional encoding as clock hands, with a slider for the position."""
    slider = W.IntSlider(
        value=1,
        min=0,
        max=FURTHEST,
        description="position",
        continuous_update=False,
        style={"description_width": "initial"},
        layout=W.Layout(width="480px", max_width="100%"),
    )
    with_controls([slider], _draw, _say, still=_stills(), alt=_alt())


def _draw(position: int) -> bytes:
    width, height = 8.3, 1.75
    with style.figure(width, height) as fig:
        _row(fig, position, bottom=0.34, height=height, named=True)
        return style.png(fig)


def _stills() -> bytes:
    width, each = 8.3, 1.35
    height = each * len(STILLS) + 0.45
    with style.figure(width, height) as fig:
        for number, position in enumerate(STILLS):
            _row(fig, position, height - (number + 1) * each, height, named=number == len(STILLS) - 1)
        return style.png(fig)


def _row(fig, position: int, bottom: float, height: float, named: bool) -> None:
    """A clock for each pair; `bottom` and `height` in inches."""
    width, left, size = fig.get_figwidth(), 1.0, 0.78
    step = (width - left - 0.1) / (WIDTH // 2)
    fig.text(0.02, (bottom + 0.6) / height, f"position\n{position}", va="center", size=12)
    for pair, frequency in enumerate(frequencies(WIDTH)):
        box = ((left + pair * step) / width, (bottom + 0.2) / height, size / width, size / height)
        ax = fig.add_axes(box)
        _clock(ax, position * frequency)
        if named:
            ax.text(0, -1.3, f"{2 * pair}, {2 * pair + 1}", ha="center", va="top", color=style.GREY)
    if named:
        fig.text(0.02, (bottom + 0.03) / height, "dimensions", va="center", color=style.GREY)


def _clock(ax: Axes, angle: float) -> None:
    style.blank(ax)
    ax.set(xlim=(-1.08, 1.08), ylim=(-1.08, 1.08), aspect="equal")
    around = np.linspace(0, 2 * np.pi, 80)
    ax.plot(np.cos(around), np.sin(around), color=style.RULE, linewidth=1, clip_on=False)
    swept = np.linspace(0, angle % (2 * np.pi), 40)
    ax.fill(np.append(0, 0.55 * np.sin(swept)), np.append(0, 0.55 * np.cos(swept)), color="#CFE6F5", linewidth=0)
    ax.plot([0, np.sin(angle)], [0, np.cos(angle)], color=style.BLUE, linewidth=2.4)
    ax.plot([np.sin(angle)], [np.cos(angle)], "o", color=style.BLUE, markersize=4.5, clip_on=False)


def _say(position: int) -> str:
    turns = position * frequencies(WIDTH) / (2 * np.pi)
    return (
        f"Position {position}. Turns made since position 0: the first hand <b>{turns[0]:.2f}</b>, "
        f"the third {turns[2]:.3f}, the last {turns[-1]:.5f}."
    )


def _alt() -> str:
    told = []
    for position in STILLS:
        turns = position * frequencies(WIDTH) / (2 * np.pi)
        told.append(f"at position {position} the first hand has made {turns[0]:.2f} turns, the last {turns[-1]:.5f}")
    return (
        "Eight clock hands, one for each pair of a 16-wide positional encoding; a hand's horizontal part is the sine, "
        f"its vertical part the cosine. {'; '.join(told)}."
    )
