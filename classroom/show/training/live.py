"""A training while it runs: its loss, and how well it translates so far, drawn anew again and again in one place."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classroom.show import style
from classroom.training.record import Report

PAUSE = 4.0  # seconds between two drawings, at least
EFFORT = 20  # and so many times as long as a drawing takes: the training has the rest
WIDTH, HEIGHT = 8.3, 3.5  # inches


def live_training(title: str) -> Callable[[Report], None]:
    """`fit(model, corpus, recipe, on_report=live_training("Korean to English"))`: the training as a picture.

    Left the loss at every report; right, where the recipe asks for scores, the share of validation sentences without a
    mistake and BLEU. One output is shown and drawn anew every few seconds, so that a page without a live notebook
    keeps the last drawing, with its alt text. Outside IPython the last state is printed.
    """
    reports: list[Report] = []
    place, drawn = uuid.uuid4().hex, [0.0]

    def on_report(report: Report) -> None:
        reports.append(report)
        if report.share < 1 and time.perf_counter() < drawn[0]:
            return
        began = time.perf_counter()
        style.publish_again(
            _draw(title, reports), _alt(title, reports), place, first=not drawn[0], last=report.share == 1
        )
        took = time.perf_counter() - began
        drawn[0] = began + took + max(PAUSE, EFFORT * took)

    return on_report


def _draw(title: str, reports: list[Report]) -> bytes:
    scored = [report for report in reports if report.scores]
    with style.figure(WIDTH, HEIGHT) as fig:
        fig.text(0.15 / WIDTH, 1 - 0.12 / HEIGHT, style.plain(title), size=style.TITLE, va="top")
        fig.text(0.15 / WIDTH, 0.08 / HEIGHT, _told(reports[-1]), color=style.GREY, va="bottom")
        left = _axes(fig, 0.75, 4.2 if scored else 7.2)
        left.plot([r.updates for r in reports], [r.loss for r in reports], color=style.BLUE, linewidth=1.6)
        left.set(xlabel="update", ylabel="loss, nats a word", ylim=(0, 1.05 * max(r.loss for r in reports)))
        left.set_xlim(0, _end(reports))
        if scored:
            _scores(_axes(fig, 4.95, 2.95), scored, _end(reports))
        return style.png(fig)


def _axes(fig: Figure, left: float, width: float) -> Axes:
    ax = fig.add_axes((left / WIDTH, 0.9 / HEIGHT, (width - 0.55) / WIDTH, (HEIGHT - 1.4) / HEIGHT))
    ax.grid(axis="y", color=style.MIST, linewidth=0.8)
    return ax


def _scores(ax: Axes, scored: list[Report], end: float) -> None:
    lines = {"BLEU": [r.scores["bleu"] for r in scored], "exact, %": [100 * r.scores["exact"] for r in scored]}
    ends = []
    for (name, numbers), colour in zip(lines.items(), (style.VERMILLION, style.GREEN), strict=True):
        ax.plot([r.updates for r in scored], numbers, color=colour, marker="o", markersize=4, clip_on=False)
        ends.append((numbers[-1], name, colour))
    at = -100.0
    for number, name, colour in sorted(ends):
        at = max(number, at + 9)
        colour = style.WORDS_IN[colour]
        ax.text(1.03, at / 100, name, transform=ax.transAxes, color=colour, size=12, va="center")
    ax.set(xlabel="update", ylim=(0, 100), xlim=(0, end))


def _end(reports: list[Report]) -> float:
    """Where the axis ends: the last update there will be, as far as can be seen now."""
    return reports[-1].updates / reports[-1].share


def _told(report: Report) -> str:
    return (
        f"{report.share:.0%} done: {report.updates:,} updates, {report.seconds:,.0f} s, loss {report.loss:.2f}, "
        f"{report.words_per_second:,.0f} words a second"
    )


def _alt(title: str, reports: list[Report]) -> str:
    told = f"{title}. {_told(reports[-1])}. The loss began at {reports[0].loss:.2f}."
    scored = [report for report in reports if report.scores]
    if not scored:
        return told
    at, exact, bleu = scored[-1].updates, scored[-1].scores["exact"], scored[-1].scores["bleu"]
    return f"{told} At update {at:,}, {exact:.0%} of sentences are without a mistake, and BLEU is {bleu:.1f}."
