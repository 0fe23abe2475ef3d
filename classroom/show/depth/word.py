"""One word's vector before and after layer normalization, with sliders that stretch and shift it."""

from __future__ import annotations

import ipywidgets as W
import numpy as np
from matplotlib.axes import Axes

from classroom.show import style
from classroom.show.controls import with_controls

FEATURES = np.array([0.9, -0.4, 1.7, -1.1, 0.2, -1.6, 0.6, 0.5])
TIMES = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
SHIFTS = range(-5, 6)
EPS = 1e-5
STILL = (10.0, 3)


def layer_norm_explorer() -> None:
    """Show the eight numbers of one word before and after layer norm (no gamma, no beta, eps = 1e-5).

    Two sliders change the word: its numbers times one factor, and plus one number.
    """
    wide = W.Layout(width="480px", max_width="100%")
    times = W.SelectionSlider(
        options=[(f"× {t:g}", t) for t in TIMES], value=1.0, description="times", continuous_update=False, layout=wide
    )
    plus = W.IntSlider(value=0, min=SHIFTS[0], max=SHIFTS[-1], description="plus", continuous_update=False, layout=wide)
    with_controls([times, plus], _draw, _say, still=_draw(*STILL), alt=_alt(*STILL))


def normalized(x: np.ndarray) -> np.ndarray:
    """x with its mean taken off and divided by √(variance + eps)."""
    return (x - x.mean()) / np.sqrt(x.var() + EPS)


def _draw(times: float, plus: int) -> bytes:
    before = FEATURES * times + plus
    with style.figure(8.3, 3.2) as fig:
        left, right = fig.add_axes((0.08, 0.2, 0.4, 0.62)), fig.add_axes((0.57, 0.2, 0.4, 0.62))
        _bars(left, before, style.BLUE, "before")
        _bars(right, normalized(before), style.VERMILLION, "after layer norm")
        right.set_ylim(-2.3, 2.3)
        return style.png(fig)


def _bars(ax: Axes, numbers: np.ndarray, colour: str, head: str) -> None:
    ax.bar(range(len(numbers)), numbers, 0.7, color=colour)
    mean, spread = numbers.mean(), numbers.std()
    ax.axhspan(mean - spread, mean + spread, color=style.MIST, zorder=0)
    ax.axhline(mean, color=style.INK, linewidth=1)
    ax.axhline(0, color=style.RULE, linewidth=0.8)
    ax.set_xticks(range(len(numbers)))
    mean = 0.0 if abs(mean) < 1e-9 else mean
    ax.set(title=f"{head}: mean {mean:.3g}, standard deviation {spread:.3g}", xlabel="feature")
    ax.title.set_size(12)


def _say(times: float, plus: int) -> str:
    before = FEATURES * times + plus
    after = normalized(before)
    return (
        f"Before: mean {before.mean():.3g}, standard deviation {before.std():.3g}. "
        f"After: mean {abs(after.mean()):.2f}, standard deviation <b>{after.std():.3f}</b>."
    )


def _alt(times: float, plus: int) -> str:
    before = FEATURES * times + plus
    after = normalized(before)
    listed = ", ".join(f"{number:.2f}" for number in after)
    return (
        f"Bars: the eight numbers of one word before layer norm, with mean {before.mean():.3g} and standard deviation "
        f"{before.std():.3g}, and after it, with mean 0 and standard deviation {after.std():.2f}: {listed}."
    )
