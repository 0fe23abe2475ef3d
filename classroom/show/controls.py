"""Pictures that answer to sliders and menus; a page without a live notebook shows a still in their place."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

import ipywidgets as W

from classroom.show import style

# A notebook has commands on single keys: the arrows select cells, Enter writes in one, b adds one. Notebook 7 takes
# these keys from every control that has the focus, JupyterLab from menus. A control with this mark keeps them; while
# Ctrl, Shift, Alt or Cmd is held the mark is off, so that Shift+Enter still runs the cell and Ctrl+S saves.
_OWN_KEYS = """
(function own(box) {
  if (!box || box.dataset.ownKeys) return;
  box.dataset.ownKeys = 'yes';
  const mark = event => event.target.toggleAttribute('data-lm-suppress-shortcuts',
    !(event.ctrlKey || event.shiftKey || event.altKey || event.metaKey));
  ['focusin', 'keydown', 'keyup'].forEach(kind => box.addEventListener(kind, mark));
})(this.closest('.widget-vbox'));
"""

# ipywidgets 7 and 8 write a slider's name beside it, but give none to the handle, which is what a screen reader reads;
# of a slider over a list it reads the number of the choice. So the picture, which is loaded anew whenever a control
# has moved, hands the handles around it the words that stand beside them. Sliders may be drawn later than it is.
_NAME_SLIDERS = """
(function name(picture, tries) {
  const box = picture.closest('.widget-vbox');
  const sliders = box ? [...box.querySelectorAll('.widget-slider, .widget-hslider')] : [];
  sliders.forEach(slider => {
    const handle = slider.querySelector('.noUi-handle, .ui-slider-handle');
    const [label, readout] = ['.widget-label', '.widget-readout'].map(part => slider.querySelector(part));
    if (!handle || !label || !readout) return;
    handle.setAttribute('role', 'slider');
    handle.setAttribute('aria-label', label.textContent);
    handle.setAttribute('aria-valuetext', readout.textContent);
    if (!handle.hasAttribute('aria-valuenow')) handle.setAttribute('aria-valuenow', parseFloat(readout.textContent));
  });
  const named = sliders.filter(slider => slider.querySelector('[role=slider][aria-label]')).length;
  if (tries && named < SLIDERS) setTimeout(() => name(picture, tries - 1), 100);
})(this, 50)
"""


def with_controls(
    controls: Sequence[W.ValueWidget],
    draw: Callable[..., bytes],
    say: Callable[..., str],
    still: bytes,
    alt: str,
) -> None:
    """Show a picture that is drawn anew whenever one of its controls is moved.

    controls: sliders or menus; their values are handed to `draw` and `say` in this order.
    draw: the PNG for these values. say: what it shows, as one line of HTML, read out by a screen reader when it
    changes. still, alt: the PNG for pages without a live notebook, and its alt text.
    """
    sliders = sum("Slider" in type(control).__name__ for control in controls)

    def now() -> tuple[str, str]:
        values = [control.value for control in controls]
        line = say(*values)
        return drawn_html(draw(*values), line, sliders), status(line)

    picture, said = (W.HTML(value=value) for value in now())

    def redraw(_change: object) -> None:
        picture.value, said.value = now()

    for control in controls:
        control.observe(redraw, names="value")
    style.publish(still, alt, W.VBox([*controls, picture, said]))


def drawn_html(drawn: bytes, line: str, sliders: int = 0, width: int = 0) -> str:
    """A picture for W.HTML (W.Image knows no alt text). line: what it shows, as one line of HTML.

    sliders: how many stand in the same box; they are named for a screen reader and keep their keys. width: in CSS
    pixels, of an SVG; a PNG has its own.
    """
    alt = html.unescape(re.sub(r"<[^>]+>", "", line))
    names = html.escape(" ".join((_OWN_KEYS + _NAME_SLIDERS.replace("SLIDERS", str(sliders))).split()), quote=True)
    return style.picture_html(drawn, alt, f' onload="{names}"' if sliders else "", width)


def status(line: str) -> str:
    """A line of HTML that a screen reader reads out whenever it changes."""
    return f'<p role="status" style="margin:0;line-height:1.5">{line}</p>'
