"""09_smoothing.png, 09_scaling.png, 09_ladder.png, 09_beam.png: what is asked for, which numbers fit, where the speed
comes from, and how a beam search goes."""

from __future__ import annotations

import numpy as np
from boxes import arrow, box, sheet
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classroom.show import style

WORDS = ("the", "cat", "sat", "mat", "dog", "on", "ran", "eos")
RIGHT, EPSILON = 1, 0.1
SHARE = EPSILON / len(WORDS)
GREEDY, BEST = style.VERMILLION, style.BLUE
TINIEST, LARGEST = 2.0**-24, 65504.0  # the smallest and the largest number above 0 of float16
SCALE = 2.0**16

SMOOTHING_ALT = (
    f"What is asked for at one place, among {len(WORDS)} words, of which “{WORDS[RIGHT]}” is right. Without smoothing: "
    f"1 for “{WORDS[RIGHT]}”, 0 for every other word. With ε = {EPSILON}: {1 - EPSILON + SHARE:.4f} for "
    f"“{WORDS[RIGHT]}”, {SHARE:.4f} for each of the others."
)
SCALING_ALT = (
    "Numbers from 10 to the power −12 to 10 to the power 6 on a line. float16 holds those from about 0.00000006 to "
    "65,504, float32 and bfloat16 all of them. A sketch of the gradients of a model, a hill between 10 to the power "
    "−9 and 10 to the power −4, lies in part below float16's range; multiplied by 65,536 all of it lies inside."
)
SLOWEST = "nn.Transformer, all padded to 72 tokens"
LADDER = {  # target words a second: benchmarks/training.py speed, Multi30k, 3 + 3 layers, width 256, one core with bf16
    SLOWEST: 244,
    "nn.Transformer, padded to the longest of a batch": 570,
    "nn.Transformer, batches of like length": 1_343,
    "this course's Transformer, the same batches": 1_424,
    "nn.Transformer, in bfloat16": 2_089,
    "this course's Transformer, in bfloat16": 2_481,
}
LADDER_ALT = (
    "Target words a second in training, on one core of a CPU that computes bfloat16 in hardware. "
    + "; ".join(f"{name}: {speed:,}, {speed / LADDER[SLOWEST]:.1f} times the first" for name, speed in LADDER.items())
    + "."
)
BEAM_ALT = (
    "A beam search with two beginnings. Behind bos, rain has probability 0.50 and it has 0.42; both are kept. Behind "
    "rain, came makes 0.15 and fell 0.14; behind it, rained makes 0.38 and is 0.03: it rained and rain came are kept. "
    "Behind it rained, eos makes 0.34; behind rain came, eos makes 0.09. Greedy search takes rain, came, eos, with "
    "0.09; the beam also finds it, rained, eos, with 0.34."
)


def draw_smoothing() -> Figure:
    """Two rows of bars: what is asked for without smoothing and with it."""
    with style.figure(8.3, 2.5) as fig:
        for number, (name, epsilon) in enumerate((("without smoothing", 0.0), (f"ε = {EPSILON}", EPSILON))):
            ax = fig.add_axes((0.06 + 0.49 * number, 0.16, 0.43, 0.66))
            asked = np.full(len(WORDS), epsilon / len(WORDS))
            asked[RIGHT] += 1 - epsilon
            colours = [style.BLUE if place == RIGHT else style.ORANGE for place in range(len(WORDS))]
            ax.bar(range(len(WORDS)), asked, color=colours, width=0.75)
            for place, share in enumerate(asked):
                told = f"{share:.4f}".rstrip("0").rstrip(".") if share else "0"
                ax.text(place, share + 0.03, told, ha="center", size=style.SMALL, color=style.INK)
            ax.set(ylim=(0, 1.12), xlim=(-0.6, len(WORDS) - 0.4))
            ax.set_xticks(range(len(WORDS)), WORDS, size=style.TEXT)
            ax.set_yticks([0, 0.5, 1])
            ax.tick_params(axis="x", length=0)
            ax.set_title(f"asked for, {name}")
        return fig


