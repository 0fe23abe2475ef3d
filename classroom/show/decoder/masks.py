"""Who may attend to whom in the decoder's self-attention: causal mask, padding mask, and a slider for the length."""

from __future__ import annotations

import html
from collections.abc import Sequence

import ipywidgets as W
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from classroom.show import style
from classroom.show.controls import with_controls
from classroom.show.recurrence.romanised import romanised

WORDS = ("bos", "the", "cat", "sat", "on", "the", "mat", ".")
STILL = 5  # real words in the picture of a page that has no live notebook
PANELS = (("causal", True, False), ("padding", False, True), ("both", True, True))
FUTURE, PADDING = style.VERMILLION, style.GREY  # the strokes through hidden cells


def mask_explorer(words: Sequence[str] = WORDS) -> None:
    """Show the mask of a decoder's self-attention, with a check box for each mask and a slider for the length.

    words: T words of one sentence as the decoder reads them. The slider takes the last of them away: they become
    padding, as in a batch with longer sentences. Rows are the T queries, columns the S = T keys; blue: may attend.
    Raises ValueError for fewer than two words.
    """
    if isinstance(words, str) or len(words) < 2:
        raise ValueError(f'mask_explorer needs a list of at least two words, such as ["bos", "the"], not {words!r}.')
    words = [str(word) for word in words]
    real = min(STILL, len(words) - 1)
    plain = {"indent": False, "layout": W.Layout(width="auto")}
    causal = W.Checkbox(value=True, description="causal mask: hide the future", **plain)
    padding = W.Checkbox(value=True, description="padding mask: hide pad", **plain)
    length = W.IntSlider(
        value=real,
        min=1,
        max=len(words),
        description="real words",
        continuous_update=False,
        style={"description_width": "initial"},
        layout=W.Layout(width="480px", max_width="100%"),
    )
    with_controls(
        [causal, padding, length],
        draw=lambda *state: _draw(words, *state),
        say=lambda *state: html.escape(_say(words, *state), quote=False),
        still=_stills(words, real),
        alt=_alt(words, real),
    )


def mask(causal: bool, padding: bool, real: int, length: int) -> np.ndarray:
    """bool (T, S) with T = S = length, True = may attend; the words from `real` on are padding."""
    queries, keys = np.arange(length)[:, None], np.arange(length)[None]
    return (~np.array(causal) | (keys <= queries)) & (~np.array(padding) | (keys < real))


def _padded(words: list[str], real: int) -> list[str]:
    return words[:real] + ["pad"] * (len(words) - real)


def _draw(words: list[str], causal: bool, padding: bool, real: int) -> bytes:
    shown = _padded(words, real)
    cell, left, top = 0.36, 0.4 + 0.09 * max(map(len, [*words, "pad"])), 0.5 + 0.08 * max(map(len, [*words, "pad"]))
    side = cell * len(words)
    width, height = left + side + 2.5, top + side + 0.15
    with style.figure(width, height) as fig:
        ax = fig.add_axes((left / width, 0.15 / height, side / width, side / height))
        _panel(ax, shown, causal, padding, real, rows=True)
        fig.text(left / width, 1 - 0.1 / height, "keys: the words looked at", color=style.GREY, va="top")
        ax.set_ylabel("queries: the words that look", color=style.GREY, labelpad=5)
        _key(fig.add_axes(((left + side + 0.25) / width, 0.15 / height, 2.2 / width, side / height)), side, len(words))
        return style.png(fig)


def _stills(words: list[str], real: int) -> bytes:
    shown = _padded(words, real)
    longest = max(map(len, [*words, "pad"]))
    left, cell = 0.25 + 0.085 * longest, min(0.28, 2.1 / len(words))
    side, gap, top = cell * len(words), 0.3, 0.45 + 0.085 * longest
    width, height = max(left + 3 * side + 2 * gap + 0.15, 7.0), top + side + 0.5
    with style.figure(width, height) as fig:
        for number, (name, causal, padding) in enumerate(PANELS):
            x = left + number * (side + gap)
            ax = fig.add_axes((x / width, 0.5 / height, side / width, side / height))
            _panel(ax, shown, causal, padding, real, rows=number == 0)
            fig.text(x / width, 1 - 0.1 / height, name, size=style.TITLE, va="top")
        ax = fig.add_axes((left / width, 0.05 / height, (width - left) / width, 0.32 / height))
        style.blank(ax)
        ax.set(xlim=(0, width - left), ylim=(0.32, 0))
        for x, (face, strokes, said) in zip((0.0, 1.35, 3.1), KEY, strict=False):
            _cell(ax, (x + 0.1, 0.16), face, strokes, 0.2)
            ax.text(x + 0.28, 0.16, said, va="center_baseline")
        return style.png(fig)


