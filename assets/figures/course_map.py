"""map_NN.png: the Transformer with a numbered region for each lesson, the current lesson lit up."""

from __future__ import annotations

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
LIT, LIT_EDGE = "#FBE3B0", style.VERMILLION
PANEL, PANEL_EDGE = "#F6F6F6", "#CFCFCF"
UPPER, LOWER = 1.0, 2.72  # the middles of the encoder's lane and the decoder's, in inches from the top


def draw(current: int) -> Figure:
    """The map with lesson `current` (1 to 9) lit."""
    width, height = 8.3, 4.92
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        _training_loop(ax, current)
        _recurrent(ax, current)
        _encoder(ax, current)
        _decoder(ax, current)
        _contents(ax, current)
        return fig


def alt(current: int) -> str:
    """What the map shows, for lesson `current`."""
    regions = "; ".join(f"{n} {name}: {where}" for n, (name, where) in enumerate(zip(LESSONS, WHERE, strict=True), 1))
    return (
        "Map of the course on the Transformer. Source words become vectors and pass the encoder stack; its "
        "memory goes to the cross-attention of the decoder stack, which turns the target words so far into "
        f"the next word; the training loop runs under it all. Lit: lesson {current}, {LESSONS[current - 1]}. "
        f"Regions: {regions}."
    )


def _encoder(ax: Axes, current: int) -> None:
    _panel(ax, (2.0, UPPER - 0.78, 3.05, 1.3), "encoder × 6", 7, current)
    _words(ax, 0.5, UPPER, "source\nwords")
    _arrow(ax, (0.82, UPPER), (1.0, UPPER))
    _block(ax, (1.0, UPPER), 0.8, "embed +\nposition", 3, current)
    _arrow(ax, (1.8, UPPER), (2.17, UPPER))
    _heads(ax, (2.17, UPPER), "self-\nattention", 4, current)
    _arrow(ax, (3.09, UPPER), (3.21, UPPER))
    _norm(ax, 3.34, UPPER, current)
    _arrow(ax, (3.47, UPPER), (3.59, UPPER))
    _feed_forward(ax, (3.59, UPPER), current)
    _arrow(ax, (4.5, UPPER), (4.62, UPPER))
    _norm(ax, 4.75, UPPER, current)
    down = LOWER - 0.97
    ax.plot([4.88, 5.25, 5.25, 4.07], [UPPER, UPPER, down, down], color=style.GREY, linewidth=1.2)
    _arrow(ax, (4.07, down - 0.01), (4.07, LOWER - 0.42))
    ax.text(5.34, down - 0.02, "memory", va="center", size=style.SMALL, color=style.GREY)


def _decoder(ax: Axes, current: int) -> None:
    _panel(ax, (2.0, LOWER - 0.78, 4.47, 1.3), "decoder × 6", 8, current)
    _words(ax, 0.5, LOWER, "target\nso far")
    _arrow(ax, (0.82, LOWER), (1.0, LOWER))
    _block(ax, (1.0, LOWER), 0.8, "embed +\nposition", 3, current)
    _arrow(ax, (1.8, LOWER), (2.17, LOWER))
    _heads(ax, (2.17, LOWER), "masked\nself-\nattention", 4, current)
    _arrow(ax, (3.09, LOWER), (3.21, LOWER))
    _norm(ax, 3.34, LOWER, current)
    _arrow(ax, (3.47, LOWER), (3.59, LOWER))
    _heads(ax, (3.59, LOWER), "cross-\nattention", 8, current)
    _arrow(ax, (4.51, LOWER), (4.63, LOWER))
    _norm(ax, 4.76, LOWER, current)
    _arrow(ax, (4.89, LOWER), (5.01, LOWER))
    _feed_forward(ax, (5.01, LOWER), current)
    _arrow(ax, (5.92, LOWER), (6.04, LOWER))
    _norm(ax, 6.17, LOWER, current)
    _arrow(ax, (6.3, LOWER), (6.62, LOWER))
    _block(ax, (6.62, LOWER), 0.72, "linear +\nsoftmax", 8, current)
    _arrow(ax, (7.34, LOWER), (7.5, LOWER))
    _words(ax, 7.82, LOWER, "next\nword")


def _recurrent(ax: Axes, current: int) -> None:
    """The model before: a chain, each step waiting for the one before it."""
    lit = current == 2
    left, y = 5.95, UPPER - 0.12
    _frame(ax, (left - 0.2, y - 0.66, 2.35, 1.16), lit, PANEL, PANEL_EDGE)
    for step in range(5):
        x = left + 0.17 + step * 0.4
        ax.add_patch(Circle((x, y + 0.14), 0.11, facecolor="white", edgecolor=style.GREY, linewidth=1.1))
        if step < 4:
            _arrow(ax, (x + 0.11, y + 0.14), (x + 0.29, y + 0.14))
    ax.text(left, y - 0.34, "before: one word", va="center", size=style.SMALL)
    ax.text(left, y - 0.14, "after another", va="center", size=style.SMALL)
    _badge(ax, left + 2.15, y - 0.66, 2, current)


