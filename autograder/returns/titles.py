"""What lessons and exercises are called."""

from __future__ import annotations

import re

from nbformat import NotebookNode


def lesson_title(nb: NotebookNode) -> str:
    """The first heading of a notebook; "" where it has none."""
    headings = (re.search(r"^#\s+(.+)$", c.source, re.M) for c in nb.cells if c.cell_type == "markdown")
    return next((found[1].strip() for found in headings if found), "")


def exercise_title(grade_id: str) -> str:
    """`test_attention` and `check-attention` are the exercise `attention`."""
    return re.sub(r"^(tests?|checks?)[_-]+", "", grade_id) or grade_id
