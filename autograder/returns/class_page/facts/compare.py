"""This report beside an older one: who gained or lost what, and why; which exercises changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.errors import Stop
from autograder.returns.class_page.facts.picture import (
    Comparison,
    ExerciseChange,
    LessonChange,
    LessonPicture,
    Row,
    StudentChange,
)
from autograder.returns.prose import points
from autograder.returns.titles import exercise_title

COUNTED = ("graded", "pending")
NEEDED = ("id", "exercises", "rows", "misconceptions")


def read_report(path: Path) -> dict[str, Any]:
    """An older report.json. Raises Stop, in a sentence, where it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Stop(f"{path} cannot be read ({error.strerror}): give the report.json of an earlier run.") from None
    except ValueError:
        raise Stop(f"{path} is not JSON: give the report.json of an earlier run.") from None
    lessons = data.get("lessons") if isinstance(data, dict) else None
    if not isinstance(lessons, list) or not all(isinstance(x, dict) and set(NEEDED) <= set(x) for x in lessons):
        raise Stop(f"{path} is no report of a class: give the report.json that `autograder report` wrote.")
    return data


def compare(older: dict[str, Any], lessons: list[LessonPicture], name: str) -> Comparison:
    before = {lesson["id"]: lesson for lesson in older["lessons"]}
    changes = [_lesson(before.get(lesson.id), lesson) for lesson in lessons]
    return Comparison(name, [change for change in changes if change.students or change.exercises or change.note])


def _lesson(before: dict[str, Any] | None, now: LessonPicture) -> LessonChange:
    if before is None:
        return LessonChange(now.id, now.title, [], [], 0, "It was not in the older report.")
    old_rows = {row["student"]: row for row in before["rows"]}
    old_mistakes, new_mistakes = _held(before["misconceptions"]), {}
    for one in now.misconceptions:
        for student in one.students:
            new_mistakes.setdefault(student, set()).add(one.name)
    worth = {e["id"]: e["points"] for e in before["exercises"]}, {e.id: e.points for e in now.exercises}
    students = []
    for row in now.rows:
        old = old_rows.pop(row.student, None)
        mistakes = old_mistakes.get(row.student, set()), new_mistakes.get(row.student, set())
        change = _student(old, row, mistakes, worth)
        if change:
            students.append(change)
    for student, old in old_rows.items():
        if old["state"] in COUNTED:
            students.append(StudentChange(student, old["total"], None, ["Is not in the class any more."]))
    students.sort(key=lambda c: ((c.now or 0) - (c.before or 0), c.student.casefold()))
    return LessonChange(now.id, now.title, students, _exercises(before, now), len(now.rows) - len(students))


def _held(misconceptions: list[dict[str, Any]]) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    for one in misconceptions:
        for student in one["students"]:
            held.setdefault(student, set()).add(one["name"])
    return held


def _student(
    old: dict[str, Any] | None,
    row: Row,
    mistakes: tuple[set[str], set[str]],
    worth: tuple[dict[str, float], dict[str, float]],
) -> StudentChange | None:
    """None where neither points, nor what waits for a person, nor the mistakes have changed."""
    was = old is not None and old["state"] in COUNTED
    counts = row.state in COUNTED
    before, after = (old["total"] if was else None), (row.total if counts else None)
    why = []
    if counts and not was:
        why.append("Was not graded then.")
    if was and not counts:
        why.append({"stale": "Handed in again since, and not graded yet."}.get(row.state, "Has no grade any more."))
    if old and old.get("handed_in") and row.handed_in and old["handed_in"] != row.handed_in:
        why.append("Handed in again.")
    if was and counts:
        why += _points(old["scores"], row, worth)
        why += [f"Now recognised: {name}." for name in sorted(mistakes[1] - mistakes[0])]
        why += [f"No longer: {name}." for name in sorted(mistakes[0] - mistakes[1])]
        if (old.get("penalty") or 0) != row.penalty:
            why.append(f"Late penalty: {points(old.get('penalty') or 0)}, now {points(row.penalty)}.")
    return StudentChange(row.student, before, after, why) if before != after or why else None


def _points(old: dict[str, Any], row: Row, worth: tuple[dict[str, float], dict[str, float]]) -> list[str]:
    why = []
    for name in dict.fromkeys([*old, *row.scores]):
        title, then, now = exercise_title(name), old.get(name), row.scores.get(name)
        if then is None or now is None:
            what = "is new" if then is None else "is gone"
            why.append(f"`{title}` {what}: {points(now.points if now else then['points'])}.")
        elif then["pending"] and not now.pending:
            why.append(f"`{title}` was graded by hand: {points(now.points)}.")
        elif now.pending and not then["pending"]:
            why.append(f"`{title}` waits for a person again.")
        elif then["points"] != now.points:
            changed = worth[0].get(name) != worth[1].get(name)
            more = f", and is worth {points(worth[1].get(name, 0))} now" if changed else ""
            why.append(f"`{title}`: {points(then['points'])}, now {points(now.points)}{more}.")
    return why


def _exercises(before: dict[str, Any], now: LessonPicture) -> list[ExerciseChange]:
    old = {e["id"]: e for e in before["exercises"]}
    changes = []
    for one in now.exercises:
        then = old.pop(one.id, None)
        after = (one.passed, one.graded)
        if then is None:
            changes.append(ExerciseChange(one.title, None, after, "new"))
            continue
        earlier = (then["passed"], then["graded"])
        note = "" if then["points"] == one.points else f"{points(then['points'])} points, now {points(one.points)}"
        if note or earlier != after:
            changes.append(ExerciseChange(one.title, earlier, after, note))
    changes += [ExerciseChange(e["title"], (e["passed"], e["graded"]), None, "gone") for e in old.values()]
    return changes