KEY = (
    (style.BLUE, "", "may attend"),
    (style.MIST, "f", "hidden: the future"),
    (style.MIST, "p", "hidden: padding"),
    (style.MIST, "fp", "hidden by both"),
)


def _key(ax: Axes, side: float, length: int) -> None:
    style.blank(ax)
    ax.set(xlim=(0, 2.2), ylim=(side, 0))
    for line, (face, strokes, said) in enumerate(KEY):
        y = 0.18 + line * min(0.42, side / len(KEY))
        _cell(ax, (0.15, y), face, strokes, 0.27)
        ax.text(0.4, y, said, va="center_baseline", size=12)


def _panel(ax: Axes, words: list[str], causal: bool, padding: bool, real: int, rows: bool) -> None:
    t = len(words)
    style.blank(ax)
    ax.set(xlim=(-0.5, t - 0.5), ylim=(t - 0.5, -0.5))
    for (i, j), yes in np.ndenumerate(mask(causal, padding, real, t)):
        strokes = ("f" if causal and j > i else "") + ("p" if padding and j >= real else "")
        _cell(ax, (j, i), style.BLUE if yes else style.MIST, strokes, 0.9)
    names = [style.plain(romanised(word)) for word in words]
    ax.xaxis.set_ticks_position("top")
    ax.set_xticks(range(t), names, rotation=90)
    if rows:
        ax.set_yticks(range(t), names)
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        for label in labels[real:]:
            label.set_color(style.GREY)
            label.set_style("italic")
    ax.tick_params(length=0, pad=3)


def _cell(ax: Axes, at: tuple[float, float], face: str, strokes: str, size: float) -> None:
    """A square; through a hidden one goes a stroke: / for the future, \\ for padding, both for both."""
    (x, y), half = at, size / 2
    ax.add_patch(Rectangle((x - half, y - half), size, size, color=face, linewidth=0))
    reach = 0.6 * half
    if "f" in strokes:
        ax.plot([x - reach, x + reach], [y + reach, y - reach], color=FUTURE, linewidth=1.4)
    if "p" in strokes:
        ax.plot([x - reach, x + reach], [y - reach, y + reach], color=PADDING, linewidth=1.4)


def _say(words: list[str], causal: bool, padding: bool, real: int) -> str:
    """One line: which masks are on, who sees whom, with one word as the example."""
    t = len(words)
    pads = f"{t - real} pad" if t > real else "no pad"
    row = min(2, real - 1)
    seen = np.flatnonzero(mask(causal, padding, real, t)[row])
    shown = _padded(words, real)
    to = ", ".join(shown[j] for j in seen)
    example = f"“{shown[row]}” (word {row}) may attend to {len(seen)} of {t}: {to}."
    opening = f"{real} real word{'s' if real > 1 else ''}, {pads}."
    if causal and padding:
        how = "Both masks: the future is hidden, and so is the padding; a word sees the real words up to itself."
    elif causal:
        how = "Causal mask: a word sees itself and those before it; the future is hidden from it."
        if t > real:
            how += " Real words see no pad even so, since it stands behind them; the rows of the pads do."
    elif padding:
        how = (
            "Padding mask: pad is hidden from everybody, the future from nobody: a word sees the one it is to predict."
        )
    else:
        how = "No mask: every word sees every other, the future and pad too."
    return f"{opening} {how} {example}"


def _alt(words: list[str], real: int) -> str:
    told = " ".join(f"{name.capitalize()}: {_say(words, causal, padding, real)}" for name, causal, padding in PANELS)
    return (
        f"Three masks of a decoder's self-attention, queries as rows, keys as columns, for the words "
        f"{' '.join(_padded(words, real))}. {told}"
    )