def _training_loop(ax: Axes, current: int) -> None:
    """From the next word back under the whole machine, with an arrow up to whatever has weights."""
    lit = current == 9
    colour = style.VERMILLION if lit else style.GREY
    y = LOWER + 0.78
    ax.plot([7.82, 7.82, 1.4], [LOWER + 0.28, y, y], color=colour, linewidth=2.4 if lit else 1.2)
    for x, top in ((1.4, 0.28), (2.57, 0.52), (3.99, 0.52), (5.46, 0.52), (6.98, 0.28)):
        _arrow(ax, (x, y), (x, LOWER + top), colour)
    said = "training: compare with the right word, send the error back, change every weight; again"
    ax.text(4.5, y + 0.17, said, ha="center", va="center", size=style.SMALL)
    _badge(ax, 7.82, y, 9, current)


def _contents(ax: Axes, current: int) -> None:
    """The nine lessons in three columns, the current one set dark."""
    for n, name in enumerate(LESSONS, 1):
        column, row = divmod(n - 1, 3)
        x, y = 0.42 + column * 2.75, 4.1 + row * 0.28
        _badge(ax, x, y, n, current)
        lit = n == current
        ax.text(
            x + 0.2,
            y,
            name,
            va="center_baseline",
            size=12 if lit else style.TEXT,
            weight="bold" if lit else "normal",
            color=style.INK if lit else style.GREY,
        )


def _panel(ax: Axes, box: tuple[float, float, float, float], name: str, lesson: int, current: int) -> None:
    _frame(ax, box, lesson == current, PANEL, PANEL_EDGE)
    left, top, width, _ = box
    ax.text(left + 0.14, top + 0.17, name, va="center", size=style.TEXT)
    _badge(ax, left + width, top, lesson, current)


def _heads(ax: Axes, at: tuple[float, float], name: str, lesson: int, current: int) -> None:
    """An attention block: the front card is one head; the cards behind it are the others, lesson 5."""
    x, y = at
    for behind in (2, 1):
        shift = 0.06 * behind
        _frame(ax, (x + shift, y - 0.28 - shift, 0.8, 0.56), current == 5, "white", style.GREY)
    _block(ax, at, 0.8, name, lesson, current)
    _badge(ax, x + 0.92, y - 0.4, 5, current)


def _feed_forward(ax: Axes, at: tuple[float, float], current: int) -> None:
    x, y = at
    _frame(ax, (x, y - 0.36, 0.91, 0.72), current == 6, "white", style.GREY)
    ax.text(x + 0.455, y - 0.19, "feed-forward", ha="center", va="center", size=style.SMALL)
    _frame(ax, (x + 0.12, y - 0.04, 0.67, 0.3), current == 1, "white", style.GREY)
    ax.plot([x + 0.3, x + 0.45, x + 0.6], [y + 0.18, y + 0.18, y + 0.03], color=style.INK, linewidth=1.3)
    _badge(ax, x + 0.91, y - 0.36, 6, current)
    _badge(ax, x + 0.79, y + 0.26, 1, current)


def _norm(ax: Axes, x: float, y: float, current: int) -> None:
    """Add & norm: a circle with a plus."""
    lit = current == 6
    ax.add_patch(
        Circle(
            (x, y),
            0.13,
            facecolor=LIT if lit else "white",
            edgecolor=LIT_EDGE if lit else style.GREY,
            linewidth=1.2,
        )
    )
    ax.plot([x - 0.07, x + 0.07], [y, y], color=style.INK, linewidth=1.2)
    ax.plot([x, x], [y - 0.07, y + 0.07], color=style.INK, linewidth=1.2)


def _block(ax: Axes, at: tuple[float, float], width: float, name: str, lesson: int, current: int) -> None:
    x, y = at
    _frame(ax, (x, y - 0.28, width, 0.56), lesson == current, "white", style.GREY)
    ax.text(x + width / 2, y, name, ha="center", va="center", size=style.SMALL, linespacing=1.15)
    if lesson in (3, 4):
        _badge(ax, x, y - 0.28, lesson, current)


def _frame(ax: Axes, box: tuple[float, float, float, float], lit: bool, face: str, edge: str) -> None:
    left, top, width, height = box
    ax.add_patch(
        FancyBboxPatch(
            (left, top),
            width,
            height,
            "round,pad=0,rounding_size=0.06",
            facecolor=LIT if lit else face,
            edgecolor=LIT_EDGE if lit else edge,
            linewidth=1.8 if lit else 1,
            zorder=0.5 if face == PANEL else 1,
        )
    )


def _badge(ax: Axes, x: float, y: float, lesson: int, current: int) -> None:
    """The lesson's number: bright when it is the current one, grey when behind, open when ahead."""
    face = style.VERMILLION if lesson == current else style.GREY if lesson < current else "white"
    edge = style.VERMILLION if lesson == current else style.GREY
    ax.add_patch(Circle((x, y), 0.105, facecolor=face, edgecolor=edge, linewidth=1, zorder=5))
    ink = style.GREY if lesson > current else "white"
    ax.text(x, y, str(lesson), ha="center", va="center_baseline", size=style.SMALL, color=ink, zorder=6)


def _words(ax: Axes, x: float, y: float, text: str) -> None:
    ax.text(x, y, text, ha="center", va="center", size=style.TEXT, linespacing=1.15)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], colour: str = style.GREY) -> None:
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=7, shrinkA=0, shrinkB=0, color=colour, linewidth=1)
    )
