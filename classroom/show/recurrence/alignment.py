"""Where a translator looks in the source while it writes each word: Hangul in HTML, Latin letters in the picture."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.patches import Rectangle

from classroom.show import style
from classroom.show.recurrence.romanised import romanised

GOLD = style.VERMILLION


def alignment(
    weights, target: Sequence[str], source: Sequence[str], title: str, gold: Iterable[tuple[int, int]] = ()
) -> None:
    """Show attention weights between two languages as a matrix: a row for each target word, as it was written.

    weights: (T, S), row t is how much the step that writes target word t looks at each source token. A `##` in front
    of a Korean morpheme (no space before it) is drawn as a hyphen. gold: links (source place, target place) that are
    known to be right; their cells are framed.
    """
    weights = style.array(weights, 2, "weights")
    rows = style.words_for(target, weights.shape[0], "target")
    columns = [word.replace("##", "-") for word in style.words_for(source, weights.shape[1], "source")]
    latin = [romanised(word) for word in columns]
    links = {(t, s) for s, t in gold}
    alt = _alt(weights, rows, columns, title, links)
    style.publish(
        _draw(weights, rows, latin, title, links), alt, html=_table(weights, rows, columns, latin, title, links)
    )


Links = set[tuple[int, int]]  # (row, column)


def _draw(weights: np.ndarray, rows: list[str], columns: list[str], title: str, links: Links) -> bytes:
    t, s = weights.shape
    cell, left = 0.3, 0.35 + 0.085 * max(map(len, rows))
    top = 0.5 + 0.085 * max(map(len, columns))
    width, height = max(left + s * cell + 0.25, 0.3 + 0.088 * len(title)), top + t * cell + 0.2
    with style.figure(width, height) as fig:
        fig.text(0.12 / width, 1 - 0.12 / height, style.plain(title), size=style.TITLE, va="top")
        ax = fig.add_axes((left / width, 0.2 / height, s * cell / width, t * cell / height))
        edges = np.arange(s + 1) - 0.5, np.arange(t + 1) - 0.5
        ax.pcolormesh(*edges, weights, cmap=style.MAGNITUDE, vmin=0, vmax=1, edgecolors="white", linewidth=1)
        for row, column in links:
            frame = {"fill": False, "edgecolor": GOLD, "linewidth": 2, "zorder": 3}
            ax.add_patch(Rectangle((column - 0.45, row - 0.45), 0.9, 0.9, **frame))
        ax.set_ylim(t - 0.5, -0.5)
        style.blank(ax)
        ax.xaxis.set_ticks_position("top")
        ax.set_xticks(range(s), columns, rotation=90, size=style.TEXT)
        ax.set_yticks(range(t), rows, size=style.TEXT)
        ax.tick_params(length=0, pad=4)
        return style.png(fig)


def _table(weights: np.ndarray, rows: list[str], columns: list[str], latin: list[str], title: str, links: Links) -> str:
    e = html.escape
    head = "".join(
        f"<th scope='col' style='font-weight:normal;padding:2px 3px;text-align:center;vertical-align:bottom'>{e(word)}"
        f"<br><span style='font-size:75%;opacity:.7'>{e(small)}</span></th>"
        for word, small in zip(columns, latin, strict=True)
    )
    body = "".join(
        f"<tr style='background:none'><th scope='row' style='font-weight:normal;text-align:right;padding:0 6px'>"
        f"{e(word)}</th>{''.join(_cell(float(weight), (t, s) in links) for s, weight in enumerate(row))}</tr>"
        for t, (word, row) in enumerate(zip(rows, weights, strict=True))
    )
    return (
        f"<table style='border-collapse:collapse;border:0;margin:.4em 0'><caption style='caption-side:top;text-align:"
        f"left;padding:0 0 .4em'>{e(title)}</caption><tr style='background:none'><td></td>{head}</tr>{body}</table>"
    )


def _cell(weight: float, gold: bool) -> str:
    ground = style.MAGNITUDE(min(max(weight, 0.0), 1.0))
    red, green, blue, _ = style.MAGNITUDE(min(max(weight, 0.0), 1.0), bytes=True)
    edge = f"2px solid {GOLD}" if gold else "1px solid #fff"
    number = f"{weight:.2f}"[1:] if 0.05 <= weight < 0.995 else "1" if weight >= 0.995 else ""
    return (
        f"<td style='background:rgb({red},{green},{blue});color:{style.ink_on(ground)};border:{edge};"
        f"min-width:2.2em;height:1.7em;padding:0;text-align:center;font-size:80%'>{number}</td>"
    )


def _alt(weights: np.ndarray, rows: list[str], columns: list[str], title: str, links: Links) -> str:
    looks = "; ".join(
        f"“{word}” looks most at “{columns[int(row.argmax())]}” ({row.max():.2f})"
        for word, row in zip(rows, weights, strict=True)
    )
    linked = {row for row, _ in links}
    hits = sum((row, int(weights[row].argmax())) in links for row in linked)
    framed = f" Of {len(linked)} words with a known link, {hits} look most at one of theirs." if links else ""
    return f"{title}. Rows are the words written, columns the words of the source. {looks}.{framed}"
