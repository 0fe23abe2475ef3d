"""One submission, graded: bytes in, bytes out. No gradebook, no class folder; any process or thread may call it.

The whole way: `answers.rebuild` puts the student's answers into the master; `exam.parents` has two children forked from
warm processes; `exam.examiner` goes through the notebook, and `exam.child.student`, in the sandbox, runs the student's
cells.
"""

from __future__ import annotations

import ast
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import nbformat
from nbformat import NotebookNode, from_dict
from nbgrader.utils import is_grade, is_locked, is_solution

from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.answers import rebuild
from autograder.grading.exam.child import flags
from autograder.grading.exam.parents import parents
from autograder.grading.exam.wire.frames import Gone
from autograder.grading.limits import Limits

DEFAULT = Limits()
RELEASED = "released_tests"  # of an exam paper's metadata: what the locked cells say in the student's copy
SKIPPED = "training"  # cells with this tag are not run at grading
NO_FILES: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True)
class Graded:
    """notebook: the rebuilt notebook with its outputs, as nbgrader reads scores from it.

    flags: signs of tampering, a sentence each, for a person. reason: why it did not run to its end, or "".
    """

    notebook: bytes
    flags: tuple[str, ...] = ()
    reason: str = ""


def grade(
    master: bytes,
    submission: bytes,
    lesson: str,
    student: str,
    limits: Limits = DEFAULT,
    unsafe: bool = False,
    course: Course | None = None,
    skipped: str = SKIPPED,
    files: Mapping[str, bytes] = NO_FILES,
) -> Graded:
    """Grade one submission. Safe to call from several threads at once: they share the warm processes.

    master: what `exam_paper` gives. submission: the file as it was collected. student, lesson: the sealed inputs hang
    on both, so that grading again asks the same. unsafe: without a sandbox. course: this machine's copy (default:
    the one that the working folder or TRANSFORMER_LESSONS names). files: what was handed in beside the notebook, by
    name; the examiner alone sees them.

    Raises Stop, in one sentence, where this machine can not grade; never for what the student's code does.
    """
    paper = nbformat.reads(master.decode(), as_version=4)
    released = deepcopy(paper)
    _put_tests(released, paper.metadata.pop(RELEASED, {}))
    rebuilt, _ = rebuild(released, nbformat.reads(submission.decode(), as_version=4))
    _put_tests(rebuilt, _tests(paper))
    course = course or Course.find()
    done, found, reason = run(rebuilt, paper, lesson, student, limits, unsafe, course, skipped, files)
    return Graded(nbformat.writes(done, version=nbformat.NO_CONVERT).encode(), found, reason)


def exam_paper(course: Course, lesson: str) -> bytes:
    """The released notebook of a lesson with its hidden tests: what a submission is graded against."""
    released = nbformat.read(course.lesson(lesson), as_version=4)
    source = nbformat.read(course.solutions / lesson / f"{lesson}.ipynb", as_version=4)
    released.metadata[RELEASED] = _tests(released)
    _put_tests(released, _tests(source))
    return nbformat.writes(released, version=nbformat.NO_CONVERT).encode()


def paper_mark(course: Course, lesson: str) -> str:
    """A fingerprint of all of a lesson that a score hangs on: code, tests and points, probes, recordings. Not of its
    prose. It stands in a graded notebook's metadata, so that it is known what the notebook was graded against."""
    paper = nbformat.reads(exam_paper(course, lesson).decode(), as_version=4)
    counts = [(c.cell_type, c.source, c.metadata) for c in paper.cells if c.cell_type == "code" or is_grade(c)]
    found = hashlib.sha256(json.dumps(counts, sort_keys=True).encode())
    probes = [path for path in (course.solutions / lesson).glob("*.py") if path.stem != lesson]
    for path in sorted([*probes, *(course.assets / "probes").glob(f"{lesson}.*")]):
        found.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _tests(nb: NotebookNode) -> dict[str, str]:
    """The locked cells' sources by grade_id."""
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in nb.cells if is_locked(cell)}


def _put_tests(nb: NotebookNode, sources: dict[str, str]) -> None:
    for cell in nb.cells:
        if is_locked(cell):
            cell.source = sources.get(cell.metadata.nbgrader.grade_id, cell.source)


