"""A notebook as handed in, made fit for grading: what Colab and other editors leave behind is dropped."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.intake.repair import colab
from autograder.intake.repair.parse import AGAIN, Refused, parse, refuse_what_is_no_notebook
from autograder.intake.repair.structure import (
    forget_metadata,
    forget_outputs,
    give_ids,
    is_valid,
    join,
    mend_outputs,
    mend_structure,
)

__all__ = ["AGAIN", "Refused", "clean"]


def clean(text_or_bytes: str | bytes) -> tuple[NotebookNode, list[str]]:
    """A valid nbformat 4.5 notebook, and one plain sentence for each kind of repair made (none: it was fine).

    nbgrader's metadata, the sources, the order and the outputs of the cells are kept. Raises Refused, and nothing else
    whatever the file holds.
    """
    notes: list[str] = []
    raw = parse(text_or_bytes, notes)
    refuse_what_is_no_notebook(raw)
    repaired = mend_structure(raw, notes)
    nb = join(raw)
    colab.drop_badge(nb, notes)
    give_ids(nb, notes)  # before Colab's metadata.id goes: it may be the only trace of the cell's id
    colab.drop_marks(nb, notes)
    colab.drop_stateless_widgets(nb, notes)
    repaired |= mend_outputs(nb)
    if nb.nbformat_minor != 5:
        notes.append(f"Notebook format 4.{nb.nbformat_minor} brought to 4.5.")
        nb.nbformat_minor = 5
    for forget in (forget_outputs, forget_metadata):
        if not is_valid(nb):
            forget(nb)
            repaired = True
    if repaired:
        notes.append("Parts of the file that a notebook may not have (or lacked) were put right.")
    if not is_valid(nb):
        raise Refused("The notebook is damaged: its cells do not have the form that Jupyter asks for.", AGAIN)
    return nb, notes
