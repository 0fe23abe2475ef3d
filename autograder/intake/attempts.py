"""Of all that a student handed in for a lesson the latest counts; everything is kept as it was handed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbgrader.utils import parse_utc

from autograder.files import write_atomically
from autograder.grading.translator.expected import LARGEST, read_file
from autograder.intake.exports.files import Handed, listed, shown
from autograder.intake.extras import Extras, store_extras
from autograder.intake.receipts import Receipt, earlier

TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # nbgrader's Exchange.timestamp_format
LONGEST_NAME = 150  # bytes of the name of a file that is kept


@dataclass
class Taken:
    """A notebook that can be graded, before it is known whether a newer one of the same lesson exists."""

    handed: Handed
    student: str
    lesson: str
    original: bytes
    notebook: nbformat.NotebookNode
    repairs: list[str]
    notes: list[str]


def latest(several: list[Taken]) -> Taken:
    return max(several, key=lambda taken: taken.handed.order)


def keep(several: list[Taken], expected: tuple[str, ...], extras: Extras, folder: Path) -> list[Receipt]:
    """Store all of a student's notebooks of one lesson in `folder`; a receipt each, that of the latest first."""
    counting = latest(several)
    name, moment = shown(counting.handed.path.name), moment_of(max(counting.handed.when, extras.when))
    before = stored_at(folder)
    if before is not None and _is_stored(counting, expected, extras, folder):
        moment = before = min(before, moment)  # the same file of a newer download was handed in when it was first seen
    receipts = []
    for taken in sorted(several, key=lambda taken: taken.handed.order):
        kept = keep_original(folder, taken.handed, taken.original)
        said = [earlier(name), *taken.handed.notes]
        receipts.append(_receipt(taken, said, kept))
    if before is not None and before > moment:
        what = f"if this is the one to grade, remove {folder} and collect again"
        said = [f"An earlier attempt, kept: one of {_said(before)} was collected before and counts ({what})."]
        return [replace(receipts.pop(), notes=[*said, *counting.handed.notes]), *reversed(receipts)]
    keep_other_models(folder, expected, extras)
    notes = [*counting.repairs, *counting.notes]
    if len(several) > 1:
        left = listed([t.handed.path.name for t in several if t is not counting])
        notes.append(f"{len(several)} notebooks of this lesson: the newest counts, kept aside: {left}.")
    write_atomically(folder / f"{counting.lesson}.ipynb", _written(counting))
    notes += store_extras(expected, extras, folder)
    write_atomically(folder / "timestamp.txt", moment.strftime(TIMESTAMP))  # last: newer, so nbgrader grades again
    return [replace(receipts.pop(), notes=notes, counts=True, when=_iso(moment)), *reversed(receipts)]


def keep_original(folder: Path, handed: Handed, content: bytes) -> str:
    """The name in `original/` under which the file is kept, by its time and its own name; the same file only once."""
    room = folder / "original"
    stem, suffix = Path(shown(handed.name)).stem, handed.suffix or ".ipynb"
    stem = "".join("_" if letter in '/\\:*?"<>|\ufffd' else letter for letter in stem).strip(". ") or "handed_in"
    stem = stem.encode()[:LONGEST_NAME].decode("utf-8", "ignore")
    known = [path for path in room.glob(f"*{suffix}") if path.stat().st_size == len(content)] if room.is_dir() else []
    for path in known:
        if path.read_bytes() == content:
            return path.name
    time = f"{moment_of(handed.when):%Y-%m-%d %H.%M.%S}"
    path, number = room / f"{time} {stem}{suffix}", 2
    while path.exists():
        path, number = room / f"{time} {stem} [{number}]{suffix}", number + 1
    write_atomically(path, content)
    return path.name


def keep_other_models(folder: Path, expected: tuple[str, ...], extras: Extras) -> None:
    """A model that another takes the place of is kept with the originals."""
    for other in extras.others:
        content = read_file(other.path)
        if content is not None and len(content) <= LARGEST:
            keep_original(folder, other, content)
    for name in expected:
        stored, coming = folder / name, extras.files.get(name)
        if coming is not None and stored.is_file() and not _same(stored, coming):
            moved = f"{moment_of(stored.stat().st_mtime):%Y-%m-%d %H.%M.%S} {name}"
            (folder / "original").mkdir(parents=True, exist_ok=True)
            stored.replace(folder / "original" / moved)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.lstat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False


def _is_stored(taken: Taken, expected: tuple[str, ...], extras: Extras, folder: Path) -> bool:
    """Whether this notebook with these files is what was collected before."""
    try:
        same = (folder / f"{taken.lesson}.ipynb").read_bytes() == _written(taken).encode()
    except OSError:
        return False
    return same and all(_same(folder / name, extras.files[name]) for name in expected if name in extras.files)


def _written(taken: Taken) -> str:
    return nbformat.writes(taken.notebook, version=nbformat.NO_CONVERT)


def _receipt(taken: Taken, notes: list[str], kept: str) -> Receipt:
    file = taken.handed
    return Receipt(
        taken.student,
        taken.lesson,
        shown(file.path.name),
        "repaired" if taken.repairs else "accepted",
        notes,
        when=_iso(moment_of(file.when)),
        kept=kept,
        owner=shown(file.owner.name),
        lms_id=file.owner.number,
    )


def stored_at(folder: Path) -> datetime | None:
    try:
        return parse_utc((folder / "timestamp.txt").read_text().strip()).replace(tzinfo=UTC)
    except (OSError, ValueError, OverflowError):
        return None


def moment_of(when: float) -> datetime:
    try:
        return datetime.fromtimestamp(when, tz=UTC)
    except (OverflowError, ValueError, OSError):  # a time that no calendar has
        return datetime.fromtimestamp(0, tz=UTC)


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _said(moment: datetime) -> str:
    return f"{moment:%d %b %Y, %H:%M} UTC"
