"""The encoder's stack as a diagram whose parts light up as the exercises of the lesson pass their checks."""

from __future__ import annotations

from collections.abc import Collection

import ipywidgets as W
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from classroom import passed as session
from classroom.show import style
from classroom.show.controls import drawn_html, status

LIT, LIT_EDGE = "#FBE3B0", style.VERMILLION
# Part of the diagram: the exercise that lights it, and what it is called in a sentence.
PARTS = {
    "EncoderLayer": "the layer",
    "Encoder": "the stack",
    "ignores_padding": "the padding mask",
    "parameter_count: encoder": "the count of its parameters",
    "mask_tokens": "the words hidden for training",
    "MaskedLanguageModel": "embedding and positions, and the guess at the hidden words",
}
WIDTH, HEIGHT = 8.3, 4.2
LINE = 1.75  # the main line, in inches from the top


def encoder_stack(passed: Collection[str] | None = None) -> None:
    """Show the encoder from words to vectors; a part is lit, with a tick, where its exercise has passed its check.

    passed: names of exercises, such as ["EncoderLayer"]. Where none are given, those whose last check in this session
    passed, and in a live notebook the picture follows: it is drawn anew when a check passes, wherever that stands.
    Names that belong to no part of the diagram are passed over. It never calls a student's code.
    Raises ValueError where `passed` is one string instead of a collection of them.
    """
    if isinstance(passed, str):
        raise ValueError(f'passed is a collection of names, such as ["EncoderLayer"], not the string {passed!r}.')
    lit = _lit(session.passed() if passed is None else passed)
    style.publish(_draw(lit), _alt(lit), _live(lit) if passed is None else None)


def _lit(names: Collection[str]) -> list[str]:
    return [name for name in PARTS if name in names]


def _live(lit: list[str]) -> W.VBox:
    """The picture and what it shows in words, renewed after every check that changes them."""

    def now(lit: list[str]) -> tuple[str, str]:
        return drawn_html(_draw(lit, captioned=False), _said(lit)), status(_said(lit))

    picture, said = (W.HTML(value=value) for value in now(lit))

    def redraw() -> None:
        picture.value, said.value = now(_lit(session.passed()))

    session.watch(redraw)
    return W.VBox([picture, said])


def _draw(lit: Collection[str], captioned: bool = True) -> bytes:
    height = HEIGHT if captioned else HEIGHT - 0.3
    with style.figure(WIDTH, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, WIDTH), ylim=(height, 0))
        ax.axis("off")
        _stack(ax, lit)
        _layer(ax, lit)
        _before(ax, lit)
        _after(ax, lit)
        _padding(ax, lit)
        _count(ax, lit)
        if captioned:
            ax.text(0.15, HEIGHT - 0.17, _said(lit), va="center", color=style.GREY, size=style.SMALL)
        return style.png(fig)


def _before(ax: Axes, lit: Collection[str]) -> None:
    """From words to the vectors that go into the first layer."""
    ax.text(0.4, LINE, "words", va="center", ha="center", size=12)
    _arrow(ax, (0.68, LINE), (0.88, LINE))
    _box(ax, (0.88, LINE - 0.33, 0.82, 0.66), "hide 15 %\nof them", "mask_tokens" in lit)
    _arrow(ax, (1.7, LINE), (1.92, LINE))
    _box(ax, (1.92, LINE - 0.33, 0.92, 0.66), "embed +\nposition", "MaskedLanguageModel" in lit)
    _arrow(ax, (2.84, LINE), (3.5, LINE))


def _after(ax: Axes, lit: Collection[str]) -> None:
    """From the vectors that come out of the last layer to the words that were hidden."""
    _arrow(ax, (6.97, LINE), (7.33, LINE))
    _box(ax, (7.33, LINE - 0.33, 0.82, 0.66), "guess the\nhidden", "MaskedLanguageModel" in lit)
    told = {"ha": "center", "va": "center", "color": style.GREY, "size": style.SMALL, "linespacing": 1.2}
    ax.text(7.74, LINE + 0.6, "from one vector\nfor each word", **told)


def _stack(ax: Axes, lit: Collection[str]) -> None:
    """The cards behind the layer: the other layers, each with weights of its own."""
    on = "Encoder" in lit
    for behind in (3, 2, 1):
        shift = 0.13 * behind
        _card(ax, (3.2 + shift, LINE - 0.95 - shift, 3.55, 1.75), LIT if on else "white", on)
    ax.text(6.75, LINE - 1.51, "N layers", ha="right", va="center", size=12)
    if on:
        _tick(ax, 7.14, LINE - 1.34)


