"""The reach map: who can see whom, beside the mask that says who may."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from classroom.show import style

NAMED = 3  # disagreements written out under the picture
HEARD = 12  # words and disagreements written out in the alt text, which nobody should have to hear hundreds of


def reach(reaches, mask=None, words: Sequence[str] | None = None, title: str | None = None) -> None:
    """Show a reach map, beside the mask it should equal where one is given.

    reaches: bool (T, S), True at [i, j] where output word i depends on input word j (see classroom.reach).
    mask: bool, broadcast to (T, S); True = may attend. Cells where the two disagree are outlined and named.
    words: S words, used for the rows too where T is S; positions, counted from 0, where none are given.
    """
    reaches = style.array(reaches, 2, "reaches") != 0
    if mask is not None:
        mask = np.broadcast_to(_flat(mask), reaches.shape)
    t, s = reaches.shape
    columns = style.words_for(words, s, "words")
    rows = columns if t == s else style.words_for(None, t, "rows")
    told = _disagreements(reaches, mask, words)
    style.publish(_draw(reaches, mask, rows, columns, told, title), _alt(reaches, mask, words, told, title))


def _flat(mask) -> np.ndarray:
    if hasattr(mask, "detach"):
        mask = mask.detach().cpu().numpy()
    mask = np.asarray(mask) != 0
    while mask.ndim > 2 and mask.shape[0] == 1:
        mask = mask[0]
    return mask


def _disagreements(reaches: np.ndarray, mask: np.ndarray | None, words: Sequence[str] | None) -> list[str]:
    """One sentence for each cell where reach and mask differ, the forbidden looks first."""
    if mask is None:
        return []
    own = words if reaches.shape[0] == reaches.shape[1] else None
    leaks = [
        f"{style.named(own, i)} can see {style.named(words, j)}, though the mask hides it"
        for i, j in np.argwhere(reaches & ~mask)
    ]
    blind = [
        f"{style.named(own, i)} cannot see {style.named(words, j)}, though the mask allows it"
        for i, j in np.argwhere(mask & ~reaches)
    ]
    return leaks + blind


def _draw(
    reaches: np.ndarray,
    mask: np.ndarray | None,
    rows: list[str],
    columns: list[str],
    told: list[str],
    title: str | None,
) -> bytes:
    t, s = reaches.shape
    panels = [("Who can see whom", reaches)]
    if mask is not None:
        panels.append(("Who may see whom: the mask", mask))
    cell = max(0.16, min(0.36, 3.0 / max(t, s)))
    upright = max(map(len, columns)) * 0.08 > cell * 0.95
    left = 0.5 + 0.085 * max(map(len, rows))
    top = 0.42 + (0.1 + 0.085 * max(map(len, columns)) if upright else 0.28) + (0.38 if title else 0)
    side = max(s * cell, 1.9)
    lines = _caption(told, mask)
    bottom = 0.18 + 0.22 * len(lines)
    width = max(left + side + 0.2 + (len(panels) - 1) * (left + side), left + 0.082 * max(map(len, lines)))
    height = top + t * cell + bottom
    with style.figure(width, height) as fig:
        for number, (name, seen) in enumerate(panels):
            x = left + number * (left + side)
            ax = fig.add_axes((x / width, bottom / height, s * cell / width, t * cell / height))
            _panel(ax, seen, rows, columns, upright)
            fig.text(x / width, 1 - (0.12 + (0.38 if title else 0)) / height, name, size=12, va="top")
            if mask is not None:
                _outline(ax, reaches != mask, min(2.4, 7 * cell))
        if title:
            fig.text(0.12 / width, 1 - 0.12 / height, style.plain(title), size=style.TITLE, va="top")
        for number, line in enumerate(lines):
            y = (bottom - 0.1 - 0.22 * number) / height
            colour = style.WORDS_IN[style.VERMILLION] if told else style.GREY
            fig.text(left / width, y, style.plain(line), va="top", color=colour, size=style.TEXT)
        return style.png(fig)


def _panel(ax: Axes, seen: np.ndarray, rows: list[str], columns: list[str], upright: bool) -> None:
    t, s = seen.shape
    style.blank(ax)
    ax.set(xlim=(-0.5, s - 0.5), ylim=(t - 0.5, -0.5))
    for (i, j), yes in np.ndenumerate(seen):
        colour = style.BLUE if yes else style.MIST
        ax.add_patch(Rectangle((j - 0.45, i - 0.45), 0.9, 0.9, color=colour, linewidth=0))
    ax.xaxis.set_ticks_position("top")
    ax.set_xticks(range(s), columns, rotation=90 if upright else 0)
    ax.set_yticks(range(t), rows)
    ax.tick_params(length=0, pad=3)
    ax.set_ylabel("this word sees …", color=style.GREY, labelpad=5)


def _outline(ax: Axes, differ: np.ndarray, points: float) -> None:
    for i, j in np.argwhere(differ):
        ax.add_patch(
            Rectangle(
                (j - 0.45, i - 0.45),
                0.9,
                0.9,
                fill=False,
                edgecolor=style.VERMILLION,
                linewidth=points,
                clip_on=False,
            )
        )


def _caption(told: list[str], mask: np.ndarray | None) -> list[str]:
    if told:
        more = [f"and {len(told) - NAMED} more"] if len(told) > NAMED else []
        return told[:NAMED] + more
    return ["blue: the row’s output changes when the column’s word does"] + (
        [] if mask is None else ["the two agree in every cell"]
    )


def _alt(
    reaches: np.ndarray,
    mask: np.ndarray | None,
    words: Sequence[str] | None,
    told: list[str],
    title: str | None,
) -> str:
    own = words if reaches.shape[0] == reaches.shape[1] else None
    sees = []
    for i, row in enumerate(reaches):
        seen = [style.named(words, j) for j in np.flatnonzero(row)]
        some = ", ".join(seen) if len(row) <= HEARD else f"{len(seen)} of {len(row)} words"
        what = "every word" if row.all() else some if seen else "no word"
        sees.append(f"{style.named(own, i)} sees {what}")
    opening = f"{title}. " if title else ""
    alt = f"{opening}Reach map. {'; '.join(sees)}."
    if mask is None:
        return alt
    if not told:
        return f"{alt} Beside it the mask: the two agree in every cell."
    count = "1 cell" if len(told) == 1 else f"{len(told)} cells"
    heard = told[:HEARD] + ([f"and {len(told) - HEARD} more"] if len(told) > HEARD else [])
    return f"{alt} Beside it the mask: the two disagree in {count}: {'; '.join(heard)}."
