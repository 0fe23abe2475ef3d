"""`progress()`: the map of the course, lit as far as one has come."""

from __future__ import annotations

import base64
import html

from classroom import passed
from classroom.checking import records
from classroom.keep import folder as kept
from classroom.keep import record


def progress() -> None:
    """Show the map of the course with what has passed its check, in this session or in an earlier one on this machine.

    What has passed is written down in `kept/passed.jsonl`, which `keep.download()`, `keep.to_drive()` and
    `keep.restore()` take along. A check that has passed once stays passed there. Nothing is shown at grading.
    """
    if not kept.allowed():
        return
    from classroom.show import course_map, style  # here, since it brings matplotlib along

    done = _done()
    drawn, alt = style.png(course_map.draw_progress(done)), course_map.alt_progress(done)
    data = base64.b64encode(drawn).decode()
    style.publish(
        drawn,
        alt,
        # For JupyterLab, which gives a plain PNG no alt text.
        html=f'<img alt="{html.escape(alt)}" width="{style.css_width(drawn)}" style="max-width:100%;height:auto" '
        f'src="data:image/png;base64,{data}">',
    )


def _done() -> dict[int, tuple[int, int]]:
    """Lesson -> how many of its checks have passed, and how many there are."""
    held = passed.passed() | record.remembered().keys()
    found = {}
    for lesson in records.lessons():
        checks = {name for name, place in records.names().items() if place == lesson}
        found[int(lesson[:2])] = len(checks & held), len(checks)
    return found
