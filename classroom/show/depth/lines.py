"""Numbers by layer: a line for each stack, with its name at the line's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classroom.show import style

LOWEST, HIGHEST = 1e-20, 1e20  # what lies beyond is drawn here; 0 has no place on a logarithmic axis


def by_layer(sizes: Mapping[str, Sequence[float]], title: str, what: str = "size", log: bool = True) -> None:
    """Show, for each stack by name, a number for every layer.

    sizes: name -> (depth,) numbers of 0 and more, layer 1 first; at most six stacks. what: the name of the vertical
    axis. log: whether that axis is logarithmic (else it starts at 0). On a logarithmic axis what is below 1e-20, and
    0, is drawn at the bottom.
    """
    drawn = {name: style.array(numbers, 1, name) for name, numbers in sizes.items()}
    if not 0 < len(drawn) <= len(style.LINES) or any(not len(numbers) for numbers in drawn.values()):
        raise ValueError(f"by_layer draws from 1 to {len(style.LINES)} stacks, each with at least one layer")
    style.publish(draw_lines(drawn, title, what, log), _alt(drawn, title, log))


def draw_lines(sizes: Mapping[str, np.ndarray], title: str, what: str, log: bool = True) -> bytes:
    """The PNG of one line a stack, over the layers."""
    with style.figure(8.3, 3.7) as fig:
        ax = axes_with_names(fig, title)
        for (_, numbers), colour in zip(sizes.items(), style.LINES, strict=False):
            dots = {"marker": "o", "markersize": 4} if len(numbers) <= 20 else {}
            shown = np.clip(numbers, LOWEST if log else 0.0, HIGHEST)
            ax.plot(range(1, len(numbers) + 1), shown, color=colour, **dots)
        depth = max(len(numbers) for numbers in sizes.values())
        ax.set(yscale="log" if log else "linear", xlabel="layer (1 is next to the input)", ylabel=what)
        ax.set_xlim(1 - 0.01 * depth, depth + 0.01 * depth)
        step = next(step for step in (1, 5, 10, 20, 50, 10**9) if depth <= 15 * step)
        ax.set_xticks([layer for layer in range(1, depth + 1) if layer % step == 0 or layer == 1])
        low, high = ax.get_ylim()
        if not log:
            ax.set_ylim(0, 1.1 * high)
        elif high < 30 * low:  # a narrow range: leave room, lest noise look like a cliff
            ax.set_ylim(low / 5, high * 5)
        ax.minorticks_off()
        ax.grid(axis="y", color=style.MIST, linewidth=0.8)
        name_lines(ax, list(sizes))
        return style.png(fig)


def axes_with_names(fig: Figure, title: str) -> Axes:
    """Axes under a title, with room at the right for the names of the lines."""
    width, height = fig.get_size_inches()
    fig.text(0.15 / width, 1 - 0.12 / height, style.plain(title), size=style.TITLE, va="top")
    return fig.add_axes((0.95 / width, 0.55 / height, (width - 3.2) / width, (height - 1.05) / height))


def name_lines(ax: Axes, names: Sequence[str]) -> None:
    """Write each line's name where it ends, in its colour; names that would touch are moved apart."""
    ends = [(line.get_xdata()[-1], line.get_ydata()[-1]) for line in ax.get_lines()[: len(names)]]
    low, high = ax.get_ylim()
    heights = [ax.transAxes.inverted().transform(ax.transData.transform(end))[1] for end in ends]
    heights = [height if np.isfinite(height) else 0.95 for height in heights]
    order = sorted(range(len(names)), key=heights.__getitem__)
    apart = 0.085
    placed: list[float] = []
    for number in order:
        placed.append(max(heights[number], placed[-1] + apart if placed else 0.0))
    over = max(0.0, placed[-1] - 1.0)
    for place in reversed(range(len(placed))):  # push down what stands above the top
        ceiling = 1.0 if place == len(placed) - 1 else placed[place + 1] - apart
        placed[place] = min(placed[place], ceiling) if over else placed[place]
    for number, height in zip(order, placed, strict=True):
        colour = style.WORDS_IN[style.LINES[number]]
        ax.text(1.02, height, style.plain(names[number]), transform=ax.transAxes, color=colour, size=12, va="center")
    ax.set_ylim(low, high)


def told(sizes: Mapping[str, Sequence[float]]) -> str:
    """The first and last number of each line, in words."""
    return "; ".join(f"{name}: {numbers[0]:.1e} at layer 1, {numbers[-1]:.1e} at layer {len(numbers)}"
                     for name, numbers in sizes.items())  # fmt: skip


def _alt(sizes: Mapping[str, np.ndarray], title: str, log: bool) -> str:
    return f"{title}{', on a logarithmic axis' if log else ''}. {told(sizes)}."
