"""One step of a decoder's writing, as SVG: source words above, written words below, lines between them."""

from __future__ import annotations

import html

import numpy as np

from classroom.show import style

LETTER, SYLLABLE = 8.6, 16.5  # pixels of a Latin letter and of a Hangul syllable, at 16 pixels
PAD, GAP = 9, 8  # pixels: inside a word's box, and between two boxes
BOX, TOP, FALL, ROW = 32, 30, 104, 44  # a box's height; the first box; from source to target; from line to line
LEAST, NUMBERED = 0.01, 0.05  # weights below these get no line, and no number
NARROWEST, WIDEST = 460, 800
LIT, LIT_EDGE = "#FBE3B0", style.VERMILLION

Place = tuple[float, float, float]  # left, top, width of a word's box


def scene(source: list[str], written: list[str], weights: np.ndarray, step: int) -> tuple[bytes, int]:
    """The SVG of the step that writes word `step` (from 0), and its width in pixels.

    It has the same size at every step, so that nothing jumps. Hangul is set in the reader's own typeface.
    """
    above, lines_above = _places(source, TOP)
    top = TOP + (lines_above - 1) * ROW + BOX + FALL
    below, lines_below = _places(written, top)
    width = round(max(NARROWEST, *(left + wide + 2 for left, _, wide in [*above, *below])))
    height = top + (lines_below - 1) * ROW + BOX + 30
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="system-ui, sans-serif" font-size="16">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(2, 17, "source: read once, kept as memory", style.GREY, 13),
    ]
    drawn += _lines(above, below[step], weights[step])
    drawn += [
        _box(place, word, style.BLUE, _shade(float(weight)), float(weight))
        for place, word, weight in zip(above, source, weights[step], strict=True)
    ]
    for t, (place, word) in enumerate(zip(below, written, strict=True)):
        if t < step:
            drawn.append(_box(place, word, style.GREY, "#fff"))
        elif t == step:
            drawn.append(_box(place, word, LIT_EDGE, LIT))
        else:
            drawn.append(_still_empty(place))
    drawn.append(_text(2, height - 8, "written: grey, the words so far; orange, the word written now", style.GREY, 13))
    return "".join([*drawn, "</svg>"]).encode(), width


def _places(words: list[str], top: float) -> tuple[list[Place], int]:
    """Where the box of each word stands, and how many lines that takes."""
    places: list[Place] = []
    left, line = 2.0, 0
    for word in words:
        wide = 2 * PAD + sum(LETTER if ord(letter) < 0x1100 else SYLLABLE for letter in word)
        if left + wide > WIDEST and left > 2:
            left, line = 2.0, line + 1
        places.append((left, top + line * ROW, wide))
        left += wide + GAP
    return places, line + 1


def _lines(above: list[Place], now: Place, row: np.ndarray) -> list[str]:
    """A line from the word written now to every source word, the wider and the darker the larger its weight."""
    left, top, wide = now
    drawn = []
    for (x, y, w), weight in sorted(zip(above, row, strict=True), key=lambda pair: pair[1]):
        if weight < LEAST:
            continue
        start, end, bottom = left + wide / 2, x + w / 2, y + BOX + (19 if weight >= NUMBERED else 0)
        middle = (top + bottom) / 2
        drawn.append(
            f'<path d="M{start:.1f},{top}C{start:.1f},{middle:.1f},{end:.1f},{middle:.1f},{end:.1f},{bottom}" '
            f'fill="none" stroke="{style.BLUE}" stroke-width="{1 + 5 * weight:.2f}" '
            f'opacity="{0.15 + 0.85 * weight:.2f}"/>'
        )
    return drawn


def _shade(weight: float) -> str:
    """White for 0, towards a light blue that black type is read on for 1."""
    mixed = [round(255 - weight * (255 - part)) for part in (0x8C, 0xC4, 0xEA)]
    return f"rgb({mixed[0]},{mixed[1]},{mixed[2]})"


def _box(place: Place, word: str, edge: str, face: str, weight: float | None = None) -> str:
    left, top, wide = place
    said = ""
    if weight is not None and weight >= NUMBERED:
        said = _text(left + wide / 2, top + BOX + 13, f"{weight:.2f}", style.WORDS_IN[style.BLUE], 11, "middle")
    return (
        f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{BOX}" rx="5" fill="{face}" stroke="{edge}" '
        f'stroke-width="1.5"/>{_text(left + wide / 2, top + 22, word, style.INK, 16, "middle")}{said}'
    )


def _still_empty(place: Place) -> str:
    left, top, wide = place
    return (
        f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{BOX}" rx="5" fill="none" stroke="{style.RULE}" '
        'stroke-dasharray="3 3"/>'
    )


def _text(x: float, y: float, text: str, ink: str, size: int, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}" font-size="{size}" text-anchor="{anchor}">'
        f"{html.escape(text)}</text>"
    )
