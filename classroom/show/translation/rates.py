"""The learning rate of the paper over the steps, for a width and a warm-up that can be moved."""

from __future__ import annotations

import ipywidgets as W
import numpy as np

from classroom.show import style
from classroom.show.controls import with_controls

WIDTHS, LAST = (128, 256, 512, 1024), 20_000


def rates() -> None:
    """Show the learning rate against the step; a live notebook has a menu for d_model and a slider for the warm-up."""
    width = W.Dropdown(options=WIDTHS, value=512, description="d_model")
    warmup = W.IntSlider(
        value=4_000,
        min=500,
        max=10_000,
        step=500,
        description="warmup",
        continuous_update=False,
        layout=W.Layout(width="360px", max_width="100%"),
    )
    with_controls(
        [width, warmup], _draw, _say, _draw(512, 4_000), f"The learning rate over {LAST:,} steps. {_told(512, 4_000)}"
    )


def peak(width: int, warmup: int) -> float:
    """The highest rate, where both terms of the formula are equal (Vaswani et al., 2017, equation 3)."""
    return 1 / (width * warmup) ** 0.5


def _draw(width: int, warmup: int) -> bytes:
    steps = np.linspace(1, LAST, 1_000)
    rising, falling = peak(width, warmup) * steps / warmup, 1 / np.sqrt(width * steps)
    top = 1e-3 * np.ceil(1.15 * peak(width, warmup) / 1e-3 * 4) / 4
    with style.figure(8.3, 3.7) as fig:
        ax = fig.add_axes((0.09, 0.16, 0.75, 0.72))
        for curve, colour in ((rising, style.VERMILLION), (falling, style.GREEN)):
            ax.plot(steps, np.where(curve <= top, curve, np.nan), color=colour, linewidth=1.2, linestyle=(0, (4, 3)))
        ax.plot(steps, np.minimum(rising, falling), color=style.BLUE, linewidth=2.4)
        ax.plot([warmup], [peak(width, warmup)], "o", color=style.BLUE, markersize=6)
        ax.set(xlabel="step", ylabel="learning rate", xlim=(0, LAST), ylim=(0, top))
        ax.set_xticks(range(0, LAST + 1, 5_000), [f"{n:,}" for n in range(0, LAST + 1, 5_000)])
        ax.set_title(f"d_model = {width:,}, warmup = {warmup:,}")
        ax.annotate(
            f"peak {peak(width, warmup):.1e}", (warmup, peak(width, warmup)), (9, 4), textcoords="offset points"
        )
        for height, word, colour in (
            (0.85, "dashed, rising: step · warmup$^{-1.5}$", style.VERMILLION),
            (0.76, "dashed, falling: step$^{-0.5}$", style.GREEN),
            (0.67, "full: the smaller of both", style.BLUE),
            (0.58, "each times d_model$^{-0.5}$", style.GREY),
        ):
            ax.text(0.62, height, word, transform=ax.transAxes, color=style.WORDS_IN.get(colour, colour))
        return style.png(fig)


def _told(width: int, warmup: int) -> str:
    half = peak(width, warmup) / 2
    return (
        f"With d_model = {width:,} and a warm-up of {warmup:,} steps it rises evenly to {peak(width, warmup):.1e} at "
        f"step {warmup:,} and falls from there with the inverse root of the step, to {half:.1e} at step {4 * warmup:,}."
    )


def _say(width: int, warmup: int) -> str:
    return _told(width, warmup)
