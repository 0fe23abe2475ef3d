"""A number against the length of the sentence, a line for each model or layer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator

from classroom.show import style


def by_length(
    lengths: Sequence[int | str],
    lines: Mapping[str, Sequence[float]],
    what: str,
    title: str,
    share: bool = False,
    powers: bool = False,
    of: str = "words in the sentence",
) -> None:
    """Show how a number changes with the length of the sentence.

    lengths: n lengths, as numbers or as ranges such as "4 to 6". lines: for each name n numbers. what: what they are,
    on the vertical axis. share: they lie between 0 and 1 and are written in percent. powers: both axes are logarithmic.
    of: what the lengths count.
    """
    for name, numbers in lines.items():
        if len(numbers) != len(lengths):
            raise ValueError(f"{name!r} has {len(numbers)} numbers for {len(lengths)} lengths")
    png = _draw(lengths, lines, what, title, share, powers, of)
    style.publish(png, _alt(lengths, lines, what, title, share, of))


def _draw(lengths, lines, what: str, title: str, share: bool, powers: bool, of: str) -> bytes:
    room = 0.092 * max(map(len, lines)) + 0.25
    width, height = 5.5 + room, 3.9
    with style.figure(width, height) as fig:
        fig.text(0.12 / width, 1 - 0.12 / height, style.plain(title), size=style.TITLE, va="top")
        ax = fig.add_axes((0.85 / width, 0.7 / height, (width - 1.0 - room) / width, (height - 1.3) / height))
        places = list(range(len(lengths))) if isinstance(lengths[0], str) else list(lengths)
        if powers:
            ax.set(xscale="log", yscale="log")
            ax.set_ylim(*_decades([n for numbers in lines.values() for n in numbers]))
        elif share:
            ax.set_ylim(0, 1)
            ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
        ends = []
        for number, (name, numbers) in enumerate(lines.items()):
            colour = style.LINES[number % len(style.LINES)]
            ax.plot(places, numbers, color=colour, marker="osD^"[number % 4], markersize=5, clip_on=False)
            ends.append((numbers[-1], name, colour))
        ax.set_xticks(places, [n if isinstance(n, str) else f"{n:,}" for n in lengths])
        ax.xaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.tick_params(which="minor", length=0)
        ax.grid(axis="y", color=style.MIST, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.set(xlabel=of, ylabel=what)
        _direct_labels(ax, places[-1], ends, powers)
        return style.png(fig)


def _decades(numbers: Sequence[float]) -> tuple[float, float]:
    low, high = math.log10(max(min(numbers), 1e-12)), math.log10(max(max(numbers), 1e-12))
    return 10 ** math.floor(low), 10 ** max(math.ceil(high), math.floor(low) + 1)


def _direct_labels(ax: Axes, x: float, ends: list[tuple[float, str, str]], powers: bool) -> None:
    """Each line's name at its right end, moved apart where two lines end close together."""
    scale = np.log10 if powers else np.asarray
    low, high = scale(ax.get_ylim())
    at = -math.inf
    for value, name, colour in sorted(ends):
        at = max(float(scale(max(value, 1e-12))), at + (high - low) * 0.075)
        ax.annotate(
            style.plain(name),
            (x, 10**at if powers else at),
            (10, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
            color=style.WORDS_IN[colour],
            size=12,
        )


def _alt(lengths, lines, what: str, title: str, share: bool, of: str) -> str:
    def told(number: float) -> str:
        return f"{number:.0%}" if share else f"{number:,.4g}" if number < 1e5 else f"{number:.1e}"

    each = "; ".join(
        f"{name}: " + ", ".join(f"{told(n)} at {length}" for n, length in zip(numbers, lengths, strict=True))
        for name, numbers in lines.items()
    )
    return f"{title}: {what} against {of}. {each}."
