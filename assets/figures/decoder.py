"""08_decoder_layer.png, 08_shift.png, 08_decoding.png: a decoder layer, teacher forcing, and writing word by word."""

from __future__ import annotations

from boxes import NORM, addition, around, arrow, box, lines, sheet
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classroom.show import style

READ, ASKED = style.BLUE, style.VERMILLION
MEMORY, OVER = style.GREEN, 0.4  # its colour, and how far above a step it comes in
LAYER_ALT = (
    "One decoder layer. y goes through self_attention, whose queries, keys and values all come from y and whose mask "
    "hides the future and the padding; y is led around and added; norm_1. Then cross_attention: its queries come from "
    "y, its keys and values from memory, what the encoder made of the source, and its mask hides the source's padding; "
    "addition, norm_2. Then feed_forward, addition, norm_3. y and what comes out have the shape (B, T, D), memory has "
    "(B, S, D)."
)
SHIFT_ALT = (
    "Teacher forcing. The target is bos, the, cat, sat, eos. The decoder reads bos, the, cat, sat. "
    "It is asked for the, cat, sat, eos. Under each other stand bos and the, the and cat, cat and "
    "sat, sat and eos: at each place the word read is the one before the word asked for. Under the causal mask each "
    "place sees the words read up to its own: at the third, bos, the, cat."
)
DECODING_ALT = (
    "Greedy decoding. The encoder reads the source, goyangi -neun anjatda, once and keeps its memory. Four steps of "
    "the decoder follow, each given the same memory: it reads bos and writes the; reads bos the and writes cat; reads "
    "bos the cat and writes sat; reads bos the cat sat and writes eos, where it stops. What is written at one step is "
    "read at the next."
)


def draw_layer() -> Figure:
    """Three sublayers from left to right; the memory and the masks come from below."""
    with style.figure(8.3, 2.95) as fig:
        ax = sheet(fig)
        y, step, fork = 1.0, 0.15, 0.3
        ax.text(0.15, 0.2, "a decoder layer, post-norm (dropout, before each addition, is left out)", va="center",
                size=12)  # fmt: skip
        ax.text(0.2, y, "y", ha="center", va="center", size=14)
        ax.text(0.08, y + 0.32, "(B, T, D)", va="center", size=style.SMALL, color=style.GREY)
        x = 0.3
        middles = []
        for number, name in enumerate(("self_\nattention", "cross_\nattention", "feed_\nforward"), 1):
            branch = x + fork / 2
            arrow(ax, (x, y), (x + fork, y))
            x += fork
            middles.append(x + 0.41)
            x = box(ax, x, y, 0.82, name, tall=0.52)
            arrow(ax, (x, y), (x + step, y))
            around(ax, branch, x + step + 0.13, y)
            x = addition(ax, x + step, y)
            arrow(ax, (x, y), (x + step, y))
            x = box(ax, x + step, y, 0.7, f"norm_{number}", NORM)
        arrow(ax, (x, y), (x + 0.25, y))
        ax.text(x + 0.3, y, "next y", va="center", size=12)
        _from_below(ax, middles[0], y, "q, k, v: all from y", "target_mask:\nfuture and padding", None)
        _from_below(ax, middles[1], y, "q from y; k, v from memory", "memory_mask:\npadding of the source", "memory")
        return fig


def _from_below(ax: Axes, x: float, y: float, told: str, mask: str, memory: str | None) -> None:
    """What a sublayer is given from below: its mask, and for cross-attention the memory."""
    shift = 0.2 if memory else 0.0
    arrow(ax, (x + shift, y + 0.85), (x + shift, y + 0.26))
    ax.text(x + shift + 0.08, y + 0.75, mask, va="center", color=style.GREY, linespacing=1.2)
    ax.text(x + (1.05 if memory else 0.6), y + 1.25, told, ha="center", va="center")
    if memory:
        lines(ax, [(x - 0.75, y + 1.6), (x - 0.2, y + 1.6), (x - 0.2, y + 0.26)], MEMORY, 2)
        box(ax, x - 1.6, y + 1.6, 0.9, "memory", MEMORY, tall=0.34, size=12)
        said = "(B, S, D), what the encoder made of the source"
        ax.text(x - 0.1, y + 1.72, said, va="center", size=style.SMALL, color=style.GREY)