def draw_scaling() -> Figure:
    """Ranges as bars on a logarithmic line, and a hill of gradients before and after scaling."""
    with style.figure(8.3, 2.9) as fig:
        ax = fig.add_axes((0.03, 0.2, 0.94, 0.76))
        ax.set(xlim=(-12.5, 6.2), ylim=(-1.75, 1.75))
        exponents = np.linspace(-12.5, 6.2, 600)
        for middle, colour, name in (
            (-6.6, style.ORANGE, "gradients"),
            (-6.6 + np.log10(SCALE), style.BLUE, "the same, times 65,536"),
        ):
            hill = np.exp(-((exponents - middle) ** 2) / 2.2)
            ax.fill_between(exponents, 0, hill, color=colour, alpha=0.35, linewidth=0)
            ax.plot(exponents, hill, color=colour, linewidth=1.6)
            ax.text(middle, 1.2, name, ha="center", color=style.WORDS_IN[colour], size=12)
        ax.axvline(np.log10(TINIEST), ymax=0.78, color=style.INK, linewidth=1, linestyle=(0, (4, 3)))
        ax.axvline(np.log10(LARGEST), ymax=0.78, color=style.INK, linewidth=1, linestyle=(0, (4, 3)))
        _range(ax, np.log10(TINIEST), np.log10(LARGEST), -0.55, "float16")
        _range(ax, -12.5, 6.2, -1.25, "bfloat16 and float32: from 10$^{-38}$ to 10$^{38}$")
        ax.text(np.log10(TINIEST) - 0.15, -0.55, "becomes 0", ha="right", va="center", color=style.GREY)
        ax.axhline(0, color=style.RULE, linewidth=0.8)
        ax.set_yticks([])
        ax.spines[["left"]].set_visible(False)
        ax.set_xticks(range(-12, 7, 2), [f"10$^{{{n}}}$" for n in range(-12, 7, 2)])
        ax.set_xlabel("size of a number")
        return fig


def _range(ax: Axes, start: float, end: float, y: float, name: str) -> None:
    ax.fill_between([start, end], y - 0.23, y + 0.23, color=style.MIST, linewidth=0)
    ax.text((start + end) / 2, y, name, ha="center", va="center", size=12)


def draw_beam() -> Figure:
    """A column for each step; kept beginnings have full frames, dropped ones dashed frames."""
    with style.figure(8.3, 3.45) as fig:
        ax = sheet(fig)
        columns = (0.2, 1.75, 3.85, 6.3)
        for x, name in zip(columns, ("start", "after one word", "after two words", "after three words"), strict=True):
            ax.text(x, 0.25, name, va="center", color=style.GREY)
        box(ax, columns[0], 1.75, 0.75, "bos", size=12)
        first = {"rain": (1.05, 0.50, GREEDY), "it": (2.45, 0.42, BEST)}
        second = {
            "rain came": (0.75, 0.15, GREEDY, "rain"),
            "rain fell": (1.4, 0.14, None, "rain"),
            "it rained": (2.2, 0.38, BEST, "it"),
            "it is": (2.85, 0.03, None, "it"),
        }
        third = {"rain came eos": (0.75, 0.09, GREEDY, "rain came"), "it rained eos": (2.2, 0.34, BEST, "it rained")}
        for name, (y, p, colour) in first.items():
            arrow(ax, (columns[0] + 0.75, 1.75), (columns[1], y), colour, 1.8)
            _beginning(ax, columns[1], y, 0.75, name, p, colour)
        for name, (y, p, colour, behind) in second.items():
            start = (columns[1] + 1.3, first[behind][0])
            arrow(ax, start, (columns[2], y), colour or style.RULE, 1.8 if colour else 1.0)
            _beginning(ax, columns[2], y, 1.1, name, p, colour)
        for name, (y, p, colour, behind) in third.items():
            arrow(ax, (columns[2] + 1.7, second[behind][0]), (columns[3], y), colour, 1.8)
            _beginning(ax, columns[3], y, 1.4, name, p, colour)
        ax.text(0.2, 3.25, "greedy search", va="center", color=style.WORDS_IN[GREEDY], size=12)
        ax.text(1.45, 3.25, "what a beam of two finds as well", va="center", color=style.WORDS_IN[BEST], size=12)
        ax.text(4.3, 3.25, "dashed: dropped (chances made up for the picture)", va="center", color=style.GREY)
        return fig


def _beginning(ax: Axes, x: float, y: float, wide: float, name: str, p: float, colour: str | None) -> None:
    box(ax, x, y, wide, name, colour or style.GREY, dashed=colour is None, size=12, tall=0.4)
    ax.text(x + wide + 0.07, y, f"{p:.2f}", va="center", color=style.WORDS_IN.get(colour, style.GREY), size=12)


def draw_ladder() -> Figure:
    """A bar for each rung, the factor against the first one behind it."""
    with style.figure(8.3, 2.9) as fig:
        ax = fig.add_axes((0.43, 0.17, 0.5, 0.72))
        for row, (name, speed) in enumerate(LADDER.items()):
            ours = name.startswith("this course")
            ax.barh(row, speed, color=style.BLUE if ours else style.SKY, height=0.62)
            told = f"{speed:,}" if not row else f"{speed:,}, {speed / LADDER[SLOWEST]:.1f} times"
            ax.text(speed + 30, row, told, va="center", size=style.SMALL)
        ax.set_yticks(range(len(LADDER)), list(LADDER), size=style.TEXT)
        ax.tick_params(axis="y", length=0)
        ax.set(ylim=(len(LADDER) - 0.4, -0.6), xlim=(0, 3_000), xlabel="words a second, one core of a CPU")
        fig.text(0.015, 0.94, "Where the speed comes from", size=style.TITLE, va="center")
        return fig
