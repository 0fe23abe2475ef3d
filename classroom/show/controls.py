"""Pictures that answer to sliders and menus; a page without a live notebook shows a still in their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as W

from classroom.show import style


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

    def now() -> list:
        return [control.value for control in controls]

    first = draw(*now())
    picture = W.Image(value=first, format="png", layout=W.Layout(width=f"{style.css_width(first)}px", max_width="100%"))
    said = W.HTML(value=status(say(*now())))

    def redraw(_change: object) -> None:
        picture.value = draw(*now())
        said.value = status(say(*now()))

    for control in controls:
        control.observe(redraw, names="value")
    style.publish(still, alt, W.VBox([*controls, picture, said]))


def status(line: str) -> str:
    """A line of HTML that a screen reader reads out whenever it changes."""
    return f'<p role="status" style="margin:0;line-height:1.5">{line}</p>'
