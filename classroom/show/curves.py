"""Measured curves: how widely scores spread, and how long attention takes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator

from classroom.show import style

PAIRS = 10_000  # random queries and keys for each width
PICKED = (10, 30, 50, 70, 90)  # the five scores whose softmax is drawn, as percentiles of the histogram above


def score_spread(d_ks: Sequence[int] = (4, 16, 64, 256), seed: int = 0) -> None:
    """Show how q·k spreads as d_k grows, undivided and divided by √d_k, and what softmax makes of it.

    d_ks: widths of the queries and keys, whose entries are independent and normal with variance 1.
    Under each histogram stands the softmax of five of its scores: those at 10, 30, 50, 70 and 90 %.
    """
    random = np.random.default_rng(seed)
    raw = [(random.standard_normal((PAIRS, d)) * random.standard_normal((PAIRS, d))).sum(axis=1) for d in d_ks]
    divided = [dots / math.sqrt(d) for dots, d in zip(raw, d_ks, strict=True)]
    style.publish(_draw_spread(d_ks, raw, divided), _alt_spread(d_ks, raw, divided))


def _five(dots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Five of the scores, evenly through the histogram, and their softmax."""
    picked = np.percentile(dots, PICKED)
    return picked, torch.softmax(torch.from_numpy(picked), 0).numpy()


def _draw_spread(d_ks: Sequence[int], raw: list[np.ndarray], divided: list[np.ndarray]) -> bytes:
    width, left, gap = 8.3, 0.25, 0.3
    each = (width - left - gap * len(d_ks)) / len(d_ks)
    height = 6.5
    bands = [("Scores q·k, undivided", raw, 0.0), (r"Scores q·k divided by $\sqrt{d_k}$", divided, 3.25)]
    with style.figure(width, height) as fig:
        for name, band, down in bands:
            fig.text(left / width, 1 - (down + 0.1) / height, name, size=style.TITLE, va="top")
            reach = 3.2 * max(dots.std() for dots in band)
            for column, (d, dots) in enumerate(zip(d_ks, band, strict=True)):
                x = (left + column * (each + gap)) / width
                spread = fig.add_axes((x, 1 - (down + 1.62) / height, each / width, 0.98 / height))
                chosen = fig.add_axes((x, 1 - (down + 2.95) / height, each / width, 0.75 / height))
                _histogram(spread, dots, reach, f"$d_k$ = {d}")
                _choice(chosen, *_five(dots), labelled=column == 0)
        return style.png(fig)


def _histogram(ax: Axes, dots: np.ndarray, reach: float, name: str) -> None:
    style.blank(ax)
    edges = np.linspace(-reach, reach, 65)
    ax.hist(dots, edges, color=style.SKY, density=True, histtype="stepfilled")
    tallest = ax.get_ylim()[1]
    ax.set(xlim=(-reach, reach), ylim=(0, tallest * 1.04))
    ax.spines["bottom"].set_visible(True)
    end = math.floor(reach / 10) * 10 if reach > 10 else math.floor(reach)
    ax.set_xticks([-end, 0, end], [f"−{end}", "0", f"{end}"])
    picked, _ = _five(dots)
    ax.plot(
        picked,
        np.full(5, -0.035 * tallest),
        "|",
        color=style.VERMILLION,
        markersize=7,
        clip_on=False,
        mew=1.6,
    )
    ax.tick_params(pad=5)
    ax.text(0, 1.08, name, transform=ax.transAxes, size=12)
    ax.text(1, 1.08, f"std {dots.std():.2f}", transform=ax.transAxes, ha="right", color=style.GREY)


def _choice(ax: Axes, picked: np.ndarray, weights: np.ndarray, labelled: bool) -> None:
    style.blank(ax)
    ax.set(xlim=(-0.5, 4.5), ylim=(0, 1))
    ax.axhline(0, color=style.RULE, linewidth=1, clip_on=False)
    ax.bar(range(5), weights, 0.62, color=style.VERMILLION)
    most = int(weights.argmax())
    ax.text(most, weights[most] + 0.05, f"{weights[most]:.2f}", ha="center", color=style.INK)
    if labelled:
        ax.text(0, 1.02, "softmax of five\nof them ( | )", transform=ax.transAxes, color=style.GREY, va="top")


def _alt_spread(d_ks: Sequence[int], raw: list[np.ndarray], divided: list[np.ndarray]) -> str:
    def told(band: list[np.ndarray]) -> str:
        return "; ".join(
            f"d_k = {d}: standard deviation {dots.std():.2f}, largest weight {_five(dots)[1].max():.2f}"
            for d, dots in zip(d_ks, band, strict=True)
        )

    return (
        f"Histograms of q·k for {PAIRS:,} random queries and keys, and softmax of five of the scores. "
        f"Undivided: {told(raw)}. Divided by the square root of d_k: {told(divided)}."
    )


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
