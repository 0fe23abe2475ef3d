"""The map of the course: the Transformer with a numbered region for each lesson.

Each lesson opens with it (`assets/figures/map_NN.png`), its own regions lit; `progress()` lights what has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from classroom.show import style

LESSONS = (
    "Activation functions",
    "Recurrent seq2seq",
    "Positional encoding",
    "Self-attention",
    "Multi-head attention",
    "Residual and norm",
    "Encoder",
    "Decoder and Transformer",
    "Train a translator",
)
WHERE = (
    "the activation inside each feed-forward block",
    "the recurrent model that came before",
    "the embeddings and positions before the encoder and the decoder",
    "self-attention inside the encoder and the decoder",
    "the heads side by side in every attention block",
    "add and norm after every block, and the feed-forward blocks",
    "the encoder stack",
    "the decoder stack, with its cross-attention, and the next word",
    "the training loop under it all",
)
_SHOWS = (
    "Map of the course on the Transformer. Source words become vectors and pass the encoder stack; its "
    "memory goes to the cross-attention of the decoder stack, which turns the target words so far into "
    "the next word; the training loop runs under it all."
)
LIT, PALE, LIT_EDGE = "#FBE3B0", "#FDF3DD", style.VERMILLION
PANEL, PANEL_EDGE = "#F6F6F6", "#CFCFCF"
UPPER, LOWER = 1.0, 2.72  # the middles of the encoder's lane and the decoder's, in inches from the top


@dataclass(frozen=True)
class Lights:
    """How the map is lit: one lesson, the current one; or, where none is, each as far as its checks have passed.

    done: lesson -> how many of its checks have passed, and how many there are.
    """

    current: int = 0
    done: Mapping[int, tuple[int, int]] | None = None

    def of(self, lesson: int) -> float:
        """How bright a lesson's regions are: 1 is lit, 0 is not, and in between it is begun."""
        if self.done is None:
            return float(lesson == self.current)
        passed, of = self.done.get(lesson, (0, 0))
        return 0.0 if not passed else 1.0 if passed == of else 0.5


def draw(current: int) -> Figure:
    """The map with lesson `current` (1 to 9) lit; with 0, none."""
    return _draw(Lights(current))


def draw_progress(done: Mapping[int, tuple[int, int]]) -> Figure:
    """The map with every lesson lit as far as it is done. done: lesson -> (checks that have passed, checks)."""
    return _draw(Lights(done=done))


def _draw(lights: Lights) -> Figure:
    width, height = 8.3, 4.92
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        _training_loop(ax, lights)
        _recurrent(ax, lights)
        _encoder(ax, lights)
        _decoder(ax, lights)
        _contents(ax, lights)
        return fig


def alt(current: int) -> str:
    """What the map shows, for lesson `current`; with 0, for none."""
    regions = "; ".join(f"{n} {name}: {where}" for n, (name, where) in enumerate(zip(LESSONS, WHERE, strict=True), 1))
    lit = f" Lit: lesson {current}, {LESSONS[current - 1]}." if current else ""
    return f"{_SHOWS}{lit} Regions: {regions}."


def alt_progress(done: Mapping[int, tuple[int, int]]) -> str:
    """What the map shows with every lesson lit as far as it is done."""
    said = [
        f"{n} {LESSONS[n - 1]} ({WHERE[n - 1]}): {passed} of {of} checks passed" for n, (passed, of) in done.items()
    ]
    return f"{_SHOWS} Each lesson's region is lit as far as its checks have passed: {'; '.join(said)}."


def _encoder(ax: Axes, lights: Lights) -> None:
    _panel(ax, (2.0, UPPER - 0.78, 3.05, 1.3), "encoder × 6", 7, lights)
    _words(ax, 0.5, UPPER, "source\nwords")
    _arrow(ax, (0.82, UPPER), (1.0, UPPER))
    _block(ax, (1.0, UPPER), 0.8, "embed +\nposition", 3, lights)
    _arrow(ax, (1.8, UPPER), (2.17, UPPER))
    _heads(ax, (2.17, UPPER), "self-\nattention", 4, lights)
    _arrow(ax, (3.09, UPPER), (3.21, UPPER))
    _norm(ax, 3.34, UPPER, lights)
    _arrow(ax, (3.47, UPPER), (3.59, UPPER))
    _feed_forward(ax, (3.59, UPPER), lights)
    _arrow(ax, (4.5, UPPER), (4.62, UPPER))
    _norm(ax, 4.75, UPPER, lights)
    down = LOWER - 0.97
    ax.plot([4.88, 5.25, 5.25, 4.07], [UPPER, UPPER, down, down], color=style.GREY, linewidth=1.2)
    _arrow(ax, (4.07, down - 0.01), (4.07, LOWER - 0.42))
    ax.text(5.34, down - 0.02, "memory", va="center", size=style.SMALL, color=style.GREY)


