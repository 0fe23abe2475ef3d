"""The student's answers found in a submission and put into the released notebook."""

from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.utils import is_grade

from autograder.grading.found import DEFINED, Found, grade_id, is_answer, untouched

TOP_CELL = "repaired-before-grading"


def rebuild(master: NotebookNode, submission: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The released notebook `master` with the answers of `submission`, and a sentence for each repair.

    Cells with nbgrader metadata that are no answers come from the master, in the master's order. An answer
    is found by its grade_id (the last that was worked on wins), else by its cell id, else by what it defines, in one
    cell or several, or how alike it is to the stub, else by its place. Where its own cell is still the stub, it is
    looked for in cells of the student's own. One not found leaves the stub and is said loudly. Cells
    of the course without metadata are taken as the student left them. The student's own cells stay behind
    the course's cell they followed. The notes are also in `metadata.transformer_lessons` and in a first
    cell. Neither notebook given is changed.
    """
    given = [cell for cell in submission.cells if cell.get("id") != TOP_CELL]
    found = Found(master.cells, given)
    found.by_grade_id()
    found.by_cell_id()
    found.by_parts()
    found.by_source()
    found.by_place()
    found.beside_its_stub()
    own = found.own_cells()
    notes: list[str] = []
    cells: list[NotebookNode] = []
    added: list[NotebookNode] = []

    def add_own(theirs: list[NotebookNode]) -> None:
        copies = [_as_own(cell) for cell in theirs]
        cells.extend(copies)
        added.extend(copies)

    add_own(own[None])
    for index, original in enumerate(master.cells):
        candidates = [given[position] for position in found.positions[index]]
        parts = [given[position] for position in found.parts[index]]
        chosen = _joined(parts) if parts else _chosen(original, candidates)
        merged = _merged(original, chosen)
        if is_answer(original):  # an earlier copy runs before the one that counts
            earlier = [c for c in candidates if c is not chosen and not any(c is part for part in parts)]
            add_own([c for c in earlier if not untouched(c, original)])
            elsewhere = chosen is None and found.is_defined_in_another_answer(original)
            if elsewhere:  # the stub would undo it
                merged.source = "# The answer is in another cell of this notebook."
            many = 1 if parts else len(candidates)
            notes += _notes_on_answer(original, chosen, many, found.found_by(index), elsewhere, len(parts))
        cells.append(merged)
        add_own(own[index])
    notes += _notes_on_course_cells(master.cells, given, found.positions)
    notes += _notes_on_strangers(master.cells, given)

    rebuilt = deepcopy(master)
    rebuilt.metadata.pop("transformer_lessons", None)
    rebuilt.cells = cells
    _give_own_ids(added, taken={cell.get("id") for cell in master.cells} | {TOP_CELL})
    if notes:
        rebuilt.metadata["transformer_lessons"] = {"repairs": notes}
        rebuilt.cells.insert(0, _top_cell(notes))
    return rebuilt, notes


def _chosen(original: NotebookNode, candidates: list[NotebookNode]) -> NotebookNode | None:
    """The last of them that the student touched, else the last: a copy of the stub never beats an answer, nor does a
    copy into which something else was written."""
    touched = [cell for cell in candidates if not untouched(cell, original) and cell.source.strip()]
    wanted = set(DEFINED.findall(original.source)) if original.cell_type == "code" else set()
    whole = [cell for cell in touched if wanted <= set(DEFINED.findall(cell.source))]
    return (whole or touched or candidates or [None])[-1]


def _joined(parts: list[NotebookNode]) -> NotebookNode:
    whole = deepcopy(parts[0])
    whole.source = "\n\n".join(part.source for part in parts)
    for part in parts[1:]:
        if isinstance(part.get("attachments"), dict):
            whole["attachments"] = {**(whole.get("attachments") or {}), **deepcopy(part["attachments"])}
    return whole


def _merged(original: NotebookNode, chosen: NotebookNode | None) -> NotebookNode:
    """The master's cell, with the student's source where it is theirs to write. Outputs are left behind."""
    cell = deepcopy(original)
    theirs = is_answer(original) or not grade_id(original)
    if chosen is not None and theirs:
        cell.source = chosen.source
        if cell.cell_type != "code" and isinstance(chosen.get("attachments"), dict):
            cell["attachments"] = deepcopy(chosen["attachments"])
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    return cell


def _as_own(cell: NotebookNode) -> NotebookNode:
    """A cell of the student's own: its source, and no metadata that nbgrader or nbclient would obey."""
    kept = NotebookNode(cell_type=cell.cell_type, id=cell.get("id"), metadata=NotebookNode(), source=cell.source)
    if cell.cell_type == "code":
        kept.update(outputs=[], execution_count=None)
    elif isinstance(cell.get("attachments"), dict):
        kept["attachments"] = deepcopy(cell["attachments"])
    return kept


def _notes_on_answer(
    original: NotebookNode, chosen: NotebookNode | None, count: int, found_by: str, elsewhere: bool, parts: int
) -> list[str]:
    answer = f"The answer to `{grade_id(original)}`"
    if elsewhere:
        return [f"{answer} is not in its own cell but in another: that one counts; please check it."]
    if chosen is None:
        return [f"{answer} is missing from the file: 0 points, ask the student."]
    notes = []
    if count > 1:
        notes.append(f"{answer} was in the file {count} times: the last one that was worked on counts.")
    if found_by == "id":
        notes.append(f"{answer} had lost its mark: it was found by its cell id.")
    if found_by == "parts" and parts > 1:
        notes.append(
            f"{answer} was not in its own cell but in {parts} others: they were put together; please check it."
        )
    if found_by == "parts" and parts == 1:
        notes.append(f"{answer} was not in its own cell but in another: that one counts; please check it.")
    if found_by in ("source", "place"):
        notes.append(f"{answer} had lost its mark: it was found by what it holds or where it stands; please check it.")
    if chosen.cell_type != original.cell_type:
        notes.append(f"{answer} had become a cell of another kind: graded as {original.cell_type}.")
    return notes


def _notes_on_course_cells(
    master: list[NotebookNode], given: list[NotebookNode], positions: dict[int, list[int]]
) -> list[str]:
    """On the master's own cells that were deleted or changed (put back) or doubled (one kept)."""
    own = [(index, cell) for index, cell in enumerate(master) if not is_answer(cell)]
    gone = [cell for index, cell in own if not positions[index]]
    tests = [f"`{grade_id(cell)}`" for cell in gone if is_grade(cell)]
    others = [cell for cell in gone if not is_grade(cell) and (cell.cell_type == "code" or grade_id(cell))]
    kept = [(index, cell) for index, cell in own if grade_id(cell)]
    doubled = [f"`{grade_id(cell)}`" for index, cell in kept if len(positions[index]) > 1]
    changed = [
        f"`{grade_id(cell)}`"
        for index, cell in kept
        if is_grade(cell) and any(not untouched(given[position], cell) for position in positions[index])
    ]
    notes = []
    if tests:
        notes.append(f"Tests missing from the file were put back: {', '.join(tests)}.")
    if changed:
        notes.append(f"Tests that had been changed were put back as they were: {', '.join(changed)}.")
    if others:
        notes.append(f"Cells of the lesson missing from the file were put back: {len(others)}.")
    if doubled:
        notes.append(f"Cells of the course that were in the file more than once were kept once: {', '.join(doubled)}.")
    return notes


def _notes_on_strangers(master: list[NotebookNode], given: list[NotebookNode]) -> list[str]:
    known = {grade_id(cell) for cell in master}
    strangers = sum(grade_id(cell) not in known for cell in given if grade_id(cell))
    if not strangers:
        return []
    return [f"Cells marked as graded or as answers that this lesson does not have lost their mark: {strangers}."]


def _top_cell(notes: list[str]) -> NotebookNode:
    lines = "\n".join(f"- {note}" for note in notes)
    return new_markdown_cell(f"**What was repaired before grading**\n\n{lines}", id=TOP_CELL)


def _give_own_ids(added: list[NotebookNode], taken: set[str | None]) -> None:
    """The student's own cells whose id is missing or taken get another, the same each time."""
    for number, cell in enumerate(added):
        mark = cell.get("id")
        while not mark or mark in taken:
            mark = f"own-{number}" if mark != f"own-{number}" else f"own-{number}-{len(taken)}"
        cell["id"] = mark
        taken.add(mark)
