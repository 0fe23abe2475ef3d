"""The positional encoding as a map: positions down, dimensions across; two sliders for its size."""

from __future__ import annotations

import ipywidgets as W
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from classroom.show import style
from classroom.show.controls import with_controls
from classroom.show.position.waves import encoding

STILL = (48, 64)


def position_map() -> None:
    """Show the sinusoidal positional encoding (paper, section 3.5) as colours, with sliders for length and width."""
    length = _slider("length", STILL[0], 8, 256, 8)
    width = _slider("width D", STILL[1], 4, 256, 4)
    with_controls([length, width], _draw, _say, still=_draw(*STILL), alt=_alt(*STILL))


def _slider(name: str, value: int, low: int, high: int, step: int) -> W.IntSlider:
    return W.IntSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=name,
        continuous_update=False,
        style={"description_width": "70px"},
        layout=W.Layout(width="480px", max_width="100%"),
    )


def _draw(length: int, width: int) -> bytes:
    table = encoding(length, width)
    with style.figure(8.3, 4.1) as fig:
        ax = fig.add_axes((0.085, 0.16, 0.83, 0.72))
        cells = ax.imshow(table, cmap=style.SIGNED, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
        ax.set_xlabel("dimension (even: sine, odd: cosine)")
        ax.set_ylabel("position")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MaxNLocator(integer=True, nbins=9, steps=[1, 2, 5, 10]))
        ax.spines[:].set_visible(False)
        bar = fig.colorbar(cells, cax=fig.add_axes((0.935, 0.16, 0.015, 0.72)), ticks=[-1, 0, 1])
        bar.outline.set_visible(False)
        _wavelengths(ax, width)
        return style.png(fig)


def _wavelengths(ax: Axes, width: int) -> None:
    """The wavelength of four of the pairs, above their columns."""
    columns = sorted({2 * round(part * (width // 2 - 1)) for part in (0, 1 / 3, 2 / 3, 1)})
    for column in columns:
        last = column == columns[-1]
        ax.annotate(
            f"{'wavelength ' if column == 0 else ''}{_positions(column, width)}",
            (column + 0.5, -0.5),
            (0, 5),
            textcoords="offset points",
            ha="left" if column == 0 else "right" if last else "center",
            color=style.GREY,
        )


def _positions(column: int, width: int) -> str:
    return f"{2 * np.pi * 10000 ** (column / width):,.1f}" if column == 0 else f"{_wavelength(column, width):,.0f}"


def _wavelength(column: int, width: int) -> float:
    return 2 * np.pi * 10000 ** (column / width)


def _say(length: int, width: int) -> str:
    slowest = _wavelength(width - 2, width)
    turns = (length - 1) / slowest
    return (
        f"{length} positions, {width // 2} pairs of dimensions. The first pair turns once in 6.3 positions, the last "
        f"once in <b>{slowest:,.0f}</b>: in this table it makes {turns:.4f} of a turn."
    )


def _alt(length: int, width: int) -> str:
    return (
        f"Heat map of the positional encoding, {length} positions as rows, {width} dimensions as columns, values from "
        f"-1 to 1. The left columns change from row to row: the first pair has a wavelength of 6.3 positions. To the "
        f"right the waves grow longer, up to {_wavelength(width - 2, width):,.0f} positions for the last pair, where "
        "the sine column is nearly 0 and the cosine column nearly 1 throughout."
    )
