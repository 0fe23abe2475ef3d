"""One number for each head of a model: layers as rows, heads as columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from classroom.show import style

CELL = 0.72, 0.42  # inches


def head_map(numbers: Any, title: str, unit: str = "") -> None:
    """Show a number for each head, the darker the smaller.

    numbers: (L, H) tensor or array, row l is layer l. unit: what they are measured in, said under the map.
    """
    numbers = style.array(numbers, 2, "numbers")
    if not np.isfinite(numbers).all():
        raise ValueError("head_map needs finite numbers, and some are NaN or infinite")
    style.publish(_draw(numbers, title, unit), _alt(numbers, title, unit))


def _draw(numbers: np.ndarray, title: str, unit: str) -> bytes:
    layers, heads = numbers.shape
    wide, tall = CELL
    left, top, bottom = 0.95, 0.75, 0.4
    width, height = max(left + heads * wide + 0.2, 0.3 + 0.085 * len(title)), top + layers * tall + bottom
    low, high = float(numbers.min()), float(numbers.max())
    with style.figure(width, height) as fig:
        ax = fig.add_axes((left / width, bottom / height, heads * wide / width, layers * tall / height))
        style.blank(ax)
        ax.pcolormesh(
            np.arange(heads + 1) - 0.5,
            np.arange(layers + 1) - 0.5,
            numbers,
            cmap=style.MAGNITUDE,
            vmin=low,
            vmax=max(high, low + 1e-9),
            edgecolors="white",
            linewidth=2,
        )
        ax.set_ylim(layers - 0.5, -0.5)
        for (layer, head), number in np.ndenumerate(numbers):
            ink = style.ink_on(style.MAGNITUDE((number - low) / max(high - low, 1e-9)))
            ax.text(head, layer, _number(number), ha="center", va="center_baseline", size=style.TEXT, color=ink)
        ax.xaxis.set_ticks_position("top")
        ax.set_xticks(range(heads), [f"head {head}" for head in range(heads)], size=style.TEXT)
        ax.set_yticks(range(layers), [f"layer {layer}" for layer in range(layers)], size=style.TEXT)
        ax.tick_params(length=0, pad=4)
        fig.text(0.12 / width, 1 - 0.12 / height, style.plain(title), size=style.TITLE, va="top")
        fig.text(left / width, 0.12 / height, _said(numbers, unit), color=style.GREY, size=style.TEXT)
        return style.png(fig)


def _number(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


def _said(numbers: np.ndarray, unit: str) -> str:
    layer, head = np.unravel_index(numbers.argmax(), numbers.shape)
    return f"in {unit}; most: layer {layer}, head {head}" if unit else f"most: layer {layer}, head {head}"


def _alt(numbers: np.ndarray, title: str, unit: str) -> str:
    rows = "; ".join(
        f"layer {layer}: " + ", ".join(_number(number) for number in row) for layer, row in enumerate(numbers)
    )
    return f"{title}{f', in {unit}' if unit else ''}, for each head (from head 0 on). {rows}."
