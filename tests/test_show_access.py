"""The pictures for every eye and ear: colours that all tell apart, words that can be read, controls with names."""

from __future__ import annotations

import base64
import functools
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import ipywidgets as W
import nbformat
import numpy as np
import pytest
from every_picture import PICTURES
from matplotlib.artist import Artist
from matplotlib.cm import ScalarMappable
from matplotlib.collections import Collection
from matplotlib.colors import ListedColormap, to_hex, to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.authoring.lint import findings
from autograder.authoring.lint.colours import ratio_of
from autograder.authoring.lint.page import read
from classroom import show
from classroom.checking.questions import Finding
from classroom.checking.verdict import Line, Verdict
from classroom.show import style

OKABE_ITO = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
QUIET = {style.INK, style.GREY, style.RULE, style.MIST, style.WHITE}  # neither hue nor meaning
HUES = np.array([to_rgb(colour) for colour in OKABE_ITO | QUIET | set(style.WORDS_IN.values())])
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
MAPS = {style.MAGNITUDE.name, style.SIGNED.name}
LIVE = [
    "activation_explorer", "clock_hands", "decision_boundary", "gradient_by_depth", "layer_norm_explorer",
    "mask_explorer", "memory", "position_map", "rates", "receptive_field", "softmax_explorer", "stack_gradients",
    "timeline", "writing",
]  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """What a picture publishes: of every figure all that is drawn of it; its alt text; its widget or HTML, if any."""

    figures: list[list[Artist]]
    alt: str
    widget: W.Widget | None
    html: str


@functools.cache
def shown_by(name: str) -> Shown:
    """Draws everything, but makes no PNG of it, which would take most of the time."""
    figures, said = [], []

    def watched(figure: Figure, *_args, **_kwargs) -> bytes:
        figure.draw_without_rendering()  # here, in the course's look: ticks are made at need
        figures.append(list(seen(figure)))
        return DOT

    def publish(_png: bytes, alt: str, widget: W.Widget | None = None, html: str = "", **_kwargs) -> None:
        said.append((alt, widget, html))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(style, "png", watched)
        patch.setattr(style, "publish", publish)
        patch.setattr(style, "publish_again", lambda png, alt, *_args, **_kwargs: publish(png, alt))
        PICTURES[name]()
    assert figures and said
    return Shown(figures, *said[-1])


def seen(figure: Figure) -> Iterator[Artist]:
    """All that is drawn: not the grounds, and nothing of axes that are switched off or of axis lines that are."""
    hidden = {axes.patch for axes in figure.axes} | {figure.patch}
    for axes in figure.axes:
        if not axes.axison:
            hidden |= {*axes.xaxis.findobj(), *axes.yaxis.findobj(), *axes.spines.values()}
        for axis in (axes.xaxis, axes.yaxis):
            drawn_ticks = set(axis._update_ticks()) if axes.axison else set()
            hidden |= {part for tick in {*axis.majorTicks, *axis.minorTicks} - drawn_ticks for part in tick.findobj()}
    for artist in figure.findobj(lambda one: one.get_visible()):
        if artist not in hidden and not (isinstance(artist, Text) and not artist.get_text().strip()):
            yield artist


def colours(artist: Artist) -> Iterator[str]:
    """The colours an artist is drawn in, opaque; of a picture made by a colour map none."""
    if is_mapped(artist):
        given = []
    elif isinstance(artist, Line2D):
        given = [artist.get_color()] if artist.get_linestyle() != "None" else [artist.get_markerfacecolor()]
    elif isinstance(artist, Patch):
        given = [artist.get_facecolor()] * artist.get_fill() + [artist.get_edgecolor()] * bool(artist.get_linewidth())
    elif isinstance(artist, Collection):
        given = [*artist.get_facecolor(), *artist.get_edgecolor()]
    elif isinstance(artist, Text):
        given = [artist.get_color()]
    else:
        given = []
    yield from (to_hex(colour) for colour in given if to_rgba(colour)[3] > 0)


def test_every_picture_of_the_course_is_looked_at():
    assert set(PICTURES) == set(show.__all__)


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_has_no_colours_but_those_that_every_reader_tells_apart(name):
    for artists in shown_by(name).figures:
        for artist in artists:
            if is_mapped(artist):
                assert artist.get_cmap().name in MAPS or is_listed(artist.get_cmap()), artist
            for colour in colours(artist):
                assert is_of_the_course(colour), (artist, colour)


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_words_in_a_picture_can_be_read_on_their_ground(name):
    """White words stand on cells whose colour a map chooses: the next test."""
    for artists in shown_by(name).figures:
        for text in artists:
            if isinstance(text, Text) and to_hex(text.get_color()) != style.WHITE:
                assert ratio_of(to_hex(text.get_color()), style.WHITE) >= 4.5, text
                assert text.get_fontsize() >= style.SMALL - 1 or text.get_text().startswith("$"), text


