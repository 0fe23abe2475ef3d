"""A decoder writing word by word, with what it attends to in the source at each step."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as W
import numpy as np

from classroom.show import style
from classroom.show.controls import drawn_html, status
from classroom.show.decoder.scene import scene
from classroom.show.decoder.steps import steps

SAID = 3  # source words named for a step, the most looked at first


def writing(source_words: Sequence[str], written_words: Sequence[str], weights: Any, title: str = "") -> None:
    """Show a translation as it is written: at each step the words so far, and a line to each source word.

    source_words: the S words of the source; a `##` in front of a Korean morpheme (no space before it) is drawn as a
    hyphen. written_words: the T words in the order in which they are written. weights: (T, S), tensor or array, row t
    is how much the step that writes word t attends to each source word (for several heads, their mean).
    A live notebook has two buttons and a slider; Hangul is Hangul there, and in Latin letters in the picture of other
    pages. Raises ValueError, in one sentence, for what does not fit together and for numbers that are no weights.
    """
    source = _words(source_words, "source_words")
    written = _words(written_words, "written_words")
    given = _weights(weights, len(written), len(source))
    alt = _alt(source, written, given, title)
    style.publish(steps(source, written, given, title), alt, _widget(source, written, given, title))


def _words(words: Sequence[str], name: str) -> list[str]:
    if isinstance(words, str) or not len(words):
        raise ValueError(f'{name} is a list of words, such as ["the", "cat"], not {words!r}.')
    return [f"-{word[2:]}" if str(word).startswith("##") else str(word) for word in words]


def _weights(weights: Any, t: int, s: int) -> np.ndarray:
    given = style.array(weights, 2, "weights")
    if given.shape != (t, s):
        have = f"{given.shape[0]} × {given.shape[1]}"
        raise ValueError(f"weights is {have}; for {t} written and {s} source words it should be {t} × {s}.")
    if not np.isfinite(given).all():
        raise ValueError("weights holds NaN or infinity.")
    if given.min() < -1e-6 or given.max() > 1 + 1e-4:
        raise ValueError(
            f"Weights lie between 0 and 1; these go from {given.min():.3g} to {given.max():.3g}: are they scores, from "
            "before softmax?"
        )
    return given.clip(0, 1)


def _widget(source: list[str], written: list[str], weights: np.ndarray, title: str) -> W.VBox:
    """Buttons, slider, picture, what it shows in words, and all steps as a table."""
    last = len(written) - 1

    def now(step: int) -> tuple[str, str]:
        drawn, width = scene(source, written, weights, step)
        line = _say(source, written, weights, step)
        return drawn_html(drawn, line, sliders=1, width=width), status(line)

    picture, said = (W.HTML(value=value) for value in now(0))
    back = W.Button(description="previous word")
    ahead = W.Button(description="next word")
    slider = W.IntSlider(
        value=1,
        min=1,
        max=last + 1,
        description="word",
        continuous_update=False,
        layout=W.Layout(width="360px", max_width="100%"),
    )

    def redraw(_change: object) -> None:
        picture.value, said.value = now(slider.value - 1)

    def step(by: int) -> None:
        slider.value = min(max(slider.value + by, 1), last + 1)

    slider.observe(redraw, names="value")
    back.on_click(lambda _button: step(-1))
    ahead.on_click(lambda _button: step(1))
    hands = W.HBox([back, ahead, slider], layout=W.Layout(flex_flow="row wrap"))
    head = [W.HTML(value=f'<p style="margin:0;font-size:115%">{html.escape(title)}</p>')] if title else []
    return W.VBox([*head, hands, picture, said, W.HTML(value=_table(source, written, weights))])


def _strongest(source: list[str], row: np.ndarray) -> list[str]:
    order = np.argsort(-row, kind="stable")[:SAID]
    return [f"{style.named(source, int(at))} {row[at]:.2f}" for at in order if row[at] >= 0.01]


def _say(source: list[str], written: list[str], weights: np.ndarray, step: int) -> str:
    """What the state of the slider shows, as HTML."""
    so_far = " ".join(written[:step])
    before = f"Written so far: {html.escape(so_far)}." if so_far else "Nothing is written yet."
    looks = html.escape(", ".join(_strongest(source, weights[step])) or "nothing at all", quote=False)
    end = " That is the last word." if step == len(written) - 1 else ""
    return (
        f"Word {step + 1} of {len(written)}. {before} Now: <b>{html.escape(written[step])}</b>; the decoder attends to "
        f"{looks}.{end}"
    )


def _table(source: list[str], written: list[str], weights: np.ndarray) -> str:
    e = html.escape
    cell = "padding:1px 6px;border:1px solid #ccc;text-align:left;font-weight:normal"
    top = "".join(f"<th scope='col' style='{cell}'>{e(word)}</th>" for word in source)
    rows = "".join(
        f"<tr><th scope='row' style='{cell}'>{t + 1} {e(word)}</th>"
        + "".join(f"<td style='{cell}'>{weight:.2f}</td>" for weight in weights[t])
        + "</tr>"
        for t, word in enumerate(written)
    )
    above = "caption-side:top;text-align:left;white-space:nowrap"
    caption = f"<caption style='{above}'>weights: a row for each word written</caption>"
    return (
        f"<details><summary>The same as a table</summary><div style='overflow-x:auto'>"
        f"<table style='border-collapse:collapse'>{caption}<tr><th scope='col' style='{cell}'>word</th>{top}</tr>{rows}"
        "</table></div></details>"
    )


def _alt(source: list[str], written: list[str], weights: np.ndarray, title: str) -> str:
    told = "; ".join(
        f"{style.named(written, t)} from {' and '.join(_strongest(source, row)[:2]) or 'nothing at all'}"
        for t, row in enumerate(weights)
    )
    opening = f"{title}. " if title else ""
    return (
        f"{opening}A decoder writes “{' '.join(written)}” word by word from “{' '.join(source)}”. What it attends to "
        f"most as it writes each word: {told}."
    )
