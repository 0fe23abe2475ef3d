"""The one look of every picture in the course, and the one way a picture reaches the notebook.

A picture is a PNG with alt text. In a live notebook a widget may stand in its place; GitHub, feedback pages
and screen readers get the PNG and its alt text from the same output.
"""

from __future__ import annotations

import base64
import html as markup
import io
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image  # matplotlib brings it

# Okabe and Ito's colours, told apart by readers who do not see red and green as different.
BLACK = "#000000"
WHITE = "#ffffff"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
LINES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
# The same hues for words, dark enough to read on white (4.5 to 1 and more).
WORDS_IN = {
    BLUE: BLUE,
    VERMILLION: "#B34E00",
    GREEN: "#007A5A",
    PURPLE: "#A14A7B",
    ORANGE: "#8F6200",
    SKY: "#1F73A3",
}

INK = "#222222"  # text and outlines
GREY = "#5F5F5F"  # second thoughts: units, captions; 6 to 1 on white
RULE = "#B5B5B5"  # axes and connecting lines
MIST = "#ECECEC"  # an empty cell, an unlit region
MAGNITUDE = matplotlib.colormaps["cividis"]
SIGNED = matplotlib.colormaps["PuOr_r"]  # below 0 purple, 0 white, above 0 orange; told apart by all readers

DPI = 144
SMALL, TEXT, TITLE = 10, 11, 13  # points; nothing is set smaller than SMALL

LOOK = {
    "font.family": ["STIXGeneral"],  # a book face that comes with matplotlib, so it is the same everywhere
    "mathtext.fontset": "stix",
    "font.size": TEXT,
    "text.color": INK,
    "axes.titlesize": TITLE,
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": TEXT,
    "axes.labelcolor": INK,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """A Figure of width x height inches in the course's look, off pyplot: draw inside the `with`."""
    with _look():
        yield Figure(figsize=(width, height))


def png(fig: Figure, colours: int = 256, dpi: int = DPI) -> bytes:
    """The PNG of a figure, with a palette (a third of the size). One machine, one drawing: the same bytes."""
    drawn, store = io.BytesIO(), io.BytesIO()
    with _look():
        fig.savefig(drawn, format="png", dpi=dpi, metadata={"Software": None})
    drawing = Image.open(drawn).convert("RGB")
    small = drawing.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(store, format="png", optimize=True)
    return store.getvalue()


@contextmanager
def _look() -> Iterator[None]:
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a student's own rcParams do not change the course's pictures
        matplotlib.rcParams.update(LOOK)
        yield


def publish(png_bytes: bytes, alt: str, widget=None, html: str = "") -> None:
    """Show one output: the picture, its alt text and, where one is given, the widget for a live notebook, or a piece
    of HTML for every page that shows HTML (for words that the picture's typeface does not have, or for a picture that
    answers to a hand; with a style sheet it should bring the picture along for pages that strip that). Without either,
    the HTML is the picture with its alt text: JupyterLab shows a PNG of an output without one.

    Outside IPython there is nowhere to show a picture, so the alt text is printed.
    """
    if not InteractiveShell.initialized():
        print(alt)
        return
    bundle = _bundle(png_bytes, alt)
    if html or widget is None:
        bundle["text/html"] = html or picture_html(png_bytes, alt)
    if widget is not None:
        bundle["application/vnd.jupyter.widget-view+json"] = {
            "version_major": 2,
            "version_minor": 0,
            "model_id": widget.model_id,
        }
    display(bundle, metadata=_metadata(png_bytes, alt), raw=True)


def publish_again(png_bytes: bytes, alt: str, place: str, first: bool, last: bool) -> None:
    """Show a picture that is drawn anew while something runs: the `first` time as an output of its own, then in its
    place, which `place` names. Outside IPython the alt text of the last one is printed."""
    if not InteractiveShell.initialized():
        if last:
            print(alt)
        return
    bundle = _bundle(png_bytes, alt) | {"text/html": picture_html(png_bytes, alt)}
    display(bundle, metadata=_metadata(png_bytes, alt), raw=True, display_id=place, update=not first)


def picture_html(drawn: bytes, alt: str, more: str = "", width: int = 0) -> str:
    """A picture with its alt text, as HTML. more: attributes. width: in CSS pixels, of an SVG; a PNG has its own."""
    kind = "image/svg+xml" if width else "image/png"
    return (
        f'<img alt="{markup.escape(alt, quote=True)}"{more} '
        f'style="display:block;width:{width or css_width(drawn)}px;max-width:100%;height:auto;margin:0" '
        f'src="data:{kind};base64,{base64.b64encode(drawn).decode()}">'
    )


def _bundle(png_bytes: bytes, alt: str) -> dict[str, object]:
    return {"image/png": base64.b64encode(png_bytes).decode("ascii"), "text/plain": alt}


def _metadata(png_bytes: bytes, alt: str) -> dict[str, object]:
    return {"image/png": {"alt": alt, "width": css_width(png_bytes)}}


def ink_on(colour: Sequence[float]) -> str:
    """Black or white, whichever is read more easily on a colour (red, green, blue, ..., each from 0 to 1): 4.5 to 1 and
    more, by WCAG's formula."""
    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    luminance = sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))
    return BLACK if luminance > 0.179 else WHITE


def css_width(png_bytes: bytes) -> int:
    """The width, in CSS pixels (96 to the inch), at which text in the PNG has the size it was set in."""
    (pixels,) = struct.unpack(">I", png_bytes[16:20])
    return round(pixels * 96 / DPI)


def blank(ax: Axes) -> None:
    """Take the frame, the ticks and the tick labels off an axes that is a drawing, not a plot."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)


def array(numbers, dims: int, name: str) -> np.ndarray:
    """The numbers (a tensor on any device, an array or a list) as float64 numpy of `dims` dimensions.

    Leading dimensions of size 1 are dropped, so that a batch of one sentence can be drawn as it is.
    """
    if hasattr(numbers, "detach"):
        numbers = numbers.detach().cpu().double().numpy()
    found = np.asarray(numbers, dtype=float)
    drawn = found
    while drawn.ndim > dims and drawn.shape[0] == 1:
        drawn = drawn[0]
    if drawn.ndim != dims:
        raise ValueError(f"{name} should have {dims} dimension{'s' if dims > 1 else ''}, not shape {found.shape}")
    return drawn


def words_for(words: Sequence[str] | None, length: int, name: str) -> list[str]:
    """The words as they are written on an axis; their positions (from 0) where no words are given."""
    if words is None:
        return [str(position) for position in range(length)]
    if len(words) != length:
        raise ValueError(f"{name}: {len(words)} words for {length} positions")
    return [plain(word) for word in words]


def plain(word: object) -> str:
    """A word as text that matplotlib does not read as mathematics."""
    return str(word).replace("$", r"\$")


def named(words: Sequence[str] | None, position: int) -> str:
    """How a sentence names a word: the word in quotes, with its position where the word occurs twice."""
    if words is None:
        return f"word {position}"
    word = words[position]
    return f"“{word}”" if list(words).count(word) == 1 else f"“{word}” (word {position})"