def run(
    nb: NotebookNode,
    master: NotebookNode,
    lesson: str,
    student: str,
    limits: Limits,
    unsafe: bool,
    course: Course,
    skipped: str = SKIPPED,
    files: Mapping[str, bytes] = NO_FILES,
) -> tuple[NotebookNode, tuple[str, ...], str]:
    """Fill in the outputs of a rebuilt notebook: the same object is returned, with flags and reason as in Graded.

    master: the notebook it was rebuilt from. Locked cells of `nb` are taken for the master's: see `rebuild`.
    """
    cells = [(cell, _part(cell, skipped)) for cell in nb.cells]
    steps = [
        {"do": part, "source": cell.source, "points": float(cell.metadata.get("nbgrader", {}).get("points") or 0)}
        for cell, part in cells
        if part
    ]
    who = f"{student}/{lesson}"
    paper = {
        "steps": steps,
        "imports": _imports(master.cells),
        "course_cells": _public(master.cells, skipped),
        "who": who,
        "lesson": lesson,
        "seed": zlib.crc32(who.encode()),
        "budget": limits.output_kb * 1024,
        "budget_whole": 10 * limits.output_kb * 1024,
    }
    found = _held(paper, files, limits, unsafe, course)
    places = [cell for cell, part in cells if part]
    for count, (cell, outputs) in enumerate(zip(places, found["outputs"], strict=True), start=1):
        cell.outputs = [from_dict(output) for output in outputs]
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    ran = [cell.source for cell, part in cells if part == "student"]
    own = flags.own_lines(ran, given=[cell.source for cell in master.cells if not is_grade(cell)])
    signs = flags.in_sources(own) + [f"Changed while it ran: {mark}." for mark in found["marks"]]
    signs += ["What its process sent back was not what was asked for."] if found["forged"] else []
    if signs:
        nb.metadata.setdefault("transformer_lessons", {})["flags"] = signs
    return nb, tuple(signs), found["ended"]


def _held(paper: dict, files: Mapping[str, bytes], limits: Limits, unsafe: bool, course: Course) -> dict:
    now = stamp(course)
    for _ in range(3):
        pair = parents(course, unsafe, now)
        if limits.full_kernel and pair.kind == "landlock":  # which forbids network sockets, and a kernel wants some
            raise Stop("This lesson needs a full kernel: Landlock's sandbox can have none. Install bubblewrap.")
        try:
            return pair.exam(paper, files, limits)
        except Gone:  # a worn parent: fresh ones take its place
            pair.left = 0
    raise Stop("The processes that grade end as soon as they are started.")


def _part(cell: NotebookNode, skipped: str) -> str:
    """Who runs a cell: the student's process, the examiner ("test"), both (code of the course's that is locked)."""
    if cell.cell_type != "code" or not cell.source.strip() or skipped in cell.metadata.get("tags", []):
        return ""
    if is_grade(cell) and not is_solution(cell):
        return "test"
    return "both" if is_locked(cell) else "student"


def _public(cells: Iterable[NotebookNode], skipped: str) -> list[str]:
    """The code of the course's own cells that are neither tests nor answers nor locked: every student has it."""
    own = [cell for cell in cells if "nbgrader" not in cell.metadata]
    return [cell.source for cell in own if _part(cell, skipped) == "student"]


def _imports(cells: Iterable[NotebookNode]) -> list[str]:
    """The imports of the course's own cells, one a line: what the master's tests may speak of."""
    found = []
    for cell in cells:
        if cell.cell_type != "code" or is_solution(cell) or is_grade(cell):
            continue
        try:
            lines = ast.parse(cell.source).body
        except SyntaxError:  # a cell with a magic of IPython
            continue
        found += [ast.unparse(line) for line in lines if isinstance(line, ast.Import | ast.ImportFrom)]
    return found


def stamp(course: Course) -> float:
    """When the course was last changed: what a warm process has read of it is only good until then."""
    folders = (course.solutions, course.assets / "probes", Path(__file__).parent)
    return max(
        (p.stat().st_mtime for f in folders for p in f.rglob("*") if p.is_file() and p.suffix != ".pyc"), default=0.0
    )
