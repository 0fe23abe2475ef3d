"""What is computed when: a recurrent network, a convolution and self-attention, one tick of the clock after another."""

from __future__ import annotations

import ipywidgets as W
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from classroom.show import style
from classroom.show.controls import with_controls

WORDS, LAYERS = 8, 2
STILL = 4
KINDS = ("recurrent", "convolution", "self-attention")


def timeline() -> None:
    """Show two layers of each kind on a sentence of eight words; a slider moves the clock.

    A cell can be computed once all that it is made of has been: at each tick all such cells are, at once.
    """
    slider = W.IntSlider(
        value=STILL,
        min=1,
        max=max(ticks(kind)[LAYERS - 1][WORDS - 1] for kind in KINDS),
        description="tick",
        continuous_update=False,
        layout=W.Layout(width="480px", max_width="100%"),
    )
    with_controls([slider], _draw, _say, still=_draw(STILL), alt=_alt())


def made_of(kind: str, layer: int, place: int) -> list[tuple[int, int]]:
    """The cells (layer, place) that a cell needs; layer -1 is the words themselves."""
    below = {
        "recurrent": [place],
        "convolution": [p for p in (place - 2, place - 1, place) if p >= 0],
        "self-attention": list(range(WORDS)),
    }[kind]
    needs = [(layer - 1, p) for p in below]
    return needs + ([(layer, place - 1)] if kind == "recurrent" and place else [])


def ticks(kind: str) -> list[list[int]]:
    """For each layer and place, the tick at which the cell is computed; the words are there at tick 0."""
    ready = {(-1, place): 0 for place in range(WORDS)}
    for layer in range(LAYERS):
        for place in range(WORDS):
            ready[layer, place] = 1 + max(ready[cell] for cell in made_of(kind, layer, place))
    return [[ready[layer, place] for place in range(WORDS)] for layer in range(LAYERS)]


def _draw(now: int) -> bytes:
    cell, row, left, each = 0.48, 0.52, 0.15, 2.2
    width, height = 8.2, 2.5 + 0.1
    scale = (width - 2 * left) / 3
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        for number, kind in enumerate(KINDS):
            x = left + number * scale
            size = (scale - 0.3) / WORDS
            done = ticks(kind)[LAYERS - 1][WORDS - 1]
            ax.text(x, 0.22, kind, size=style.TITLE, va="center")
            told = f"done at tick {done}" if now >= done else f"waits until tick {done}"
            ax.text(x, each + 0.13, told, va="center",
                    color=style.GREY if now >= done else style.WORDS_IN[style.VERMILLION])  # fmt: skip
            _panel(ax, kind, now, x, min(size, cell), row)
        return style.png(fig)


def _panel(ax: Axes, kind: str, now: int, left: float, size: float, row: float) -> None:
    def middle(layer: int, place: int) -> tuple[float, float]:
        return left + size * (place + 0.5), 1.75 - (layer + 1) * row + (0.06 if layer < 0 else 0)

    when = ticks(kind)
    for layer in range(-1, LAYERS):
        for place in range(WORDS):
            x, y = middle(layer, place)
            tick = 0 if layer < 0 else when[layer][place]
            if tick == now:
                for cell in made_of(kind, layer, place):
                    _line(ax, middle(*cell), (x, y), layer == cell[0])
            face = style.MIST if tick > now else style.ORANGE if tick == now else style.SKY if layer >= 0 else "white"
            half = size * 0.4
            ax.add_patch(Rectangle((x - half, y - half), 2 * half, 2 * half, facecolor=face, edgecolor=style.GREY,
                                   linewidth=0.7, zorder=3))  # fmt: skip
            if layer >= 0:
                ax.text(x, y, str(tick), ha="center", va="center_baseline", size=style.SMALL, zorder=4,
                        color=style.INK if tick <= now else style.GREY)  # fmt: skip
    ax.text(left, 2.02, "words", color=style.GREY, va="center", size=style.SMALL)


def _line(ax: Axes, start: tuple[float, float], end: tuple[float, float], sideways: bool) -> None:
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-", color=style.ORANGE, linewidth=1.6 if sideways else 0.8,
                                 shrinkA=0, shrinkB=0, zorder=1))  # fmt: skip


def _say(now: int) -> str:
    told = []
    for kind in KINDS:
        flat = [tick for row in ticks(kind) for tick in row]
        told.append(f"{kind} <b>{sum(t <= now for t in flat)} of {len(flat)}</b> cells")
    return f"Tick {now}. Computed: {'; '.join(told)}."


def _alt() -> str:
    done = {kind: ticks(kind)[LAYERS - 1][WORDS - 1] for kind in KINDS}
    return (
        f"Two layers over a sentence of {WORDS} words; in each cell stands the tick of the clock at which it can be "
        f"computed. In the recurrent network each cell waits for the one before it, and all is done at tick "
        f"{done['recurrent']}; the convolution and self-attention compute a whole layer at once, and are done at tick "
        f"{done['convolution']}. Drawn at tick {STILL}."
    )
