"""The attention matrix: what each word looks at, and how much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from classroom.show import style

PRINTED = 8  # up to this many rows and columns the number is written in each cell


def attention(weights, queries: Sequence[str], keys: Sequence[str] | None = None, title: str | None = None) -> None:
    """Show attention weights as a matrix with words on both axes.

    weights: (T, S) tensor or array; row i is how much query word i looks at each key word.
    queries: T words, at the left. keys: S words, on top; the queries again where none are given.
    """
    weights = style.array(weights, 2, "weights")
    keys = queries if keys is None else keys
    rows = style.words_for(queries, weights.shape[0], "queries")
    columns = style.words_for(keys, weights.shape[1], "keys")
    style.publish(_draw(weights, rows, columns, title), _alt(weights, queries, keys, title))


def _draw(weights: np.ndarray, rows: list[str], columns: list[str], title: str | None) -> bytes:
    t, s = weights.shape
    printed = max(t, s) <= PRINTED
    cell = 0.56 if printed else max(0.2, min(0.4, 7.0 / max(t, s)))
    upright = max(map(len, columns)) * 0.075 > cell * 0.95
    left = 0.55 + 0.085 * max(map(len, rows))
    top = 0.42 + (0.085 * max(map(len, columns)) if upright else 0.2) + (0.3 if title else 0)
    right = 0.75
    height, width = top + t * cell + 0.42, max(left + s * cell + right, 3.6)
    with style.figure(width, height) as fig:
        ax = fig.add_axes((left / width, 0.42 / height, s * cell / width, t * cell / height))
        most = 1.0 if printed else float(np.nanmax(np.append(weights, 1e-9)))
        edges_x, edges_y = np.arange(s + 1) - 0.5, np.arange(t + 1) - 0.5
        ax.set_facecolor(style.MIST)
        cells = ax.pcolormesh(
            edges_x,
            edges_y,
            np.ma.masked_invalid(weights),
            cmap=style.MAGNITUDE,
            vmin=0,
            vmax=most,
            edgecolors="white",
            linewidth=2.5 if printed else 0.8,
        )
        ax.set_ylim(t - 0.5, -0.5)
        _name_axes(ax, rows, columns, upright)
        if printed:
            _print_numbers(ax, weights)
        else:
            _scale(
                fig.add_axes(((left + s * cell + 0.18) / width, 0.42 / height, 0.11 / width, 1.2 / height)),
                cells,
            )
        if title:
            fig.text(0.12 / width, 1 - 0.12 / height, style.plain(title), size=style.TITLE, va="top")
        _row_hint(ax, weights, printed)
        return style.png(fig)


def _name_axes(ax: Axes, rows: list[str], columns: list[str], upright: bool) -> None:
    style.blank(ax)
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    ax.set_xticks(range(len(columns)), columns, rotation=90 if upright else 0, size=style.TEXT)
    ax.set_yticks(range(len(rows)), rows, size=style.TEXT)
    ax.tick_params(length=0, pad=4)
    ax.set_xlabel("keys: the words looked at", color=style.GREY, labelpad=7)
    ax.set_ylabel("queries", color=style.GREY, labelpad=7)


def _print_numbers(ax: Axes, weights: np.ndarray) -> None:
    for (i, j), weight in np.ndenumerate(weights):
        known = np.isfinite(weight)
        text = f"{weight:.2f}" if known else str(weight).replace("nan", "NaN")
        colour = _contrasting(weight) if known else style.WORDS_IN[style.VERMILLION]
        ax.text(j, i, text, ha="center", va="center_baseline", size=style.TEXT, color=colour)


def _contrasting(weight: float) -> str:
    """White or ink, whichever is read more easily on the colour of the weight."""
    return style.ink_on(style.MAGNITUDE(float(np.clip(weight, 0, 1))))


def _scale(ax: Axes, cells) -> None:
    bar = ax.figure.colorbar(cells, cax=ax)
    bar.outline.set_visible(False)
    low, high = cells.get_clim()
    bar.set_ticks([low, high], labels=["0", f"{high:.2f}"])
    ax.set_title("weight", size=style.SMALL, color=style.GREY, loc="left", pad=11)


def _row_hint(ax: Axes, weights: np.ndarray, printed: bool) -> None:
    """Say under the matrix what its rows sum to; where that is not 1, write each sum beside its row."""
    sums = weights.sum(axis=1)
    right = np.abs(sums - 1) < 1e-3
    hint, colour = "each row sums to 1", style.GREY
    if not right.all():
        hint, colour = _wrong_rows(right), style.WORDS_IN[style.VERMILLION]
    ax.annotate(
        hint,
        (0, 0),
        (0, -7),
        xycoords="axes fraction",
        textcoords="offset points",
        va="top",
        color=colour,
        size=style.TEXT,
    )
    if printed and not right.all():
        for row, total in enumerate(sums):
            ax.annotate(
                f"Σ {total:.2f}".replace("nan", "NaN"),
                (weights.shape[1] - 0.5, row),
                (7, 0),
                textcoords="offset points",
                va="center_baseline",
                size=style.TEXT,
                color=style.GREY if right[row] else style.WORDS_IN[style.VERMILLION],
            )


def _wrong_rows(right: np.ndarray) -> str:
    wrong = int((~right).sum())
    return f"{wrong} of {len(right)} rows do{'es' if wrong == 1 else ''} not sum to 1"


def _alt(weights: np.ndarray, queries: Sequence[str], keys: Sequence[str], title: str | None) -> str:
    looks = []
    for i in range(len(queries)):
        row = weights[i]
        if np.isnan(row).any():
            looks.append(f"{style.named(queries, i)} has NaN in its row")
            continue
        at = int(row.argmax())
        looks.append(f"{style.named(queries, i)} looks most at {style.named(keys, at)} ({row[at]:.2f})")
    right = np.abs(weights.sum(axis=1) - 1) < 1e-3
    sums = "Each row sums to 1" if right.all() else _wrong_rows(right)
    opening = f"{title}. " if title else ""
    return f"{opening}Attention matrix, queries as rows, keys as columns. {sums}. {'; '.join(looks)}."
