"""Two orders of the same words, and the vector that comes out for each word, as a strip of colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from classroom.show import style


def orders(sentences: Sequence[Sequence[str]], outputs: Sequence, title: str | None = None) -> None:
    """Show what a model makes of sentences: under each word the vector that came out, one coloured cell an entry.

    sentences: lists of T words. outputs: for each sentence a (T, D) tensor.
    """
    tables = [style.array(output, 2, "outputs") for output in outputs]
    named = [style.words_for(words, len(table), "words") for words, table in zip(sentences, tables, strict=True)]
    style.publish(_draw(named, tables, title), _alt(sentences, tables, title))


def _draw(sentences: list[list[str]], tables: list[np.ndarray], title: str | None) -> bytes:
    top = 0.45 if title else 0.1
    each, width = 1.75, 0.95 * max(map(len, sentences)) + 0.9
    height = top + each * len(tables) + 0.05
    most = max(np.abs(table).max() for table in tables)
    with style.figure(width, height) as fig:
        if title:
            fig.text(0.02, 1 - 0.12 / height, style.plain(title), size=style.TITLE, va="top")
        for number, (words, table) in enumerate(zip(sentences, tables, strict=True)):
            bottom = height - top - (number + 1) * each
            ax = fig.add_axes((0.02, (bottom + 0.12) / height, 0.86, 1.25 / height))
            cells = _strips(ax, words, table, most)
        bar = fig.colorbar(cells, cax=fig.add_axes((0.91, 0.3, 0.016, 0.4)), ticks=[-most, 0, most])
        bar.ax.set_yticklabels([f"−{most:.1f}", "0", f"{most:.1f}"])
        bar.outline.set_visible(False)
        return style.png(fig)


def _strips(ax: Axes, words: list[str], table: np.ndarray, most: float):
    style.blank(ax)
    ax.set(xlim=(-0.5, len(words) - 0.5), ylim=(table.shape[1] - 0.5, -0.5))
    for place, (word, vector) in enumerate(zip(words, table, strict=True)):
        cells = ax.imshow(
            vector[:, None],
            cmap=style.SIGNED,
            vmin=-most,
            vmax=most,
            aspect="auto",
            extent=(place - 0.26, place + 0.26, len(vector) - 0.5, -0.5),
        )
        ax.text(place, -0.75, word, ha="center", va="bottom", size=12)
    ax.set(xlim=(-0.5, len(words) - 0.5), ylim=(table.shape[1] - 0.5, -0.5))
    return cells


def _alt(sentences: Sequence[Sequence[str]], tables: list[np.ndarray], title: str | None) -> str:
    told = []
    first_words, first = list(sentences[0]), tables[0]
    for words, table in zip(sentences[1:], tables[1:], strict=True):
        for place, word in enumerate(words):
            if word in first_words:
                same = [np.allclose(table[place], first[i], atol=1e-4) for i, w in enumerate(first_words) if w == word]
                told.append(f"“{word}” (word {place}) has {'the same' if any(same) else 'another'} vector")
    read = " and ".join("“" + " ".join(words) + "”" for words in sentences)
    opening = f"{title}. " if title else ""
    return f"{opening}The vectors that come out for the words of {read}. In the second: {'; '.join(told)}."
