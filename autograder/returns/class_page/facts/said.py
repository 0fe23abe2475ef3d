"""Sentences about files: what was repaired, what was refused, what a person should look at."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from autograder.course import Course
from autograder.returns.class_page.facts.notebooks import Held
from autograder.returns.class_page.facts.picture import Said


def flags(notebooks: dict[str, Held]) -> list[Said]:
    """What the grader found in a submission that has no place in an answer: all of one student's in one sentence."""
    return [Said(" ".join(held.flags), [student]) for student, held in notebooks.items() if held.flags]


def repairs(notebooks: dict[str, Held], receipts: list[dict[str, Any]]) -> list[Said]:
    """Repairs of what counts, at collection and before grading; the same sentence about several is said once."""
    of_student: dict[str, list[str]] = defaultdict(list)
    for receipt in receipts:
        if receipt["verdict"] != "refused" and receipt.get("counts", True):
            of_student[receipt["student"]] += receipt["notes"]
    for student, held in notebooks.items():
        of_student[student] += held.repairs
        missing = " ".join(of_student[student])  # that it was not handed in is said there
        of_student[student] += [sentence for name, sentence in held.unjudged if f"no {name}" not in missing]
    who: dict[str, list[str]] = defaultdict(list)
    for student, notes in of_student.items():
        for note in dict.fromkeys(notes):
            who[note].append(student)
    return [Said(note, students) for note, students in sorted(who.items(), key=lambda item: len(item[1]))]


def refusals(receipts: Iterable[dict[str, Any]]) -> list[Said]:
    """The same reason about several files is said once; what else a receipt says, such as the name of a PDF that was
    left aside, stays with its file."""
    return _together(_refusal(receipt) for receipt in receipts if receipt["verdict"] == "refused")


def without_page(course: Course, lesson: str) -> list[Said]:
    """Submissions that have a score, but of which no feedback page could be made, with the reason."""
    graded = [entry for entry in _list_in(course.class_dir / "graded.json") if entry["lesson"] == lesson]
    return [Said(one["reason"], [one["student"]]) for one in graded if one["score"] is not None and one["reason"]]


def failures(course: Course, lesson: str) -> list[Said]:
    """Submissions that were taken in but ended without a score, with the reason that grading gave."""
    graded = _list_in(course.class_dir / "graded.json")
    ended = [entry for entry in graded if entry["lesson"] == lesson and entry["score"] is None]
    what = "Look at the file, then grade again."
    return _together((entry["reason"], what, entry["student"], f"{lesson}.ipynb", "") for entry in ended)


def receipts_of(course: Course) -> list[dict[str, Any]]:
    return _list_in(course.collected)


def _refusal(receipt: dict[str, Any]) -> tuple[str, str, str, str, str]:
    reason, what, *rest = (*receipt["notes"], "", "")[: max(2, len(receipt["notes"]))]
    return reason, what, receipt["student"], receipt["file"], " ".join(rest)


def _together(refused: Iterable[tuple[str, str, str, str, str]]) -> list[Said]:
    """Reason, what to do, student, file, and what is said of that file alone."""
    found: dict[tuple[str, str], Said] = {}
    for reason, what, student, file, note in refused:
        one = found.setdefault((reason, what), Said(reason, [], what))
        one.students.append(student)
        one.files.append(file)
        one.notes.append(note)
    return list(found.values())


def _list_in(path: Any) -> list[dict[str, Any]]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
