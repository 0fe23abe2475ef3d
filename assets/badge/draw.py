"""Rebuild open_in_colab.png, our own drawing: python assets/badge/draw.py.

It stands at the top of a published lesson and in the student's README. Its alt text is what it says. (CC BY 4.0)
"""

from __future__ import annotations

import sys
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

HERE = Path(__file__).resolve().parent
if str(HERE.parents[1]) not in sys.path:
    sys.path.insert(0, str(HERE.parents[1]))

from classroom.show import style  # noqa: E402


def draw() -> Figure:
    """One box with three words: small, since a notebook shows a picture pixel by pixel."""
    width, height = 1.32, 0.28
    with style.figure(width, height) as fig:
        ax = fig.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, width), ylim=(0, height))
        ax.axis("off")
        look = {"facecolor": "white", "edgecolor": style.BLUE, "linewidth": 1.2}
        ax.add_patch(FancyBboxPatch((0.03, 0.03), 1.26, 0.22, "round,pad=0,rounding_size=0.06", **look))
        said = {"ha": "center", "va": "center_baseline", "size": style.SMALL, "color": style.WORDS_IN[style.BLUE]}
        ax.text(width / 2, height / 2 - 0.005, "Open in Colab", **said)
        return fig


if __name__ == "__main__":
    (HERE / "open_in_colab.png").write_bytes(style.png(draw()))
