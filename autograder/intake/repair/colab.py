"""What Colab leaves behind in a notebook, dropped: its marks, its badge, and personal data of its run log."""

from __future__ import annotations

import re

from nbformat import NotebookNode

COLAB_CELL_KEYS = ("id", "colab", "colab_type", "outputId", "executionInfo", "base_uri", "height", "cellView")
COLAB_NOTEBOOK_KEYS = ("colab", "accelerator")
COLAB_MIME = "application/vnd.google.colaboratory"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
BADGE = re.compile(
    r"(<a href=\"https://colab\.research\.google\.com/[^>]*>)?\s*<img[^>]*colab-badge\.svg[^>]*>\s*(</a>)?"
)


def drop_badge(nb: NotebookNode, notes: list[str]) -> None:
    def is_badge(cell: NotebookNode) -> bool:
        added = cell.metadata.get("id") == "view-in-github" or "colab_type" in cell.metadata
        return cell.cell_type == "markdown" and added and _is_badge(cell.source.strip())

    kept = [cell for cell in nb.cells if not is_badge(cell)]
    if len(kept) != len(nb.cells):
        notes.append('The badge cell that Colab adds with "Save a copy in GitHub" was dropped.')
        nb.cells = kept


def _is_badge(source: str) -> bool:
    return len(source) < 2000 and bool(BADGE.fullmatch(source))  # longer ones would take their time


def drop_marks(nb: NotebookNode, notes: list[str]) -> None:
    found = personal = False
    for key in COLAB_NOTEBOOK_KEYS:
        found |= nb.metadata.pop(key, None) is not None
    for cell in nb.cells:
        personal |= "executionInfo" in cell.metadata
        for key in COLAB_CELL_KEYS:
            found |= cell.metadata.pop(key, None) is not None
        for output in cell.get("outputs", []):
            for part in ("data", "metadata"):
                holder = output.get(part) if isinstance(output, dict) else None
                for key in [k for k in holder if _is_colabs(k)] if isinstance(holder, dict) else []:
                    del holder[key]
                    found = True
    if personal:
        notes.append("Saved by Colab: personal data of its run log dropped.")
    elif found:
        notes.append("Saved by Colab: its own marks on the cells dropped.")


def _is_colabs(key: str) -> bool:
    return key.startswith(COLAB_MIME) or key == "colab"


def drop_stateless_widgets(nb: NotebookNode, notes: list[str]) -> None:
    widgets = nb.metadata.get("widgets")
    if widgets is None:
        return
    saved = widgets.get(WIDGET_STATE) if isinstance(widgets, dict) else None
    if isinstance(saved, dict) and isinstance(saved.get("state"), dict):
        return
    del nb.metadata["widgets"]
    notes.append("Saved widgets without their state: dropped, they cannot be shown.")