def is_of_the_course(colour: str) -> bool:
    """One of the hues, or one of them mixed with white (to four of 255 steps): a ground for dark words."""
    missing = 1 - np.array(to_rgb(colour))  # what it lacks to white, as a share of what a hue lacks
    share = missing.max() / np.maximum((1 - HUES).max(axis=1), 1e-9)
    return bool((np.abs(share[:, None] * (1 - HUES) - missing).max(axis=1) < 0.016)[share <= 1].any())


def is_listed(colour_map) -> bool:
    """The few levels of a drawing of lines, each in one colour of the course."""
    return isinstance(colour_map, ListedColormap) and all(is_of_the_course(to_hex(one)) for one in colour_map.colors)


def test_a_colour_is_told_from_those_of_the_course():
    assert all(map(is_of_the_course, ["#0072B2", "#ffffff", "#A8CFE5", "#faf6c0", style.INK]))
    assert not any(map(is_of_the_course, ["#ff0000", "#1f77b4", "#a8e5cf", "#00ff00"]))


def test_numbers_on_the_colour_of_a_weight_can_be_read():
    for weight in np.linspace(0, 1, 256):
        ground = style.MAGNITUDE(float(weight))
        assert ratio_of(style.ink_on(ground), to_hex(ground)) >= 4.5


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_signed_map_has_its_key_beside_it(name):
    for artists in shown_by(name).figures:
        mapped = [one for one in artists if is_mapped(one) and one.get_cmap().name == style.SIGNED.name]
        assert not mapped or any(is_key(one) for one in mapped), "what does the colour mean?"


def is_mapped(artist: Artist) -> bool:
    return isinstance(artist, ScalarMappable) and artist.get_array() is not None


def is_key(artist: Artist) -> bool:
    """A strip that shows the whole map once, or the scale of a colour bar."""
    return artist.axes.get_label() == "<colorbar>" or 1 in np.asarray(artist.get_array()).shape[:2]


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_alt_text_says_what_is_shown_and_html_beside_the_picture_breaks_no_rule(name, tmp_path):
    shown = shown_by(name)
    assert len(shown.alt.split()) > 10, shown.alt
    assert not re.search(r"\bnan\b|None|<|\[\[", shown.alt)
    if shown.html:
        output = new_output("display_data", {"text/html": shown.html})
        cells = [new_markdown_cell("# A picture"), new_code_cell("show()", outputs=[output])]
        nbformat.write(new_notebook(cells=cells), tmp_path / "page.ipynb")
        assert [str(found) for found in findings(read(tmp_path / "page.ipynb", True), "it")] == []


def controls(box: W.Widget) -> Iterator[W.Widget]:
    for child in getattr(box, "children", ()):
        yield from controls(child)
        if not isinstance(child, W.Box | W.HTML):
            yield child


@pytest.mark.parametrize("name", LIVE)
def test_every_control_has_a_name_and_the_live_picture_says_what_it_shows(name):
    box = shown_by(name).widget
    assert list(controls(box)), "nothing to move"
    for control in controls(box):
        assert control.description.strip(), control
    pages = [child for child in box.children if isinstance(child, W.HTML)]
    [picture] = [page for page in pages if "<img" in page.value]
    [said] = [page for page in pages if 'role="status"' in page.value]
    alt = html.unescape(re.search(r'alt="([^"]*)"', picture.value)[1])
    words = html.unescape(re.sub(r"<[^>]+>", "", said.value))
    assert alt == words and len(alt.split()) > 4
    sliders = sum("Slider" in type(control).__name__ for control in controls(box))
    assert ("onload=" in picture.value) == bool(sliders) and f"named < {sliders}" in html.unescape(picture.value)


def test_which_pictures_are_live_is_known():
    live = {name for name in PICTURES if shown_by(name).widget is not None}
    assert sorted(live) == LIVE


def test_what_a_check_says_can_be_read_on_a_light_page_and_on_a_dark_one():
    lines = (Line("shapes", True), Line("values", False), Line("rows", None))
    finding = Finding("`weights[0]` is off.", "0.5", "0.7")
    wrong = Verdict("scores", lines, finding, "q = [1]", (("a", "a mistake", "look at `dim`"),), "printed")
    for verdict in (wrong, Verdict("scores", lines[:1])):
        page = verdict.html()
        written = re.findall(r"background:(#\w+);color:(#\w+)", page)
        assert len(written) == page.count("font-weight:bold") == len(verdict.lines)
        assert all(ratio_of(ground, "#ffffff") >= 4.5 and ink == "#fff" for ground, ink in written)
        assert len(re.findall(r"(?<!background:)(?<!solid )#\w{3,6}\b", page)) == len(written), (
            "a colour without ground"
        )
        faint = [float(part) for part in re.findall(r"opacity:([.\d]+)", page)]
        # JupyterLab's own words, .87 black on white and white on #111, at this opacity
        assert faint and all(ratio_of(mixed(0.87 * part, 255, 0), "#ffffff") >= 4.5 for part in faint)
        assert all(ratio_of(mixed(part, 17, 255), "#111111") >= 4.5 for part in faint)


def mixed(share: float, ground: int, ink: int) -> str:
    """Grey ink of this opacity on a grey ground."""
    grey = round(ground + share * (ink - ground))
    return f"#{grey:02x}{grey:02x}{grey:02x}"