def _layer(ax: Axes, lit: Collection[str]) -> None:
    """The front card: self-attention and feed-forward network, each with its residual connection and its norm."""
    on = "EncoderLayer" in lit
    _card(ax, (3.2, LINE - 0.95, 3.55, 1.75), "#FDF3DD" if on else "#F6F6F6", on)
    ax.text(3.33, LINE - 0.77, "one layer", va="center", size=12)
    if on:
        _tick(ax, 3.2, LINE - 0.95)
    for left, name in ((3.5, "self-\nattention"), (5.17, "feed-\nforward")):
        right = left + 0.88
        start = left - 0.15
        _box(ax, (left, LINE - 0.28, 0.88, 0.56), name, on, tick=False)
        ax.plot([start, start, right + 0.3], [LINE, LINE - 0.47, LINE - 0.47], color=style.BLUE, linewidth=1.8)
        _arrow(ax, (right + 0.3, LINE - 0.48), (right + 0.3, LINE - 0.13), style.BLUE)
        _arrow(ax, (right, LINE), (right + 0.17, LINE))
        _add_and_norm(ax, right + 0.3, on)
    _arrow(ax, (4.81, LINE), (5.17, LINE))
    ax.plot([6.48, 6.97], [LINE, LINE], color=style.GREY, linewidth=1)
    ax.text(4.68, LINE + 0.43, "add & norm", ha="center", va="center", size=style.SMALL, color=style.GREY)
    ax.text(6.35, LINE + 0.43, "add & norm", ha="center", va="center", size=style.SMALL, color=style.GREY)


def _padding(ax: Axes, lit: Collection[str]) -> None:
    on = "ignores_padding" in lit
    _box(ax, (3.32, LINE + 0.98, 1.24, 0.36), "padding mask", on)
    _arrow(ax, (3.94, LINE + 0.98), (3.94, LINE + 0.28))


def _count(ax: Axes, lit: Collection[str]) -> None:
    """A bracket under everything that has weights."""
    y = LINE + 1.52
    colour = LIT_EDGE if "parameter_count: encoder" in lit else style.GREY
    ax.plot([1.92, 1.92, 6.75, 6.75], [y - 0.08, y, y, y - 0.08], color=colour, linewidth=1)
    _box(ax, (3.5, y + 0.08, 1.7, 0.36), "how many weights?", "parameter_count: encoder" in lit)


def _add_and_norm(ax: Axes, x: float, on: bool) -> None:
    edge = LIT_EDGE if on else style.GREY
    ax.add_patch(Circle((x, LINE), 0.13, facecolor=LIT if on else "white", edgecolor=edge, linewidth=1.2, zorder=3))
    ax.plot([x - 0.07, x + 0.07], [LINE, LINE], color=style.INK, linewidth=1.2, zorder=4)
    ax.plot([x, x], [LINE - 0.07, LINE + 0.07], color=style.INK, linewidth=1.2, zorder=4)


def _card(ax: Axes, box: tuple[float, float, float, float], face: str, on: bool) -> None:
    left, top, width, height = box
    look = {"facecolor": face, "edgecolor": LIT_EDGE if on else style.GREY, "linewidth": 1.6 if on else 1}
    ax.add_patch(FancyBboxPatch((left, top), width, height, "round,pad=0,rounding_size=0.06", **look))


def _box(ax: Axes, box: tuple[float, float, float, float], name: str, on: bool, tick: bool = True) -> None:
    left, top, width, height = box
    _card(ax, box, LIT if on else "white", on)
    ax.text(left + width / 2, top + height / 2, name, ha="center", va="center", linespacing=1.15)
    if on and tick:
        _tick(ax, left + width, top)


def _tick(ax: Axes, x: float, y: float) -> None:
    """A tick in a disc: what is lit is not told by its colour alone."""
    ax.add_patch(Circle((x, y), 0.11, facecolor=LIT_EDGE, edgecolor="white", linewidth=1, zorder=5))
    ax.plot([x - 0.05, x - 0.015, x + 0.055], [y, y + 0.04, y - 0.045], color="white", linewidth=1.6, zorder=6)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = style.GREY) -> None:
    look = {"arrowstyle": "-|>", "mutation_scale": 8, "shrinkA": 0, "shrinkB": 0, "zorder": 2}
    ax.add_patch(FancyArrowPatch(start, end, color=colour, linewidth=1.8 if colour == style.BLUE else 1, **look))


def _said(lit: Collection[str]) -> str:
    if not lit:
        return "nothing is lit yet: each part lights up when its exercise passes its check"
    done = ", ".join(name for name in PARTS if name in lit)
    open_ = ", ".join(name for name in PARTS if name not in lit)
    return f"passed: {done}" + (f"; still to come: {open_}" if open_ else "; that is the whole encoder")


def _alt(lit: list[str]) -> str:
    dark = [name for name in PARTS if name not in lit]
    told = "; ".join(f"{PARTS[name]} ({name})" for name in lit) or "nothing yet"
    rest = "; ".join(f"{PARTS[name]} ({name})" for name in dark) or "nothing"
    return (
        "The encoder: words, some of them hidden for training, are embedded and given positions, then pass a stack of "
        "N layers; each layer is self-attention under a padding mask and a feed-forward network, each with a residual "
        "connection and a norm; out comes one vector for each word, from which "
        "the hidden words are guessed. "
        f"Lit, because their exercises have passed: {told}. Not lit: {rest}."
    )