def _decoder(ax: Axes, lights: Lights) -> None:
    _panel(ax, (2.0, LOWER - 0.78, 4.47, 1.3), "decoder × 6", 8, lights)
    _words(ax, 0.5, LOWER, "target\nso far")
    _arrow(ax, (0.82, LOWER), (1.0, LOWER))
    _block(ax, (1.0, LOWER), 0.8, "embed +\nposition", 3, lights)
    _arrow(ax, (1.8, LOWER), (2.17, LOWER))
    _heads(ax, (2.17, LOWER), "masked\nself-\nattention", 4, lights)
    _arrow(ax, (3.09, LOWER), (3.21, LOWER))
    _norm(ax, 3.34, LOWER, lights)
    _arrow(ax, (3.47, LOWER), (3.59, LOWER))
    _heads(ax, (3.59, LOWER), "cross-\nattention", 8, lights)
    _arrow(ax, (4.51, LOWER), (4.63, LOWER))
    _norm(ax, 4.76, LOWER, lights)
    _arrow(ax, (4.89, LOWER), (5.01, LOWER))
    _feed_forward(ax, (5.01, LOWER), lights)
    _arrow(ax, (5.92, LOWER), (6.04, LOWER))
    _norm(ax, 6.17, LOWER, lights)
    _arrow(ax, (6.3, LOWER), (6.62, LOWER))
    _block(ax, (6.62, LOWER), 0.72, "linear +\nsoftmax", 8, lights)
    _arrow(ax, (7.34, LOWER), (7.5, LOWER))
    _words(ax, 7.82, LOWER, "next\nword")


def _recurrent(ax: Axes, lights: Lights) -> None:
    """The model before: a chain, each step waiting for the one before it."""
    light = lights.of(2)
    left, y = 5.95, UPPER - 0.12
    _frame(ax, (left - 0.2, y - 0.66, 2.35, 1.16), light, PANEL, PANEL_EDGE)
    for step in range(5):
        x = left + 0.17 + step * 0.4
        ax.add_patch(Circle((x, y + 0.14), 0.11, facecolor="white", edgecolor=style.GREY, linewidth=1.1))
        if step < 4:
            _arrow(ax, (x + 0.11, y + 0.14), (x + 0.29, y + 0.14))
    ax.text(left, y - 0.34, "before: one word", va="center", size=style.SMALL)
    ax.text(left, y - 0.14, "after another", va="center", size=style.SMALL)
    _badge(ax, left + 2.15, y - 0.66, 2, lights)


def _training_loop(ax: Axes, lights: Lights) -> None:
    """From the next word back under the whole machine, with an arrow up to whatever has weights."""
    lit = lights.of(9) > 0
    colour = style.VERMILLION if lit else style.GREY
    y = LOWER + 0.78
    ax.plot([7.82, 7.82, 1.4], [LOWER + 0.28, y, y], color=colour, linewidth=2.4 if lit else 1.2)
    for x, top in ((1.4, 0.28), (2.57, 0.52), (3.99, 0.52), (5.46, 0.52), (6.98, 0.28)):
        _arrow(ax, (x, y), (x, LOWER + top), colour)
    said = "training: compare with the right word, send the error back, change every weight; again"
    ax.text(4.5, y + 0.17, said, ha="center", va="center", size=style.SMALL)
    _badge(ax, 7.82, y, 9, lights)


def _contents(ax: Axes, lights: Lights) -> None:
    """The nine lessons in three columns, those that are lit set dark; on the map of the whole course with how many of
    their checks have passed."""
    counted = lights.done is not None
    for n, name in enumerate(LESSONS, 1):
        column, row = divmod(n - 1, 3)
        x, y = (0.3 if counted else 0.42) + column * 2.75, 4.1 + row * 0.28
        _badge(ax, x, y, n, lights)
        lit = lights.of(n) == 1
        look = {"va": "center_baseline", "color": style.INK if lights.of(n) else style.GREY}
        weight = "bold" if lit else "normal"
        if counted:
            passed, of = lights.done.get(n, (0, 0))
            ax.text(x + 0.2, y, name, size=style.TEXT, **look)
            ax.text(x + 2.42, y, f"{passed} of {of}", size=style.SMALL, weight=weight, ha="right", **look)
        else:
            ax.text(x + 0.2, y, name, size=12 if lit else style.TEXT, weight=weight, **look)


