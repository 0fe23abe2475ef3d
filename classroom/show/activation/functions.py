"""An activation function and its slope, with a menu of functions and a slider for x."""

from __future__ import annotations

import math

import ipywidgets as W
import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from classroom.show import style
from classroom.show.controls import with_controls

FUNCTIONS = {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "gelu": torch.nn.functional.gelu}
REACH = 6.0
FLAT = 0.05  # a slope smaller than this lets hardly any gradient through
START = ("sigmoid", 1.0)


def activation_explorer() -> None:
    """Show an activation function and its derivative; where the slope is under 0.05 the background is grey."""
    menu = W.Dropdown(
        options=list(FUNCTIONS),
        value=START[0],
        description="function",
        layout=W.Layout(width="260px", max_width="100%"),
    )
    slider = W.FloatSlider(
        value=START[1],
        min=-REACH,
        max=REACH,
        step=0.1,
        description="x",
        readout_format=".1f",
        continuous_update=False,
        layout=W.Layout(width="480px", max_width="100%"),
    )
    with_controls([menu, slider], _draw, _say, still=_stills(), alt=_alt())


def value_and_slope(name: str, x: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The function's values at x, and its derivative there."""
    with torch.enable_grad():
        x = x.detach().double().requires_grad_()
        y = FUNCTIONS[name](x)
        (slope,) = torch.autograd.grad(y.sum(), x)
    return y.detach().numpy(), slope.numpy()


def _draw(name: str, x: float) -> bytes:
    with style.figure(6.6, 3.5) as fig:
        ax = fig.add_axes((0.07, 0.12, 0.72, 0.78))
        _plot(ax, name)
        value, slope = (float(part) for part in value_and_slope(name, torch.tensor(x)))
        ax.axvline(x, color=style.RULE, linewidth=0.8)
        ax.plot([x], [value], "o", color=style.BLUE, markersize=7)
        ax.plot([x], [slope], "o", color=style.VERMILLION, markersize=7)
        ax.text(1.02, 0.8, name, transform=ax.transAxes, color=style.BLUE, size=12)
        ax.text(1.02, 0.7, "its slope", transform=ax.transAxes, color=style.WORDS_IN[style.VERMILLION], size=12)
        ax.text(1.02, 0.52, "grey: slope\nunder 0.05", transform=ax.transAxes, color=style.GREY, va="top")
        return style.png(fig)


def _stills() -> bytes:
    with style.figure(8.3, 5.6) as fig:
        for number, name in enumerate(FUNCTIONS):
            left, bottom = 0.05 + 0.49 * (number % 2), 0.58 - 0.49 * (number // 2)
            ax = fig.add_axes((left, bottom, 0.44, 0.345))
            _plot(ax, name)
            ax.set_title(name, size=style.TITLE, color=style.BLUE)
            ax.text(1, 1.06, "its slope", transform=ax.transAxes, ha="right", color=style.WORDS_IN[style.VERMILLION])
        fig.text(0.05, 0.012, f"grey: the slope is under {FLAT}", color=style.GREY)
        return style.png(fig)


def _plot(ax: Axes, name: str) -> None:
    grid = torch.linspace(-REACH, REACH, 481)
    values, slopes = value_and_slope(name, grid)
    x = grid.numpy()
    high = 3.2 if values.max() > 2 else 1.15
    ax.fill_between(x, -1.15, high, where=_saturated(slopes), color=style.MIST, linewidth=0)
    ax.axhline(0, color=style.RULE, linewidth=0.8)
    ax.plot(x, values, color=style.BLUE)
    ax.plot(x, slopes, color=style.VERMILLION, linewidth=1.6)
    ax.set(xlim=(-REACH, REACH), ylim=(-1.15, high))
    ax.set_xticks([-6, -4, -2, 0, 2, 4, 6])
    if high > 2:
        ax.set_yticks([-1, 0, 1, 2, 3])
    else:
        ax.set_yticks([-1, -0.5, 0, 0.25, 0.5, 1], ["−1", "−½", "0", "¼", "½", "1"])


def _saturated(slopes: np.ndarray) -> np.ndarray:
    """True from either end for as long as the slope is under FLAT."""
    flat = np.abs(slopes) < FLAT
    return np.logical_and.accumulate(flat) | np.logical_and.accumulate(flat[::-1])[::-1]


def _say(name: str, x: float) -> str:
    value, slope = (float(part) for part in value_and_slope(name, torch.tensor(x)))
    flat = " Flat here: hardly any gradient comes through." if abs(slope) < FLAT else ""
    return f"{name}({x:.1f}) = <b>{value:.4f}</b>, slope <b>{slope:.4f}</b>.{flat}"


def _alt() -> str:
    told = []
    for name in FUNCTIONS:
        grid = torch.linspace(-REACH, REACH, 1201)
        _, slopes = value_and_slope(name, grid)
        flat = grid.numpy()[_saturated(slopes)]
        below, above = flat[flat < 0], flat[flat > 0]
        edge = f"{abs(below.max()):.1f}" if below.size else ""
        where = [f"below {'minus ' if float(edge) else ''}{edge.removesuffix('.0')}"] if edge else []
        where += [f"above {above.min():.1f}"] if above.size else []
        steepest = math.floor(slopes.max() * 100 + 0.5) / 100
        told.append(f"{name}: steepest slope {steepest:.2f}, flat (slope under {FLAT}) {' and '.join(where)}")
    return f"Four activation functions from -6 to 6, each with its slope. {'; '.join(told)}."
