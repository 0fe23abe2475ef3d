"""02_unrolled.png, 02_gru.png and 02_attention.png: a recurrent translator, one step of its GRU, and the way around."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from classroom.show import style

SOURCE = ("goyangi", "-neun", "maeteu", "-e", "anjatda")  # 고양이는 매트에 앉았다
TARGET = ("the", "cat", "sat", "on", "the", "mat", "eos")
READ, WRITE = style.BLUE, style.VERMILLION

UNROLLED_ALT = (
    "Two chains of circles. The encoder reads five Korean morphemes, goyangi -neun maeteu -e anjatda, from left to "
    "right, each state passed on to the next. Its last state, one vector, is the only arrow into the decoder, which "
    "reads bos, the, cat, sat, on, the, mat and writes the, cat, sat, on, the, mat, eos."
)
GRU_ALT = (
    "One step of a GRU. The old state h enters at the left, the word x below. From both come the reset gate r, the "
    "update gate z and the proposal n; r is multiplied with what the state's matrix adds to n. At the top a straight "
    "line carries h to the new state: h is multiplied by z, and n times one minus z is added."
)
ATTENTION_ALT = (
    "The encoder's five states, and one state of the decoder, the one that is to write cat. Lines go from it to every "
    "encoder state, the widest to goyangi. The states, mixed by these weights, make the context, which joins the "
    "decoder's state before the word is chosen."
)


def draw_unrolled() -> Figure:
    """Encoder, the one vector, decoder."""
    width, height = 8.3, 2.75
    with style.figure(width, height) as fig:
        ax = _canvas(fig, width, height)
        places = [0.55 + 0.62 * n for n in range(len(SOURCE))]
        for n, (x, word) in enumerate(zip(places, SOURCE, strict=True)):
            _arrow(ax, (x, 1.98), (x, 1.5), style.GREY)
            _state(ax, x, 1.3, READ)
            ax.text(x, 2.17 + 0.2 * (n % 2), word, ha="center", va="center", style="italic")
            if n:
                _arrow(ax, (places[n - 1] + 0.17, 1.3), (x - 0.17, 1.3), READ)
        steps = [4.35 + 0.6 * n for n in range(len(TARGET))]
        for n, (x, word) in enumerate(zip(steps, TARGET, strict=True)):
            _arrow(ax, (x, 1.98), (x, 1.5), style.GREY)
            _arrow(ax, (x, 1.1), (x, 0.68), style.GREY)
            _state(ax, x, 1.3, WRITE)
            ax.text(x, 0.52, word, ha="center", va="center", size=12)
            ax.text(x, 2.17, ("bos", *TARGET)[n], ha="center", va="center")
            if n:
                _arrow(ax, (steps[n - 1] + 0.17, 1.3), (x - 0.17, 1.3), WRITE)
        _arrow(ax, (places[-1] + 0.17, 1.3), (steps[0] - 0.17, 1.3), style.INK, 2.6)
        ax.text((places[-1] + steps[0]) / 2, 0.98, "one vector", ha="center", va="center", size=12)
        ax.text(places[0] - 0.2, 0.52, "encoder", va="center", size=style.TITLE, color=style.WORDS_IN[READ])
        ax.text(steps[-1] + 0.2, 2.55, "decoder: reads the word before", ha="right", va="center", size=12,
                color=style.WORDS_IN[WRITE])  # fmt: skip
        return fig


def draw_gru() -> Figure:
    """The straight line of the old state along the top; gates and proposal below it."""
    width, height = 8.3, 3.1
    with style.figure(width, height) as fig:
        ax = _canvas(fig, width, height)
        top, low, bottom = 0.6, 1.75, 2.75
        ax.plot([0.75, 2.45], [top, top], color=READ, linewidth=2.2)
        _arrow(ax, (2.4, top), (4.62, top), READ, 2.2)
        _arrow(ax, (4.98, top), (6.37, top), READ, 2.2)
        _arrow(ax, (6.73, top), (7.5, top), READ, 2.2)
        ax.text(0.5, top, "h", ha="center", va="center", size=16)
        ax.text(7.75, top, "h′", ha="center", va="center", size=16)
        _sign(ax, 4.8, top, "×")
        _sign(ax, 6.55, top, "+")
        for x, said in ((1.9, "reset gate\nσ"), (4.0, "update gate\nσ"), (5.9, "proposal\ntanh")):
            ax.add_patch(FancyBboxPatch((x - 0.55, low - 0.3), 1.1, 0.6, "round,pad=0,rounding_size=0.07",
                                        facecolor="white", edgecolor=style.INK, linewidth=1))  # fmt: skip
            ax.text(x, low, said, ha="center", va="center", size=style.SMALL, linespacing=1.3)
            _arrow(ax, (x, bottom - 0.1), (x, low + 0.3), style.GREY)
        ax.plot([0.75, 5.9], [bottom - 0.1] * 2, color=style.GREY, linewidth=1)
        ax.plot([0.95, 0.95], [top, bottom - 0.1], color=style.GREY, linewidth=1)
        ax.text(0.5, bottom - 0.1, "x", ha="center", va="center", size=16)
        ax.text(6.05, bottom - 0.12, "every box sees x and h", va="center", color=style.GREY)
        # z: to both shares; r: to the state's part of the proposal
        ax.plot([4.0, 4.0], [low - 0.3, 1.1], color=WRITE, linewidth=1.4)
        _arrow(ax, (4.0, 1.1), (4.68, top + 0.15), WRITE)
        _arrow(ax, (4.0, 1.1), (6.22, 1.1), WRITE)
        _sign(ax, 6.4, 1.1, "×")
        _arrow(ax, (5.9, low - 0.3), (6.28, 1.22), style.INK)
        _arrow(ax, (6.43, 0.92), (6.51, top + 0.19), style.INK)
        ax.text(4.12, 0.83, "z", va="center", ha="right", size=13, color=style.WORDS_IN[WRITE])
        ax.text(5.2, 0.97, "1 − z", ha="center", va="center", size=12, color=style.WORDS_IN[WRITE])
        ax.text(6.65, 1.35, "n", va="center", size=13)
        ax.plot([2.45, 3.15, 3.15], [low, low, 2.33], color=WRITE, linewidth=1.4)
        _arrow(ax, (3.15, 2.33), (5.33, 2.33), WRITE)
        ax.text(2.63, low - 0.16, "r", va="center", size=13, color=style.WORDS_IN[WRITE])
        _sign(ax, 5.5, 2.33, "×")
        _arrow(ax, (5.5, bottom - 0.1), (5.5, 2.5), style.GREY)
        _arrow(ax, (5.5, 2.16), (5.5, low + 0.3), style.GREY)
        ax.text(5.38, 2.51, "$W_{hn}$h", va="center", ha="right", size=style.SMALL, color=style.GREY)
        return fig


def draw_attention() -> Figure:
    """One decoder state looks at all encoder states."""
    width, height = 8.3, 2.6
    weights = (0.82, 0.08, 0.04, 0.02, 0.04)
    with style.figure(width, height) as fig:
        ax = _canvas(fig, width, height)
        places = [0.65 + 0.85 * n for n in range(len(SOURCE))]
        asks = (5.55, 1.75)
        for x, weight in zip(places, weights, strict=True):
            look = {"color": style.ORANGE, "linewidth": 0.6 + 7 * weight, "connectionstyle": "arc3,rad=-0.12"}
            ax.add_patch(FancyArrowPatch(asks, (x, 1.2), arrowstyle="-", shrinkA=11, shrinkB=9, zorder=1, **look))
        for n, (x, word) in enumerate(zip(places, SOURCE, strict=True)):
            _state(ax, x, 1.05, READ)
            ax.text(x, 0.7, word, ha="center", va="center", style="italic")
            ax.text(x, 0.42, f"{weights[n]:.2f}", ha="center", va="center", color=style.WORDS_IN[style.ORANGE])
            if n:
                _arrow(ax, (places[n - 1] + 0.17, 1.05), (x - 0.17, 1.05), READ)
        _state(ax, *asks, WRITE)
        ax.text(asks[0], 2.13, "query: reads “the”", ha="center", va="center", color=style.WORDS_IN[WRITE])
        ax.text(2.35, 0.12, "weights: they sum to 1", ha="center", va="center", color=style.WORDS_IN[style.ORANGE])
        ax.text(4.72, 0.7, "mixed", ha="center", va="center", color=style.WORDS_IN[style.ORANGE])
        ax.add_patch(Rectangle((5.1, 0.73), 0.9, 0.34, facecolor="white", edgecolor=style.ORANGE, linewidth=1.5))
        ax.text(5.55, 0.9, "context", ha="center", va="center")
        _arrow(ax, (places[-1] + 0.35, 0.9), (5.08, 0.9), style.ORANGE, 2)
        _arrow(ax, (6.02, 0.95), (6.72, 1.25), style.ORANGE, 2)
        _arrow(ax, (asks[0] + 0.18, 1.72), (6.72, 1.45), WRITE)
        ax.add_patch(FancyBboxPatch((6.74, 1.1), 0.62, 0.5, "round,pad=0,rounding_size=0.07", facecolor="white",
                                    edgecolor=style.INK, linewidth=1))  # fmt: skip
        ax.text(7.05, 1.35, "join", ha="center", va="center")
        _arrow(ax, (7.38, 1.35), (7.72, 1.35), style.INK)
        ax.text(7.98, 1.35, "cat", ha="center", va="center", size=14)
        return fig


def _canvas(fig: Figure, width: float, height: float) -> Axes:
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    return ax


def _state(ax: Axes, x: float, y: float, colour: str) -> None:
    ax.add_patch(Circle((x, y), 0.16, facecolor="white", edgecolor=colour, linewidth=1.8, zorder=3))


def _sign(ax: Axes, x: float, y: float, sign: str) -> None:
    ax.add_patch(Circle((x, y), 0.17, facecolor="white", edgecolor=style.INK, linewidth=1.1, zorder=3))
    ax.text(x, y, sign, ha="center", va="center_baseline", size=14, zorder=4)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 1.2) -> None:
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=8 + 2 * width, shrinkA=0, shrinkB=0,
                                 color=colour, linewidth=width, zorder=2))  # fmt: skip
