"""What the last position of a stack of causal convolutions sees, with controls for layers, kernel and dilation."""

from __future__ import annotations

import ipywidgets as W
from matplotlib.patches import Circle

from classroom.show import style
from classroom.show.controls import with_controls

WORDS = 28
MOST_LAYERS = 5


def receptive_field() -> None:
    """Show which words reach the last position of a stack of causal convolutions, through which cells."""
    layout = W.Layout(width="480px", max_width="100%")
    layers = W.IntSlider(value=3, min=1, max=MOST_LAYERS, description="layers", continuous_update=False, layout=layout)
    kernel = W.IntSlider(value=3, min=2, max=4, description="kernel k", continuous_update=False, layout=layout)
    kind = W.SelectionSlider(  # like its neighbours
        options=["plain", "dilated"], value="plain", description="taps", continuous_update=False, layout=layout
    )
    still = _draw(3, 3, "plain", "dilated")
    with_controls([layers, kernel, kind], _draw, _say, still, _alt())


def sees(layers: int, kernel: int, kind: str) -> list[set[int]]:
    """For the words and then each layer: how far back the cells stand that the last position is made of."""
    levels = [{0}]
    for layer in reversed(range(layers)):
        step = kernel**layer if kind == "dilated" else 1
        levels.append({back + tap * step for back in levels[-1] for tap in range(kernel)})
    return levels[::-1]


def _draw(layers: int, kernel: int, *kinds: str) -> bytes:
    """One panel, or one below the other for several kinds."""
    dot, row, left = 0.255, 0.44, 0.75
    each = 0.75 + row * layers + 0.2
    width, height = left + WORDS * dot + 0.3, each * len(kinds) + 0.1
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(height, 0))
        ax.axis("off")
        for number, kind in enumerate(kinds):
            floor = each * (number + 1) - 0.2
            levels = sees(layers, kernel, kind)
            ax.text(0.15, floor - row * layers - 0.4, f"{kind}: k = {kernel}, the last position sees {_seen(levels)}",
                    size=12, va="center")  # fmt: skip
            for level in range(layers + 1):
                y = floor - row * level
                ax.text(0.15, y, "words" if not level else f"layer {level}", va="center", size=style.SMALL,
                        color=style.GREY)  # fmt: skip
                if level:
                    step = kernel ** (level - 1) if kind == "dilated" else 1
                    for back in levels[level]:
                        for tap in range(kernel):
                            below = back + tap * step
                            if below < WORDS:
                                ax.plot([_x(left, dot, below), _x(left, dot, back)], [y + row, y], color=style.SKY,
                                        linewidth=1, zorder=1)  # fmt: skip
                for back in range(WORDS):
                    lit = back in levels[level]
                    ax.add_patch(Circle((_x(left, dot, back), y), 0.085, linewidth=0.8, zorder=2,
                                        facecolor=style.BLUE if lit else "white",
                                        edgecolor=style.BLUE if lit else style.RULE))  # fmt: skip
        return style.png(fig)


def _x(left: float, dot: float, back: int) -> float:
    return left + dot * (WORDS - back - 0.5)


def _seen(levels: list[set[int]]) -> str:
    reach = max(levels[0]) + 1
    return f"{reach} words" + (f" (drawn: {WORDS})" if reach > WORDS else "")


def _say(layers: int, kernel: int, kind: str) -> str:
    plain, dilated = (max(sees(layers, kernel, k)[0]) + 1 for k in ("plain", "dilated"))
    return f"{layers} layers of k = {kernel}: plain ones see <b>{plain}</b> words, dilated ones <b>{dilated}</b>."


def _alt() -> str:
    plain, dilated = (max(sees(3, 3, kind)[0]) + 1 for kind in ("plain", "dilated"))
    return (
        "Three layers of causal convolutions, k = 3, above a row of words, with a line from each cell to those below "
        f"that it is made of. Plain ones: the last position sees {plain} words. Dilated ones, whose taps stand 1, 3 "
        f"and 9 words apart: it sees {dilated}."
    )
