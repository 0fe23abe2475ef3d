"""A sentence with hidden words, and what a model takes each of them for."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextPath

from classroom.show import style
from classroom.show.recurrence.romanised import romanised

LINE, BAR = 0.27, 0.75  # inches: a line of guesses, and the bar of a word with probability 1
ACROSS = 4  # hidden words in a row
FACE = FontProperties(family=style.LOOK["font.family"])
RIGHT, OTHER = style.GREEN, style.BLUE


def guesses(
    words: Sequence[str],
    guesses: Mapping[int, Mapping[str, float]],
    truth: Sequence[str] | Mapping[int, str] | None = None,
    title: str = "",
) -> None:
    """Show a sentence with numbered gaps, and for each gap the likeliest words with their probabilities.

    words: the T words; what stands at a hidden place is not shown. guesses: place (from 0) -> {word: probability}, at
    least one word a place; drawn likeliest first. truth: the T words of the whole sentence, or {place: hidden word};
    then the hidden word is marked where it is among the guesses, and named where it is not.
    Raises ValueError, in one sentence, for places outside the sentence and for numbers that are no probabilities.
    """
    gaps = _checked(list(words), guesses)
    hidden = _hidden(list(words), gaps, truth)
    alt = _alt(list(words), gaps, hidden, title)
    style.publish(_draw(list(words), gaps, hidden, title), alt, html=_page(list(words), gaps, hidden, title))


Gaps = dict[int, list[tuple[str, float]]]


def _checked(words: list[str], given: Mapping[int, Mapping[str, float]]) -> Gaps:
    """The guesses in the order of the sentence, for each place the likeliest first."""
    if not words or not isinstance(given, Mapping) or not given:
        raise ValueError("guesses needs a sentence and at least one hidden place, as {place: {word: probability}}.")
    gaps: Gaps = {}
    for place in sorted(given):
        if not 0 <= place < len(words):
            raise ValueError(f"Place {place} lies outside the sentence: its {len(words)} words count from 0.")
        if not isinstance(given[place], Mapping) or not given[place]:
            raise ValueError(f"The guesses for place {place} should be {{word: probability}}, not {given[place]!r}.")
        pairs = [(str(word), float(p)) for word, p in given[place].items()]
        wrong = [p for _, p in pairs if not 0 <= p <= 1 + 1e-6]
        if wrong or sum(p for _, p in pairs) > 1 + 1e-4:
            what = f"{wrong[0]:g} among them" if wrong else f"{sum(p for _, p in pairs):.3g} in all"
            raise ValueError(
                f"Probabilities lie between 0 and 1 and sum to at most 1; those for place {place}: {what}."
            )
        gaps[int(place)] = sorted(pairs, key=lambda pair: -pair[1])
    return gaps


def _hidden(words: list[str], gaps: Gaps, truth: Sequence[str] | Mapping[int, str] | None) -> dict[int, str]:
    if truth is None:
        return {}
    if isinstance(truth, Mapping):
        return {place: str(word) for place, word in truth.items() if place in gaps}
    if isinstance(truth, str) or len(truth) != len(words):
        raise ValueError(f"truth is the {len(words)} words of the whole sentence, or {{place: hidden word}}.")
    return {place: str(truth[place]) for place in gaps}


def _latin(word: str) -> str:
    return style.plain(romanised(word.replace("##", "-")))


def _draw(words: list[str], gaps: Gaps, hidden: dict[int, str], title: str) -> bytes:
    down = -(-len(gaps) // ACROSS)
    across = -(-len(gaps) // down)
    words_in = 0.3 + max(_width(_latin(word), 12) for pairs in gaps.values() for word, _ in pairs)
    column = words_in + BAR + 0.7
    width = max(across * column + 0.1, 5.2, 0.3 + _width(romanised(title), style.TITLE))
    lines = _wrapped(words, gaps, width - 0.3)
    top = 0.25 + (0.35 if title else 0)
    start = top + 0.36 * len(lines) + 0.2
    each = 0.32 + LINE * (max(map(len, gaps.values())) + bool(_unguessed(gaps, hidden))) + 0.2
    height = start + down * each + 0.05
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        if title:
            ax.text(0.15, 0.22, style.plain(romanised(title)), size=style.TITLE, va="center")
        for number, line in enumerate(lines):
            _sentence(ax, line, top + 0.36 * number)
        for number, (place, pairs) in enumerate(gaps.items()):
            at = 0.15 + number % across * column, start + number // across * each
            _gap(ax, number + 1, pairs, hidden.get(place), at, words_in)
        return style.png(fig)


def _wrapped(words: list[str], gaps: Gaps, room: float) -> list[list[tuple[float, float, str, int]]]:
    """The sentence in lines: (x, width, text, number of the gap or 0) of each word."""
    number, x, lines = 0, 0.0, [[]]
    for place, word in enumerate(words):
        gap = place in gaps
        number += gap
        text = "" if gap else _latin(word)
        wide = 0.62 if gap else _width(text, 13)
        if x + wide > room and lines[-1]:
            lines.append([])
            x = 0.0
        lines[-1].append((0.15 + x, wide, text, number if gap else 0))
        x += wide + 0.11
    return lines


def _sentence(ax: Axes, line: list[tuple[float, float, str, int]], y: float) -> None:
    for x, wide, text, number in line:
        if number:
            look = {"facecolor": style.MIST, "edgecolor": style.GREY, "linewidth": 1}
            ax.add_patch(Rectangle((x, y - 0.13), wide, 0.27, **look))
            text = str(number)
        ax.text(x + wide / 2, y, text, ha="center", va="center_baseline", size=13, color=style.INK)


def _gap(
    ax: Axes, number: int, pairs: list[tuple[str, float]], hidden: str | None, at: tuple[float, float], words_in: float
) -> None:
    """The guesses for one gap: word, bar, probability; `words_in`: inches that the words take."""
    x, top = at
    ax.add_patch(Rectangle((x, top - 0.12), 0.26, 0.25, facecolor=style.MIST, edgecolor=style.GREY, linewidth=1))
    ax.text(x + 0.13, top, str(number), ha="center", va="center_baseline", size=12)
    for line, (word, p) in enumerate(pairs):
        y, right = top + 0.32 + line * LINE, word == hidden
        ink = style.WORDS_IN[RIGHT] if right else style.INK
        ax.text(x + 0.18, y, _latin(word), va="center_baseline", size=12, color=ink)
        ax.add_patch(Rectangle((x + words_in, y - 0.1), BAR * p, 0.18, color=RIGHT if right else OTHER, linewidth=0))
        ax.text(x + words_in + BAR * p + 0.07, y, f"{p:.2f}", va="center_baseline", color=style.GREY)
        if right:
            ax.plot([x, x + 0.04, x + 0.12], [y - 0.02, y + 0.03, y - 0.09], color=ink, linewidth=1.8)
    if hidden is not None and hidden not in dict(pairs):
        y = top + 0.32 + len(pairs) * LINE
        ink = style.WORDS_IN[style.VERMILLION]
        ax.text(x + 0.18, y, f"hidden: {_latin(hidden)}", va="center_baseline", color=ink, size=12)


def _width(text: str, size: float) -> float:
    """Inches that a text takes."""
    return TextPath((0, 0), text, size=size, prop=FACE).get_extents().width / 72 if text.strip() else 0.0


def _unguessed(gaps: Gaps, hidden: dict[int, str]) -> list[int]:
    return [place for place, word in hidden.items() if word not in dict(gaps[place])]


def _page(words: list[str], gaps: Gaps, hidden: dict[int, str], title: str) -> str:
    """The same for pages that show HTML: the words as they are, Hangul too."""
    box = "border:1px solid #777;border-radius:3px;padding:0 .6em;margin:0 .1em"
    numbers = {place: number for number, place in enumerate(gaps, 1)}
    line = " ".join(
        f"<span style='{box}'>{numbers[place]}</span>" if place in gaps else html.escape(word)
        for place, word in enumerate(words)
    ).replace(" ##", "")
    head = f"<p style='margin:.2em 0;font-size:115%'>{html.escape(title)}</p>" if title else ""
    tables = "".join(_list(numbers[place], pairs, hidden.get(place), box) for place, pairs in gaps.items())
    row = f"<div style='display:flex;flex-wrap:wrap;gap:.4em 2em;align-items:flex-start'>{tables}</div>"
    return f"<div>{head}<p style='margin:.4em 0;font-size:115%;line-height:1.8'>{line}</p>{row}</div>"


CELL = "padding:1px 4px;text-align:left;border:0"


def _list(number: int, pairs: list[tuple[str, float]], hidden: str | None, box: str) -> str:
    rows = "".join(_row(word, p, word == hidden) for word, p in pairs)
    if hidden is not None and hidden not in dict(pairs):
        rows += f"<tr style='background:none'><td colspan='2' style='{CELL}'>hidden: {html.escape(hidden)}</td></tr>"
    head = f"<caption style='text-align:left;caption-side:top'><span style='{box}'>{number}</span></caption>"
    return f"<table style='border-collapse:collapse;border:0;margin:0'>{head}{rows}</table>"


def _row(word: str, p: float, right: bool) -> str:
    name = f"<b>{html.escape(word)} ✓</b>" if right else html.escape(word)
    wide = max(1, round(90 * p))
    bar = f"<div style='background:{RIGHT if right else OTHER};height:.8em;width:{wide}px'></div>"
    return (
        f"<tr style='background:none'><th scope='row' style='{CELL};font-weight:normal'>{name}</th><td style='{CELL}'>"
        f"<div style='display:flex;align-items:center;gap:.4em'>{bar}<span>{p:.2f}</span></div></td></tr>"
    )


def _alt(words: list[str], gaps: Gaps, hidden: dict[int, str], title: str) -> str:
    numbers = {place: number for number, place in enumerate(gaps, 1)}
    line = " ".join(f"[{numbers[place]}]" if place in gaps else word for place, word in enumerate(words))
    told = []
    for place, pairs in gaps.items():
        listed = ", ".join(f"{word} {p:.2f}" for word, p in pairs)
        answer = ""
        if place in hidden:
            answer = f" (hidden: {hidden[place]}, {'among them' if hidden[place] in dict(pairs) else 'not among them'})"
        told.append(f"[{numbers[place]}] {listed}{answer}")
    opening = f"{title}. " if title else ""
    return f"{opening}A sentence with hidden words: {line}. Guesses, likeliest first: {'; '.join(told)}."