def draw_shift() -> Figure:
    """The target above; what is read and what is asked below it, and who sees whom between them."""
    words = ("bos", "the", "cat", "sat", "eos")
    with style.figure(8.3, 4.1) as fig:
        ax = sheet(fig)
        wide, step, left = 0.78, 1.12, 1.95
        ax.text(0.15, 0.36, "target", va="center", size=12)
        for place, word in enumerate(words):
            box(ax, left + place * step, 0.36, wide, word, size=12, tall=0.38)
        first, last = left, left + 4 * step + wide
        _bracket(ax, first, last - step, 0.68, READ)
        _bracket(ax, first + step, last, 0.86, ASKED)
        ax.text(first - 0.1, 0.7, "read", ha="right", va="center", color=style.WORDS_IN[READ])
        ax.text(last + 0.1, 0.88, "asked for", va="center", color=style.WORDS_IN[ASKED])
        top, bottom = 1.55, 3.4
        ax.text(0.15, top, "asked for", va="center", size=12, color=style.WORDS_IN[ASKED])
        ax.text(0.15, bottom, "read", va="center", size=12, color=style.WORDS_IN[READ])
        ax.text(0.15, (top + bottom) / 2, "decoder,\ncausal mask", va="center", size=12, linespacing=1.2)
        for place in range(4):
            middle = left + place * step + wide / 2
            for seen in range(place + 1):
                start = left + seen * step + wide / 2
                own = seen == place
                ax.plot([start, middle], [bottom - 0.2, 2.35], color=READ, linewidth=2 if own else 1,
                        alpha=1 if own else 0.45, zorder=1)  # fmt: skip
            ax.plot([middle], [2.32], "o", color=style.INK, markersize=6, zorder=3)
            arrow(ax, (middle, 2.25), (middle, top + 0.22), ASKED, 1.6)
            box(ax, left + place * step, bottom, wide, words[place], READ, size=12, tall=0.38)
            box(ax, left + place * step, top, wide, words[place + 1], ASKED, size=12, tall=0.38)
        said = "each place sees what was read up to its own,\nand is asked for the word after it: never one it has read"
        ax.text(left, 3.87, said, va="center", color=style.GREY, linespacing=1.25)
        return fig


def _bracket(ax: Axes, start: float, end: float, y: float, colour: str) -> None:
    ax.plot([start, start, end, end], [y - 0.06, y, y, y - 0.06], color=colour, linewidth=1.6)


def draw_decoding() -> Figure:
    """The encoder once at the left; a row for each step of the decoder."""
    words = ("bos", "the", "cat", "sat", "eos")
    with style.figure(8.3, 4.05) as fig:
        ax = sheet(fig)
        ax.text(0.15, 0.25, "once", va="center", size=style.TITLE, color=style.WORDS_IN[MEMORY])
        ax.text(2.9, 0.25, "again and again, until eos", va="center", size=style.TITLE, color=style.WORDS_IN[ASKED])
        ax.text(1.0, 3.25, "goyangi -neun anjatda", ha="center", va="center", style="italic", size=12)
        arrow(ax, (1.0, 3.08), (1.0, 2.72))
        box(ax, 0.45, 2.45, 1.1, "encoder", size=12, tall=0.5)
        arrow(ax, (1.0, 2.2), (1.0, 1.82), MEMORY, 2)
        box(ax, 0.45, 1.6, 1.1, "memory", MEMORY, size=12)
        ax.plot([1.55, 2.2], [1.6, 1.6], color=MEMORY, linewidth=2)
        rows = [0.95 + 0.9 * number for number in range(4)]
        ax.plot([2.2, 2.2], [rows[0] - OVER, rows[-1] - OVER], color=MEMORY, linewidth=2, solid_capstyle="round")
        for number, y in enumerate(rows):
            x = 2.9
            for place in range(number + 1):
                new = place == number and number > 0
                box(ax, x + place * 0.6, y, 0.52, words[place], ASKED if new else READ, tall=0.36, size=12)
            arrow(ax, (x + number * 0.6 + 0.52, y), (5.55, y))
            box(ax, 5.55, y, 1.0, "decoder", size=12)
            lines(ax, [(2.2, y - OVER), (6.05, y - OVER), (6.05, y - 0.22)], MEMORY, 1.6)
            arrow(ax, (6.55, y), (7.05, y), ASKED, 1.6)
            box(ax, 7.05, y, 0.52, words[number + 1], ASKED, tall=0.36, size=12)
            if number < 3:
                down, back = y + 0.35, x + (number + 1) * 0.6 + 0.26
                lines(ax, [(7.31, y + 0.18), (7.31, down), (back, down), (back, y + 0.72)], ASKED, 1)
        ax.text(7.68, rows[-1], "stop", va="center_baseline", size=12, weight="bold")
        return fig
