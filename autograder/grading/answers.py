"""The student's answers found in a submission and put into the released notebook."""

import re
from collections import defaultdict
from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.utils import is_grade, is_solution
from rapidfuzz import fuzz

ALIKE = 0.6  # similarity of sources from which a cell without metadata is taken for an answer
SAME = 0.9  # ... for a copy of one of the course's own locked cells
TOP_CELL = "repaired-before-grading"
DEFINED = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)


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
    found = _Found(master.cells, given)
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
        if _is_answer(original):  # an earlier copy runs before the one that counts
            earlier = [c for c in candidates if c is not chosen and not any(c is part for part in parts)]
            add_own([c for c in earlier if not _untouched(c, original)])
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


class _Found:
    """Which cells of a submission stand for which cell of the master."""

    def __init__(self, master: list[NotebookNode], given: list[NotebookNode]):
        self.master, self.given = master, given
        self.positions: dict[int, list[int]] = defaultdict(list)  # index in master -> positions in given
        self.how: dict[int, str] = {}  # position in given -> grade_id | id | source | place | parts
        self.parts: dict[int, list[int]] = defaultdict(
            list
        )  # index in master -> the cells that are its answer together
        self.masters = {cell.source.strip() for cell in master}

    def _take(self, index: int, position: int, how: str) -> None:
        self.positions[index].append(position)
        self.how[position] = how

    def by_grade_id(self) -> None:
        index_of = {_grade_id(cell): index for index, cell in enumerate(self.master) if _grade_id(cell)}
        for position, cell in enumerate(self.given):
            index = index_of.get(_grade_id(cell))
            if index is not None:
                self._take(index, position, "grade_id")

    def by_cell_id(self) -> None:
        index_of = {cell.get("id"): index for index, cell in enumerate(self.master) if cell.get("id")}
        for position, cell in reversed(list(enumerate(self.given))):
            index = index_of.get(cell.get("id"))
            if index is not None and position not in self.how and not self.positions[index]:
                self._take(index, position, "id")

    def by_parts(self) -> None:
        """An answer that is not in its own cell is in those cells of the student's own that define it: in one, or, if
        it was split, in several. Of two that define the same the last counts."""
        for index, original in enumerate(self.master):
            wanted = set(DEFINED.findall(original.source)) if _is_answer(original) else set()
            if original.cell_type != "code" or not wanted or self._is_worked_on(index):
                continue
            taken: list[int] = []
            for position in reversed(range(len(self.given))):
                defined = (
                    wanted & set(DEFINED.findall(self.given[position].source)) if self._is_own(position) else set()
                )
                if defined:
                    taken.insert(0, position)
                    wanted -= defined
            if wanted or not taken:
                continue
            if len(taken) == 1 and not self.positions[index]:
                self._take(index, taken[0], "source")
            else:
                self._take_parts(index, taken)

    def beside_its_stub(self) -> None:
        """A written answer below the cell that was meant for it, which still holds the stub."""
        for index, original in enumerate(self.master):
            positions = self.positions[index]
            if original.cell_type == "code" or not _is_answer(original) or not positions or self._is_worked_on(index):
                continue
            position = positions[-1] + 1
            taken = []
            while position < len(self.given) and position not in self.how:
                if self.given[position].cell_type == original.cell_type and self._is_own(position):
                    taken.append(position)
                position += 1
            if taken:
                self._take_parts(index, taken)

    def _take_parts(self, index: int, positions: list[int]) -> None:
        self.parts[index] = positions
        for position in positions:
            self._take(index, position, "parts")

    def _is_worked_on(self, index: int) -> bool:
        given = [self.given[position] for position in self.positions[index]]
        return any(cell.source.strip() and not _untouched(cell, self.master[index]) for cell in given)

    def _is_own(self, position: int) -> bool:
        """Neither found to be a cell of the course, nor a copy of one."""
        source = self.given[position].source.strip()
        return position not in self.how and bool(source) and source not in self.masters

    def by_source(self) -> None:
        """The closest pairs first; of equally close ones the last, with which the student ended."""
        pairs = []
        for index, original in enumerate(self.master):
            if self.positions[index]:
                continue
            free = _is_answer(original) or not _grade_id(original)
            for position, cell in enumerate(self.given):
                if position not in self.how and (cell.cell_type == original.cell_type or _is_answer(original)):
                    alike = _alike(original, cell)
                    if alike >= (ALIKE if free else SAME):
                        pairs.append((alike, not _untouched(cell, original), position, index))
        for _, _, position, index in sorted(pairs, reverse=True):
            if position not in self.how and not self.positions[index]:
                self._take(index, position, "source")

    def by_place(self) -> None:
        """An answer may share no word with its stub: it is the only cell of its kind of their own in its place."""
        for index, original in enumerate(self.master):
            if self.positions[index] or not _is_answer(original):
                continue
            before = [p for i in range(index) for p in self.positions[i]]
            after = [p for i in range(index + 1, len(self.master)) for p in self.positions[i]]
            gap = range(max(before, default=-1) + 1, min(after, default=len(self.given)))
            own = [p for p in gap if self.given[p].cell_type == original.cell_type and self._is_own(p)]
            if len(own) == 1:
                self._take(index, own[0], "place")

    def found_by(self, index: int) -> str:
        if self.parts[index]:
            return "parts"
        return self.how[self.positions[index][0]] if self.positions[index] else ""

    def is_defined_in_another_answer(self, original: NotebookNode) -> bool:
        wanted = set(DEFINED.findall(original.source))
        theirs = (cell.source for cell in self.given if cell.source.strip() not in self.masters)
        return bool(wanted) and wanted <= {name for source in theirs for name in DEFINED.findall(source)}

    def own_cells(self) -> dict[int | None, list[NotebookNode]]:
        """Index of the master's cell they follow (None: they come first) -> cells the student added."""
        index_of = {position: index for index, positions in self.positions.items() for position in positions}
        own: dict[int | None, list[NotebookNode]] = defaultdict(list)
        stubs = {cell.source.strip() for cell in self.master if _is_answer(cell)}  # a copy would undo an answer
        last: int | None = None
        for position, cell in enumerate(self.given):
            if position in index_of:
                last = index_of[position]
            elif cell.source.strip() and cell.source.strip() not in stubs:
                own[last].append(cell)
        return own


