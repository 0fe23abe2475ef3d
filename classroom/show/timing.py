"""Measured seconds against length."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator

from classroom.show import style


def timing(lengths: Sequence[int], seconds: Mapping[str, Sequence[float]]) -> None:
    """Show seconds against length on logarithmic axes, a line for each way of computing.

    lengths: n numbers of words. seconds: for each way, by name, n measured times.
    """
    for name, times in seconds.items():
        if len(times) != len(lengths):
            raise ValueError(f"{name!r} has {len(times)} times for {len(lengths)} lengths")
    ratio = _ratio(lengths, seconds)
    style.publish(_draw_timing(lengths, seconds, ratio), _alt_timing(lengths, seconds, ratio))


def _ratio(lengths: Sequence[int], seconds: Mapping[str, Sequence[float]]) -> str:
    """What the longest length shows: how many times longer the slowest way takes than the fastest."""
    if len(seconds) < 2:
        return ""
    longest = int(np.argmax(lengths))
    slow = max(seconds, key=lambda name: seconds[name][longest])
    fast = min(seconds, key=lambda name: seconds[name][longest])
    times = seconds[slow][longest] / seconds[fast][longest]
    written = f"{times:,.0f}" if times >= 10 else f"{times:.1f}"
    return f"at {lengths[longest]:,} words, {slow} takes {written} times as long as {fast}"


def _draw_timing(lengths: Sequence[int], seconds: Mapping[str, Sequence[float]], ratio: str) -> bytes:
    room = 0.09 * max(map(len, seconds)) + 0.2
    width, height = 5.6 + room, 3.85
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0.8 / width, 0.88 / height, (width - 0.9 - room) / width, (height - 1.1) / height))
        ax.set(xscale="log", yscale="log", xlabel="words in the sentence")
        ends = []
        for number, (name, times) in enumerate(seconds.items()):
            colour = style.LINES[number % len(style.LINES)]
            ax.plot(lengths, times, color=colour, marker="o", markersize=5, clip_on=False)
            ends.append((times[int(np.argmax(lengths))], name, colour))
        ax.set_xticks(list(lengths), [f"{length:,}" for length in lengths])
        ax.xaxis.set_minor_locator(NullLocator())
        _time_axis(ax, [time for times in seconds.values() for time in times])
        _direct_labels(ax, max(lengths), ends)
        fig.text(0.8 / width, 0.24 / height, style.plain(ratio), color=style.GREY, va="center")
        return style.png(fig)


def _time_axis(ax: Axes, times: Sequence[float]) -> None:
    """Ticks at powers of ten, in the units people say: 100 µs, 1 ms, 10 ms."""
    low = math.floor(math.log10(min(times)))
    high = max(math.ceil(math.log10(max(times))), low + 1)
    powers = range(low, high + 1)
    ax.set_ylim(10.0**low, 10.0**high)
    ax.set_yticks([10.0**power for power in powers], [_seconds(10.0**power) for power in powers])
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.tick_params(which="minor", length=0)
    ax.grid(axis="y", color=style.MIST, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.set_ylabel("time")


def _seconds(time: float) -> str:
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if time >= unit * 0.9995:
            return f"{time / unit:.3g} {name}"
    return f"{time / 1e-9:.3g} ns"


def _direct_labels(ax: Axes, x: float, ends: list[tuple[float, str, str]]) -> None:
    """Each line's name at its right end, moved apart where two lines end close together."""
    low, high = np.log10(ax.get_ylim())
    apart = (high - low) * 0.075
    at = -math.inf
    for time, name, colour in sorted(ends):
        at = max(math.log10(time), at + apart)
        ax.annotate(
            style.plain(name),
            (x, 10**at),
            (9, 0),
            textcoords="offset points",
            va="center",
            color=style.WORDS_IN[colour],
            size=12,
        )


def _alt_timing(lengths: Sequence[int], seconds: Mapping[str, Sequence[float]], ratio: str) -> str:
    lines = [
        f"{name}: " + ", ".join(f"{_seconds(time)} at {length:,}" for length, time in zip(lengths, times, strict=True))
        for name, times in seconds.items()
    ]
    closing = f" {ratio[0].upper()}{ratio[1:]}." if ratio else ""
    return f"Time against words in the sentence, both axes logarithmic. {'; '.join(lines)}.{closing}"
