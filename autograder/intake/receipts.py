"""What became of each file that was handed in: kept in the class folder, and as a table for a screen or a CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.course import Course
from autograder.files import write_atomically
from autograder.spreadsheet import as_text

COLUMNS = ("student", "lesson", "file", "verdict", "counts", "when", "kept", "notes")


@dataclass(frozen=True)
class Receipt:
    """What became of one file. For a refused one, `notes` are the reason and then what to do.

    counts: whether it is the attempt that is graded. when: in UTC, as ISO 8601. kept: its name in the folder
    `original`. owner: as the LMS calls the student, and lms_id its number for them.
    """

    student: str
    lesson: str | None
    file: str
    verdict: str  # accepted | repaired | refused
    notes: list[str] = field(default_factory=list)
    counts: bool = False
    when: str = ""
    kept: str = ""
    owner: str = ""
    lms_id: str = ""


def read_receipts(course: Course) -> list[dict[str, Any]]:
    try:
        found = json.loads(course.collected.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [receipt for receipt in found if isinstance(receipt, dict) and "student" in receipt]


def in_order(receipts: Sequence[Receipt]) -> list[Receipt]:
    return sorted(receipts, key=lambda r: (r.student.casefold(), r.lesson or "", r.file, r.when))


def write_receipts(new: Sequence[Receipt], course: Course) -> None:
    """Receipts of earlier collections stay, but: what was refused is forgotten with any newer word on the same student
    and lesson, a file that came again has its newest receipt, and of all attempts one counts."""
    heard = {(r.student, r.lesson) for r in new} | {(r.student, None) for r in new}
    again = {(r.student, r.lesson, r.kept) for r in new if r.kept}
    counted = {(r.student, r.lesson): r.file for r in new if r.counts}
    everything = []
    for old in read_receipts(course):
        key = (old["student"], old.get("lesson"))
        if old.get("verdict") == "refused":
            if key not in heard:
                everything.append(old)
        elif (*key, old.get("kept", "")) not in again:
            if key in counted and old.get("counts", True):
                old = {**old, "counts": False, "notes": [earlier(counted[key])]}
            everything.append(old)
    everything += map(asdict, new)
    everything.sort(key=lambda r: (r["student"].casefold(), r["lesson"] or "", r["file"], r.get("when", "")))
    write_atomically(course.collected, json.dumps(everything, indent=1, ensure_ascii=False) + "\n")


def earlier(file: str) -> str:
    return f"An earlier attempt, kept: {file} is the latest and counts."


def as_csv(receipts: Sequence[Receipt]) -> str:
    """A table for a spreadsheet; what it would take for a formula is text."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    for receipt in receipts:
        row = {**asdict(receipt), "counts": "yes" if receipt.counts else "no", "notes": " ".join(receipt.notes)}
        writer.writerow([as_text(row[column]) for column in COLUMNS])
    return "\ufeff" + made.getvalue()


def as_table(receipts: Sequence[Receipt]) -> str:
    """One line a file, its notes below."""
    student = min(max((len(r.student) for r in receipts), default=0), 30)
    lesson = max((len(r.lesson or "") for r in receipts), default=0)
    lines = [f"{'':2}{'verdict':<10}{'student':<{student + 2}}{'lesson':<{lesson + 2}}file"]
    for receipt in receipts:
        mark = "*" if receipt.counts else " "
        where = f"{receipt.student:<{student + 2}}{receipt.lesson or '-':<{lesson + 2}}"
        lines.append(f"{mark:2}{receipt.verdict:<10}{where}{receipt.file}")
        lines += [f"{'':12}{note}" for note in receipt.notes]
    return "\n".join(lines)
