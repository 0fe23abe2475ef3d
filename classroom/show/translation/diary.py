"""What a model makes of a few sentences as its training goes on, line under line."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from classroom.show import style
from classroom.show.recurrence.romanised import romanised

LINE, WIDE = 0.27, 8.3  # inches
FACE = FontProperties(family=style.LOOK["font.family"])
RIGHT, WRONG = style.WORDS_IN[style.GREEN], style.WORDS_IN[style.VERMILLION]
UNDERLINED = f"text-decoration:underline 2px {style.VERMILLION}"  # the page may be dark: words keep its colour


def translations(
    sources: Sequence[str], references: Sequence[str], diary: Mapping[object, Sequence[str]], title: str = ""
) -> None:
    """Show translations of the same sentences side by side, with the words marked that the reference does not have.

    sources, references: n sentences as text. diary: when or by whom ("update 200", "GRU") -> n translations as text.
    A word is marked where it stands more often in the translation than in the reference; a translation without a
    mistake is marked as right. Raises ValueError, in one sentence, where the numbers of sentences differ.
    """
    for name, said in {"references": references, **{str(when): lines for when, lines in diary.items()}}.items():
        if isinstance(said, str) or len(said) != len(sources):
            raise ValueError(f"{name!r} should hold {len(sources)} sentences, one for each source.")
    if not sources or not diary:
        raise ValueError("translations needs at least one sentence and one translation of it.")
    rows = {str(when): list(lines) for when, lines in diary.items()}
    style.publish(
        _draw(list(sources), list(references), rows, title),
        _alt(list(sources), list(references), rows, title),
        html=_page(list(sources), list(references), rows, title),
    )


def marked(translation: str, reference: str) -> list[tuple[str, bool]]:
    """Each word of the translation, and whether the reference still has one such word to give."""
    left = reference.split()
    found = []
    for word in translation.split():
        known = word in left
        if known:
            left.remove(word)
        found.append((word, known))
    return found


def _page(sources: list[str], references: list[str], rows: dict[str, list[str]], title: str) -> str:
    e = html.escape
    cell = "padding:1px 8px;text-align:left;font-weight:normal;vertical-align:top"
    parts = [f"<p style='margin:.4em 0;font-size:115%'>{e(title)}</p>"] if title else []
    for number, (source, reference) in enumerate(zip(sources, references, strict=True)):
        lines = [
            f"<tr style='background:none'><th scope='row' style='{cell};opacity:.75'>{e(when)}</th>"
            f"<td style='{cell}'>{_words(said[number], reference)}</td></tr>"
            for when, said in rows.items()
        ]
        parts.append(
            f"<table style='border-collapse:collapse;border:0;margin:.6em 0'><caption style='caption-side:top;"
            f"text-align:left'><b>{e(source)}</b></caption>{''.join(lines)}<tr style='background:none'><th scope='row' "
            f"style='{cell};opacity:.75'>reference</th><td style='{cell}'><i>{e(reference)}</i></td></tr></table>"
        )
    key = f"<b>✓</b>: the whole sentence is right. <span style='{UNDERLINED}'>Underlined</span>: not in the reference."
    return "".join([*parts, f"<p style='margin:.4em 0'>{key}</p>"])


def _words(translation: str, reference: str) -> str:
    if translation == reference:
        return f"<b>{html.escape(translation)} ✓</b>"
    words = [
        html.escape(word) if known else f"<span style='{UNDERLINED}'>{html.escape(word)}</span>"
        for word, known in marked(translation, reference)
    ]
    return " ".join(words) or "(nothing)"


def _draw(sources: list[str], references: list[str], rows: dict[str, list[str]], title: str) -> bytes:
    left = 0.3 + max(_width(name) for name in [*rows, "reference"])
    blocks = [
        [
            (when, _wrapped(marked(said[number], reference), WIDE - left - 0.3), said[number] == reference)
            for when, said in rows.items()
        ]
        for number, reference in enumerate(references)
    ]
    ends = [_wrapped([(word, True) for word in reference.split()], WIDE - left - 0.3) for reference in references]
    lines = sum(
        1.6 + sum(len(text) for _, text, _ in block) + len(end) for block, end in zip(blocks, ends, strict=True)
    )
    height = LINE * (lines + (1.4 if title else 0.2) + 1.3)
    with style.figure(WIDE, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, WIDE), ylim=(height, 0))
        ax.axis("off")
        y = 0.2
        if title:
            ax.text(0.12, y, style.plain(title), size=style.TITLE, va="center")
            y += 1.3 * LINE
        for source, block, end in zip(sources, blocks, ends, strict=True):
            ax.text(0.12, y, style.plain(romanised(source)), va="center", weight="bold")
            y += LINE
            for when, text, right in [*block, ("reference", end, None)]:
                ax.text(0.2, y, style.plain(when), va="center", color=style.GREY)
                for line in text:
                    _line(ax, line, left, y, right)
                    y += LINE
            y += 0.6 * LINE
        right, wrong = "green: the whole sentence is right", "underlined:"
        ax.text(0.12, y, right, va="center", color=RIGHT)
        x = 0.12 + _width(right) + 0.3
        _line(ax, [(wrong, False)], x, y, False)
        ax.text(x + _width(wrong) + 0.06, y, "not in the reference", va="center", color=style.INK)
        return style.png(fig)


def _line(ax, line: list[tuple[str, bool]], x: float, y: float, right: bool | None) -> None:
    for word, known in line:
        colour = RIGHT if right else style.INK if known else WRONG
        ax.text(x, y, style.plain(word), va="center", color=colour, style="italic" if right is None else "normal")
        if not known:
            ax.plot([x, x + _width(word)], [y + 0.1, y + 0.1], color=WRONG, linewidth=0.8)
        x += _width(word) + 0.06
    if not line:
        ax.text(x, y, "(nothing)", va="center", color=WRONG)


def _wrapped(words: list[tuple[str, bool]], room: float) -> list[list[tuple[str, bool]]]:
    lines: list[list[tuple[str, bool]]] = [[]]
    x = 0.0
    for word, known in words:
        wide = _width(word) + 0.06
        if x + wide > room and lines[-1]:
            lines.append([])
            x = 0.0
        lines[-1].append((word, known))
        x += wide
    return lines


def _width(text: str) -> float:
    """Inches that a text takes in the picture's type."""
    return TextPath((0, 0), text, size=style.TEXT, prop=FACE).get_extents().width / 72 + 0.02 if text.strip() else 0.0


def _alt(sources: list[str], references: list[str], rows: dict[str, list[str]], title: str) -> str:
    told = []
    for number, (source, reference) in enumerate(zip(sources, references, strict=True)):
        said = "; ".join(
            f"{when}: “{lines[number]}”{', right' if lines[number] == reference else ''}"
            for when, lines in rows.items()
        )
        told.append(f"“{source}” should become “{reference}”. {said}.")
    return f"{title}. {' '.join(told)}" if title else " ".join(told)
