"""07_hidden.png: what becomes of the words that are chosen to be guessed, as BERT has it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from classroom.show import style

ALT = (
    "A sentence in three rows. The tokens: <bos> the hungry dog ate the apple <eos>. The inputs: <bos> the <mask> dog "
    "ate door apple <eos>. To be guessed: hungry, which became the mask (8 in 10); ate, which was left as it is (1 in "
    "10); and the second the, which became the random word door (1 in 10). At all other places the label is -100."
)
TOKENS = ("<bos>", "the", "hungry", "dog", "ate", "the", "apple", "<eos>")
INPUTS = ("<bos>", "the", "<mask>", "dog", "ate", "door", "apple", "<eos>")
FATES = {2: ("the mask", "8 in 10", style.VERMILLION), 4: ("left as it is", "1 in 10", style.BLUE),
         5: ("a random word", "1 in 10", style.GREEN)}  # fmt: skip
LEFT, WIDE, ROW = 1.25, 0.88, 0.55


def draw() -> Figure:
    """Three rows of boxes, and under each chosen word what became of it."""
    width, height = LEFT + WIDE * len(TOKENS) + 0.1, 2.3
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        for row, (name, words) in enumerate((("tokens", TOKENS), ("inputs", INPUTS), ("labels", None))):
            y = 0.35 + ROW * row
            ax.text(LEFT - 0.15, y, name, ha="right", va="center", size=12)
            for place, token in enumerate(TOKENS):
                colour = FATES[place][2] if place in FATES else None
                word = words[place] if words else token if place in FATES else "-100"
                _box(ax, LEFT + WIDE * place, y, word, colour)
        for place, (fate, often, colour) in FATES.items():
            x, y = LEFT + WIDE * (place + 0.46), 0.35 + ROW * 2 + 0.45
            shift = 0.12 if place == 5 else -0.12 if place == 4 else 0
            ax.text(x + shift, y, fate, ha="center", va="center", size=style.SMALL, color=style.WORDS_IN[colour])
            ax.text(x + shift, y + 0.24, often, ha="center", va="center", size=style.SMALL, color=style.GREY)
        return fig


def _box(ax: Axes, x: float, y: float, word: str, colour: str | None) -> None:
    edge, heavy = (colour, 2.0) if colour else (style.RULE, 1.0)
    shape = "round,pad=0,rounding_size=0.06"
    box = FancyBboxPatch((x, y - 0.19), WIDE - 0.08, 0.38, shape, facecolor="white", edgecolor=edge, linewidth=heavy)
    ax.add_patch(box)
    quiet = style.GREY if word == "-100" else style.INK
    ax.text(x + (WIDE - 0.08) / 2, y, word, ha="center", va="center", size=12, color=quiet)
