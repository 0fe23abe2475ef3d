"""Which cells of a submission are the answers, and which the lesson's own."""

import re
from collections import defaultdict

from nbformat import NotebookNode
from nbgrader.utils import is_solution
from rapidfuzz import fuzz

ALIKE = 0.6  # similarity of sources from which a cell without metadata is taken for an answer
SAME = 0.9  # ... for a copy of one of the course's own locked cells
DEFINED = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)


class Found:
    """Which cells of a submission stand for which cell of the master."""

    def __init__(self, master: list[NotebookNode], given: list[NotebookNode]):
        self.master, self.given = master, given
        self.positions: dict[int, list[int]] = defaultdict(list)  # index in master -> positions in given
        self.how: dict[int, str] = {}  # position in given -> grade_id | id | source | place | parts
        self.parts: dict[int, list[int]] = defaultdict(
            list
        )  # index in master -> the cells that are its answer together
        answers = ((index, cell) for index, cell in enumerate(master) if is_answer(cell) and cell.cell_type == "code")
        self.wanted = {index: set(DEFINED.findall(cell.source)) for index, cell in answers}
        self.defined = [set(DEFINED.findall(cell.source)) for cell in given]
        self.masters = {cell.source.strip() for cell in master}

    def _take(self, index: int, position: int, how: str) -> None:
        self.positions[index].append(position)
        self.how[position] = how

    def by_grade_id(self) -> None:
        index_of = {grade_id(cell): index for index, cell in enumerate(self.master) if grade_id(cell)}
        for position, cell in enumerate(self.given):
            index = index_of.get(grade_id(cell))
            if index is not None and not self._is_anothers(index, cell):
                self._take(index, position, "grade_id")

    def by_cell_id(self) -> None:
        index_of = {cell.get("id"): index for index, cell in enumerate(self.master) if cell.get("id")}
        for position, cell in reversed(list(enumerate(self.given))):
            index = index_of.get(cell.get("id"))
            free = index is not None and position not in self.how and not self.positions[index]
            if free and not self._is_anothers(index, cell):
                self._take(index, position, "id")

    def _is_anothers(self, index: int, cell: NotebookNode) -> bool:
        """A mark may be on the wrong cell: a copy keeps it, though another answer was written into the copy. Then the
        cell defines nothing of what is asked for, but what another answer does, or another cell defines it all."""
        original, source = self.master[index], cell.source.strip()
        if not is_answer(original) or not source or untouched(cell, original):
            return False
        wanted, defined = self.wanted.get(index, set()), set(DEFINED.findall(source))
        if wanted & defined:
            return False
        others = (names for at, names in self.wanted.items() if at != index)
        copied = (other.source.strip() for other in self.master if other is not original)
        if any(names and names <= defined for names in others):
            return True
        if any(fuzz.ratio(source, other, score_cutoff=100 * SAME) for other in copied if other):
            return True
        theirs = zip(self.given, self.defined, strict=True)
        return bool(wanted) and any(wanted <= names and c.source.strip() not in self.masters for c, names in theirs)

    def by_parts(self) -> None:
        """An answer that is not in its own cell is in those cells of the student's own that define it: in one, or, if
        it was split, in several. Of two that define the same the last counts."""
        for index in range(len(self.master)):
            wanted = set(self.wanted.get(index, ()))
            if not wanted or self._is_worked_on(index):
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
            if original.cell_type == "code" or not is_answer(original) or not positions or self._is_worked_on(index):
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
        return any(cell.source.strip() and not untouched(cell, self.master[index]) for cell in given)

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
            free = is_answer(original) or not grade_id(original)
            for position, cell in enumerate(self.given):
                if position not in self.how and (cell.cell_type == original.cell_type or is_answer(original)):
                    alike = _alike(original, cell)
                    if alike >= (ALIKE if free else SAME):
                        pairs.append((alike, not untouched(cell, original), position, index))
        for _, _, position, index in sorted(pairs, reverse=True):
            if position not in self.how and not self.positions[index]:
                self._take(index, position, "source")

    def by_place(self) -> None:
        """An answer may share no word with its stub: it is the only cell of its kind of their own in its place."""
        for index, original in enumerate(self.master):
            if self.positions[index] or not is_answer(original):
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
        stubs = {cell.source.strip() for cell in self.master if is_answer(cell)}  # a copy would undo an answer
        last: int | None = None
        for position, cell in enumerate(self.given):
            if position in index_of:
                last = index_of[position]
            elif cell.source.strip() and cell.source.strip() not in stubs:
                own[last].append(cell)
        return own


def grade_id(cell: NotebookNode) -> str | None:
    meta = cell.metadata.get("nbgrader")
    grade_id = meta.get("grade_id") if isinstance(meta, dict) else None
    return grade_id if isinstance(grade_id, str) and grade_id else None


def is_answer(cell: NotebookNode) -> bool:
    return bool(is_solution(cell)) and grade_id(cell) is not None


def untouched(cell: NotebookNode, original: NotebookNode) -> bool:
    return cell.source.strip() == original.source.strip()


def _alike(original: NotebookNode, cell: NotebookNode) -> float:
    """How alike two sources are, 0 to 1; an answer that defines all that the stub defines is surely it."""
    if original.cell_type == cell.cell_type == "code" and is_answer(original):
        wanted = set(DEFINED.findall(original.source))
        if wanted and wanted <= set(DEFINED.findall(cell.source)):
            return 1.0
    return fuzz.ratio(original.source.strip(), cell.source.strip(), score_cutoff=100 * ALIKE) / 100