def _panel(ax: Axes, box: tuple[float, float, float, float], name: str, lesson: int, lights: Lights) -> None:
    _frame(ax, box, lights.of(lesson), PANEL, PANEL_EDGE)
    left, top, width, _ = box
    ax.text(left + 0.14, top + 0.17, name, va="center", size=style.TEXT)
    _badge(ax, left + width, top, lesson, lights)


def _heads(ax: Axes, at: tuple[float, float], name: str, lesson: int, lights: Lights) -> None:
    """An attention block: the front card is one head; the cards behind it are the others, lesson 5."""
    x, y = at
    for behind in (2, 1):
        shift = 0.06 * behind
        _frame(ax, (x + shift, y - 0.28 - shift, 0.8, 0.56), lights.of(5), "white", style.GREY)
    _block(ax, at, 0.8, name, lesson, lights)
    _badge(ax, x + 0.92, y - 0.4, 5, lights)


def _feed_forward(ax: Axes, at: tuple[float, float], lights: Lights) -> None:
    x, y = at
    _frame(ax, (x, y - 0.36, 0.91, 0.72), lights.of(6), "white", style.GREY)
    ax.text(x + 0.455, y - 0.19, "feed-forward", ha="center", va="center", size=style.SMALL)
    _frame(ax, (x + 0.12, y - 0.04, 0.67, 0.3), lights.of(1), "white", style.GREY)
    ax.plot([x + 0.3, x + 0.45, x + 0.6], [y + 0.18, y + 0.18, y + 0.03], color=style.INK, linewidth=1.3)
    _badge(ax, x + 0.91, y - 0.36, 6, lights)
    _badge(ax, x + 0.79, y + 0.26, 1, lights)


def _norm(ax: Axes, x: float, y: float, lights: Lights) -> None:
    """Add & norm: a circle with a plus."""
    face, edge = _colours(lights.of(6), "white", style.GREY)
    ax.add_patch(Circle((x, y), 0.13, facecolor=face, edgecolor=edge, linewidth=1.2))
    ax.plot([x - 0.07, x + 0.07], [y, y], color=style.INK, linewidth=1.2)
    ax.plot([x, x], [y - 0.07, y + 0.07], color=style.INK, linewidth=1.2)


def _block(ax: Axes, at: tuple[float, float], width: float, name: str, lesson: int, lights: Lights) -> None:
    x, y = at
    _frame(ax, (x, y - 0.28, width, 0.56), lights.of(lesson), "white", style.GREY)
    ax.text(x + width / 2, y, name, ha="center", va="center", size=style.SMALL, linespacing=1.15)
    if lesson in (3, 4):
        _badge(ax, x, y - 0.28, lesson, lights)


def _frame(ax: Axes, box: tuple[float, float, float, float], light: float, face: str, edge: str) -> None:
    left, top, width, height = box
    inside, outline = _colours(light, face, edge)
    ax.add_patch(
        FancyBboxPatch(
            (left, top),
            width,
            height,
            "round,pad=0,rounding_size=0.06",
            facecolor=inside,
            edgecolor=outline,
            linewidth=1.8 if light == 1 else 1,
            zorder=0.5 if face == PANEL else 1,
        )
    )


def _colours(light: float, face: str, edge: str) -> tuple[str, str]:
    """What a region is filled and framed with."""
    return (LIT if light == 1 else PALE, LIT_EDGE) if light else (face, edge)


def _badge(ax: Axes, x: float, y: float, lesson: int, lights: Lights) -> None:
    """The lesson's number: bright when it is lit; else, on the map of one lesson, grey when behind and open when ahead,
    on that of the whole course open, with a bright rim once it is begun."""
    light = lights.of(lesson)
    behind = lights.done is None and lesson < lights.current
    face = style.VERMILLION if light == 1 else style.GREY if behind else "white"
    edge = style.VERMILLION if light else style.GREY
    ax.add_patch(Circle((x, y), 0.105, facecolor=face, edgecolor=edge, linewidth=1, zorder=5))
    ink = style.GREY if face == "white" else "white"
    ax.text(x, y, str(lesson), ha="center", va="center_baseline", size=style.SMALL, color=ink, zorder=6)


def _words(ax: Axes, x: float, y: float, text: str) -> None:
    ax.text(x, y, text, ha="center", va="center", size=style.TEXT, linespacing=1.15)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = style.GREY) -> None:
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=7, shrinkA=0, shrinkB=0, color=colour, linewidth=1)
    )
