"""The losses of several trainings over their steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from classroom.show import style
from classroom.show.depth.lines import axes_with_names, name_lines


def training_curves(losses: Mapping[str, Sequence[float]], title: str, chance: float | None = None) -> None:
    """Show the loss of each training, by name, at every step; what lies far above the first losses is cut off.

    losses: name -> (steps,) numbers; at most six trainings. chance: the loss of a model that only guesses.
    """
    drawn = {name: style.array(numbers, 1, name) for name, numbers in losses.items()}
    if not 0 < len(drawn) <= len(style.LINES) or any(not len(numbers) for numbers in drawn.values()):
        raise ValueError(f"training_curves draws from 1 to {len(style.LINES)} trainings, each with at least one step")
    style.publish(_draw(drawn, title, chance), _alt(drawn, title, chance))


def _draw(losses: Mapping[str, np.ndarray], title: str, chance: float | None) -> bytes:
    top = 1.6 * (chance or max(numbers[0] for numbers in losses.values()))
    with style.figure(8.3, 3.7) as fig:
        ax = axes_with_names(fig, title if chance is None else f"{title}; dashed: guessing")
        for numbers, colour in zip(losses.values(), style.LINES, strict=False):
            shown = np.where(np.isfinite(numbers), np.minimum(numbers, top), top)
            ax.plot(range(1, len(numbers) + 1), shown, color=colour, linewidth=1.6)
        steps = max(len(numbers) for numbers in losses.values())
        ax.set(xlabel="step", ylabel="loss", xlim=(0, steps), ylim=(0, top))
        if chance is not None:
            ax.axhline(chance, color=style.INK, linewidth=1, linestyle=(0, (4, 3)))
        name_lines(ax, list(losses))
        return style.png(fig)


def _alt(losses: Mapping[str, np.ndarray], title: str, chance: float | None) -> str:
    ends = "; ".join(f"{name}, from {numbers[0]:.2f} to {numbers[-10:].mean():.2f}" for name, numbers in losses.items())
    guessing = "" if chance is None else f" Guessing would give {chance:.2f}."
    return f"{title}: the loss over {max(len(n) for n in losses.values())} steps. {ends}.{guessing}"