def _grade_id(cell: NotebookNode) -> str | None:
    meta = cell.metadata.get("nbgrader")
    grade_id = meta.get("grade_id") if isinstance(meta, dict) else None
    return grade_id if isinstance(grade_id, str) and grade_id else None


def _is_answer(cell: NotebookNode) -> bool:
    return bool(is_solution(cell)) and _grade_id(cell) is not None


def _untouched(cell: NotebookNode, original: NotebookNode) -> bool:
    return cell.source.strip() == original.source.strip()


def _alike(original: NotebookNode, cell: NotebookNode) -> float:
    """How alike two sources are, 0 to 1; an answer that defines all that the stub defines is surely it."""
    if original.cell_type == cell.cell_type == "code" and _is_answer(original):
        wanted = set(DEFINED.findall(original.source))
        if wanted and wanted <= set(DEFINED.findall(cell.source)):
            return 1.0
    return fuzz.ratio(original.source.strip(), cell.source.strip(), score_cutoff=100 * ALIKE) / 100


def _chosen(original: NotebookNode, candidates: list[NotebookNode]) -> NotebookNode | None:
    """The last of them that the student touched, else the last: a copy of the stub never beats an answer."""
    touched = [cell for cell in candidates if not _untouched(cell, original) and cell.source.strip()]
    return (touched or candidates or [None])[-1]


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
    theirs = _is_answer(original) or not _grade_id(original)
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
    answer = f"The answer to `{_grade_id(original)}`"
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
    own = [(index, cell) for index, cell in enumerate(master) if not _is_answer(cell)]
    gone = [cell for index, cell in own if not positions[index]]
    tests = [f"`{_grade_id(cell)}`" for cell in gone if is_grade(cell)]
    others = [cell for cell in gone if not is_grade(cell) and (cell.cell_type == "code" or _grade_id(cell))]
    kept = [(index, cell) for index, cell in own if _grade_id(cell)]
    doubled = [f"`{_grade_id(cell)}`" for index, cell in kept if len(positions[index]) > 1]
    changed = [
        f"`{_grade_id(cell)}`"
        for index, cell in kept
        if is_grade(cell) and any(not _untouched(given[position], cell) for position in positions[index])
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
    known = {_grade_id(cell) for cell in master}
    strangers = sum(_grade_id(cell) not in known for cell in given if _grade_id(cell))
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
