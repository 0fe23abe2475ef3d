"""One head of a model in several sentences side by side: does it keep to its pattern?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classroom.show import style

ROW = 0.27  # inches from word to word
FAINT = 0.1  # weights below it are not drawn
FIELD = 0.9  # inches: the width of the lines


def one_head(readings: Sequence, layer: int, head: int) -> None:
    """Show what one head looks at in each of several sentences.

    readings: of a model, as `Reader.read` gives them: each with words (T) and weights (layers, heads, T, T).
    """
    if not readings:
        raise ValueError("one_head needs at least one sentence")
    tables = []
    for reading in readings:
        layers, heads = reading.weights.shape[:2]
        if not (0 <= layer < layers and 0 <= head < heads):
            raise ValueError(f"there is no head {head} in layer {layer}: {layers} layers of {heads} heads, from 0 on")
        weights = style.array(reading.weights[layer, head], 2, "weights")
        tables.append((style.words_for(reading.words, len(weights), "words"), weights))
    title = f"layer {layer}, head {head}, in {len(tables)} sentence{'s' if len(tables) > 1 else ''}"
    style.publish(_draw(tables, title), _alt(tables, title))


def _draw(tables: list[tuple[list[str], np.ndarray]], title: str) -> bytes:
    sides = [0.16 + 0.085 * max(map(len, words)) for words, _ in tables]
    width = sum(2 * side + FIELD + 0.28 for side in sides) + 0.1
    tall = max(len(words) for words, _ in tables)
    height = 0.55 + tall * ROW + 0.4
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        ax.text(0.12, 0.12, title, size=style.TITLE, va="top")
        x = 0.1
        for side, (words, weights) in zip(sides, tables, strict=True):
            start, end = x + side, x + side + FIELD
            for place, word in enumerate(words):
                y = 0.55 + (place + 0.5) * ROW
                ax.text(start - 0.07, y, word, ha="right", va="center_baseline")
                ax.text(end + 0.07, y, word, va="center_baseline")
                for at in np.flatnonzero(weights[place] >= FAINT):
                    ys = (y, 0.55 + (at + 0.5) * ROW)
                    ax.plot((start, end), ys, color=style.BLUE, alpha=min(float(weights[place, at]), 1.0), lw=1.8)
            x = end + side + 0.28
        legend = f"a line is as opaque as its weight; weights under {100 * FAINT:.0f} % are left out"
        ax.text(0.12, height - 0.14, legend, color=style.GREY, size=style.SMALL)
        return style.png(fig, colours=48)


def _alt(tables: list[tuple[list[str], np.ndarray]], title: str) -> str:
    told = []
    for words, weights in tables:
        looks = ", ".join(
            f"{words[i]} at {words[int(row.argmax())]} ({row.max():.2f})"
            for i, row in enumerate(weights)
            if not words[i].startswith("<")
        )
        told.append(f"“{' '.join(word for word in words if not word.startswith('<'))}”: {looks}")
    return f"What a head looks at most: {title}. {'; '.join(told)}."
