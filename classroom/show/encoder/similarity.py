"""How alike the vectors of the words of a sentence are, layer after layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from classroom.show import style
from classroom.show.recurrence.romanised import romanised

ACROSS = 4  # pictures in a row
HEARD = 6  # layers told of in the alt text


def layer_similarity(states: Any, words: Sequence[str], title: str = "") -> None:
    """Show the cosine similarity of every pair of words, one picture for what goes into the stack and one a layer.

    states: (layers + 1, T, D), tensor or array, or a list of (T, D) or (1, T, D): the vectors of one sentence before
    the first layer, then after each layer. words: the T words. The cosine of x and y is x·y / (|x| |y|): 1 where they
    point the same way, 0 where they are perpendicular, -1 where they are opposed.
    Raises ValueError, in one sentence, for shapes that do not fit, for NaN, and for a vector of zeros, which points
    nowhere.
    """
    given = _states(states)
    if len(words) != given.shape[1]:
        raise ValueError(f"There are {len(words)} words, but the states have {given.shape[1]} positions.")
    cosines = _cosines(given)
    names = [style.plain(romanised(str(word).replace("##", "-"))) for word in words]
    style.publish(_draw(cosines, names, title), _alt(cosines, words, title))


def _states(states: Any) -> np.ndarray:
    if isinstance(states, list | tuple):
        layers = [style.array(layer, 2, "each layer of states") for layer in states]
        if len({layer.shape for layer in layers}) != 1:
            shapes = ", ".join(str(layer.shape) for layer in layers) or "none"
            raise ValueError(f"The layers should have one shape, (T, D); they have {shapes}.")
        found = np.stack(layers)
    else:
        if hasattr(states, "detach"):
            states = states.detach().cpu().double().numpy()
        found = np.asarray(states, dtype=float)
        if found.ndim == 4 and found.shape[1] == 1:  # a batch of one sentence
            found = found[:, 0]
    if found.ndim != 3 or 0 in found.shape:
        raise ValueError(f"states should have the shape (layers + 1, T, D), not {found.shape}.")
    if not np.isfinite(found).all():
        raise ValueError("states holds NaN or infinity.")
    return found


def _cosines(states: np.ndarray) -> np.ndarray:
    """(layers + 1, T, T)"""
    lengths = np.linalg.norm(states, axis=-1, keepdims=True)
    if (lengths == 0).any():
        layer, place, _ = np.argwhere(lengths == 0)[0]
        raise ValueError(
            f"The vector of word {place} after layer {layer} is all zeros: it has no direction to compare."
        )
    unit = states / lengths
    return np.clip(unit @ unit.transpose(0, 2, 1), -1, 1)


def _draw(cosines: np.ndarray, names: list[str], title: str) -> bytes:
    layers, t, _ = cosines.shape
    down = -(-layers // ACROSS)
    across = -(-layers // down)
    longest = 0.085 * max(map(len, names))
    cell = max(0.13, min(0.3, 1.55 / t))
    side = max(t * cell, 1.35)
    left, above, below = 0.2 + longest, 0.25 + (0.3 if title else 0), 0.05
    wide, tall = side + 0.25, side + 0.62
    width = max(left + across * wide + 0.75, 0.3 + 0.09 * len(romanised(title)))
    height = above + longest + down * tall + below
    with style.figure(width, height) as fig:
        if title:
            fig.text(0.15 / width, 1 - 0.14 / height, style.plain(romanised(title)), size=style.TITLE, va="top")
        for layer in range(layers):
            row, column = divmod(layer, across)
            x, y = left + column * wide, above + longest + row * tall
            box = (x / width, 1 - (y + t * cell) / height, t * cell / width, t * cell / height)
            ax = fig.add_axes(box)
            cells = _panel(ax, cosines[layer], names, first=column == 0, on_top=row == 0)
            under = 1 - (y + t * cell + 0.07) / height, 1 - (y + t * cell + 0.27) / height
            mean = f"mean {_mean(cosines[layer]):.2f}".replace("-", "−")
            fig.text(x / width, under[0], _named(layer), va="top", size=12)
            fig.text(x / width, under[1], mean, va="top", color=style.GREY, size=style.SMALL)
        _scale(fig, cells, width, height, above + longest, side)
        return style.png(fig)


def _panel(ax: Axes, cosines: np.ndarray, names: list[str], first: bool, on_top: bool):
    t = len(cosines)
    edges = np.arange(t + 1) - 0.5
    cells = ax.pcolormesh(edges, edges, cosines, cmap=style.SIGNED, vmin=-1, vmax=1, edgecolors="white", linewidth=0.6)
    ax.set_ylim(t - 0.5, -0.5)
    style.blank(ax)
    ax.xaxis.set_ticks_position("top")
    if on_top:
        ax.set_xticks(range(t), names, rotation=90)
    if first:
        ax.set_yticks(range(t), names)
    ax.tick_params(length=0, pad=3)
    return cells


def _scale(fig, cells, width: float, height: float, above: float, side: float) -> None:
    box = ((width - 0.6) / width, 1 - (above + min(side, 1.5)) / height, 0.12 / width, min(side, 1.5) / height)
    bar = fig.colorbar(cells, cax=fig.add_axes(box), ticks=[-1, 0, 1])
    bar.ax.set_yticklabels(["−1", "0", "1"])
    bar.outline.set_visible(False)
    bar.ax.set_title("cosine", size=style.SMALL, color=style.GREY, loc="left", pad=8)


def _named(layer: int) -> str:
    return "before the stack" if layer == 0 else f"after layer {layer}"


def _mean(cosines: np.ndarray) -> float:
    """The mean over all pairs of two different words; 1 for a sentence of one word."""
    t = len(cosines)
    return round(float(cosines[~np.eye(t, dtype=bool)].mean()), 2) + 0.0 if t > 1 else 1.0  # + 0.0: no -0


def _alt(cosines: np.ndarray, words: Sequence[str], title: str) -> str:
    shown = range(len(cosines))
    if len(shown) > HEARD:
        shown = [*range(HEARD - 1), len(cosines) - 1]
    told = []
    for layer in shown:
        apart = np.where(np.eye(len(words), dtype=bool), -2, cosines[layer])
        i, j = sorted(np.unravel_index(apart.argmax(), apart.shape))
        closest = f", closest {style.named(words, i)} and {style.named(words, j)} ({apart[i, j]:.2f})"
        told.append(f"{_named(layer)} {_mean(cosines[layer]):.2f}{closest if len(words) > 1 else ''}")
    opening = f"{title}. " if title else ""
    return (
        f"{opening}Cosine similarity of every pair of words of “{' '.join(words)}”, one square for each layer. "
        f"Mean over all pairs: {'; '.join(told)}."
    )
