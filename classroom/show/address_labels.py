"""Address labels: numbers that say where they come from, so that a wrong `view` is seen at a glance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from torch import Tensor

from classroom.show import style

B, T, D_K = 2, 3, 2  # all sizes differ, so that none can be taken for another
SPLIT, MERGE = "split", "merge"
HEADS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.SKY, style.VERMILLION)
CELL, LINE = 0.52, 0.27  # inches
TOLD = 2  # misplaced labels written out under the picture


def addresses(num_heads: int = 4) -> Tensor:
    """x of shape (B, T, D) = (2, 3, 2 · num_heads), each number its own address: 1213 is batch 1, position 2, head 1,
    feature 3 of that head."""
    column = torch.arange(num_heads * D_K)
    own = column // D_K * 10 + column % D_K
    return (1000 * torch.arange(B)[:, None, None] + 100 * torch.arange(T)[:, None] + own).float()


def _split_addresses(num_heads: int) -> Tensor:
    """The same numbers where they belong after the split: (B, H, T, d_k)."""
    place = [torch.arange(n) for n in (B, num_heads, T, D_K)]
    digits = torch.meshgrid(*place, indexing="ij")
    return sum(digit * worth for digit, worth in zip(digits, (1000, 10, 100, 1), strict=True)).float()


def address_labels(function: Callable[..., Tensor] | None = None, step: str = SPLIT, num_heads: int = 4) -> None:
    """Show where the numbers of a tensor end up: what is asked, and beside it what `function` does.

    function: for "split" called with x (B, T, D) and num_heads, and asked for (B, H, T, d_k); for "merge" called with
    (B, H, T, d_k) and asked for (B, T, D). None: only what is asked is drawn.
    step: "split" or "merge". Every cell holds the address of a number: position, head, feature; its colour is the
    head it belongs to. Cells that hold another number than asked are outlined.
    """
    if step not in (SPLIT, MERGE) or not 1 <= num_heads <= len(HEADS):
        raise ValueError(
            f"step is {SPLIT!r} or {MERGE!r}, num_heads from 1 to {len(HEADS)}; not {step!r}, {num_heads}."
        )
    x = addresses(num_heads)
    split = _split_addresses(num_heads)
    wanted = split if step == SPLIT else x
    panels: list[tuple[str, np.ndarray]] = [("asked" if function else _heading(wanted), _numbers(wanted))]
    said = []
    if function is not None:
        got = function(x.clone(), num_heads) if step == SPLIT else function(split.clone())
        if not isinstance(got, Tensor) or got.shape != wanted.shape:
            shape = tuple(got.shape) if isinstance(got, Tensor) else type(got).__name__
            said = [f"yours has the shape {shape}; {tuple(wanted.shape)} is asked"]
        else:
            panels.append(("yours", _numbers(got)))
            said = _misplaced(_numbers(wanted), _numbers(got), step)
    style.publish(_draw(panels, said, step), _alt(panels, said, step, num_heads))


def _heading(wanted: Tensor) -> str:
    return f"shape {tuple(wanted.shape)}"


def _numbers(x: Tensor) -> np.ndarray:
    return x.detach().cpu().double().numpy()


def _parts(number: float) -> tuple[int, int, int, int] | None:
    """(batch, position, head, feature) of a label, or None where it is no label any more."""
    whole = round(number) if np.isfinite(number) else -1
    if abs(number - whole) > 1e-6 or not 0 <= whole < 1000 * B:
        return None
    return whole // 1000, whole // 100 % 10, whole // 10 % 10, whole % 10


def _misplaced(wanted: np.ndarray, got: np.ndarray, step: str) -> list[str]:
    """One sentence for each label that stands where another is asked."""
    axes = ("batch", "head", "position", "feature") if step == SPLIT else ("batch", "position", "column")
    told = []
    for spot in np.argwhere(~np.isclose(wanted, got)):
        place = ", ".join(f"{name} {at}" for name, at in zip(axes, spot, strict=True))
        parts = _parts(float(got[tuple(spot)]))
        whose = "a number that was changed" if parts is None else "what belongs to " + ", ".join(
            f"{name} {part}" for name, part in zip(("batch", "position", "head", "feature"), parts, strict=True)
        )  # fmt: skip
        told.append(f"at {place} stands {whose}")
    return told


def _draw(panels: list[tuple[str, np.ndarray]], said: list[str], step: str) -> bytes:
    wanted = panels[0][1]
    columns = wanted.shape[1] * D_K if step == SPLIT else wanted.shape[2]
    gap = 0.22
    across = columns * CELL + (gap * (wanted.shape[1] - 1) if step == SPLIT else 0)
    head = 0.24 if step == SPLIT else 0.0  # the row that names the heads
    block = T * LINE + head + 0.12
    panel = 0.3 + B * block
    lines = said[:TOLD] + ([f"and {len(said) - TOLD} more"] if len(said) > TOLD else [])
    lines = lines or ["in each cell: position, head, feature; the colour is the head"]
    left = 0.85
    width = max(left + across + 0.2, left + 0.067 * max(map(len, lines)))
    height = 0.1 + len(panels) * panel + 0.12 + 0.22 * len(lines)
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        for number, (name, labels) in enumerate(panels):
            top = 0.1 + number * panel
            ax.text(0.12, top + 0.1, name, size=12, va="center")
            for b in range(B):
                y = top + 0.3 + b * block
                ax.text(0.12, y + head + T * LINE / 2, f"batch {b}", color=style.GREY, va="center")
                if step == SPLIT:
                    for h in range(labels.shape[1]):
                        x = left + h * (D_K * CELL + gap)
                        ax.text(x, y + 0.12, f"head {h}", color=style.GREY, va="center", size=style.SMALL)
                        _table(ax, (x, y + head), labels[b, h], wanted[b, h])
                else:
                    _table(ax, (left, y + head), labels[b], wanted[b])
        for number, line in enumerate(lines):
            colour = style.WORDS_IN[style.VERMILLION] if said else style.GREY
            ax.text(left, height - 0.12 - 0.22 * (len(lines) - 1 - number), line, color=colour)
        return style.png(fig, colours=96)


def _table(ax: Axes, corner: tuple[float, float], labels: np.ndarray, wanted: np.ndarray) -> None:
    for (row, column), number in np.ndenumerate(labels):
        x, y = corner[0] + column * CELL, corner[1] + row * LINE
        parts = _parts(float(number))
        tint = (1.0, 1.0, 1.0)
        if parts is not None:
            strength = 0.34 + 0.16 * parts[1]  # a head's colour, the fuller the later the position
            tint = tuple(1 - strength * (1 - part) for part in to_rgb(HEADS[parts[2] % len(HEADS)]))
        ax.add_patch(Rectangle((x, y), CELL, LINE, facecolor=tint, edgecolor="white", linewidth=1.5))
        text = "?" if parts is None else f"{parts[1]}, {parts[2]}, {parts[3]}"
        ax.text(x + CELL / 2, y + LINE / 2, text, ha="center", va="center_baseline", size=style.SMALL)
        if not np.isclose(number, wanted[row, column]):
            edge = {"fill": False, "edgecolor": style.VERMILLION, "linewidth": 1.8, "zorder": 3}
            ax.add_patch(Rectangle((x + 0.02, y + 0.02), CELL - 0.04, LINE - 0.04, **edge))


def _alt(panels: list[tuple[str, np.ndarray]], said: list[str], step: str, num_heads: int) -> str:
    d_model = num_heads * D_K
    flat, wide = f"({B}, {T}, {d_model})", f"({B}, {num_heads}, {T}, {D_K})"
    way = f"{flat} to {wide}" if step == SPLIT else f"{wide} to {flat}"
    opening = f"Address labels of {step} heads, {way}: each number is its own position, head and feature."
    if len(panels) == 1 and not said:
        return f"{opening} Head h holds features {D_K}h to {D_K}h + {D_K - 1} of every position."
    if not said:
        return f"{opening} Yours: every number stands where it is asked."
    total: Any = panels[0][1].size
    count = f"{len(said)} of {total} numbers are misplaced: " if len(panels) > 1 else ""
    more = f"; and {len(said) - TOLD} more" if len(said) > TOLD else ""
    return f"{opening} {count}{'; '.join(said[:TOLD])}{more}."
