"""What is known of a class after grading: from the gradebook, the graded notebooks and the receipts."""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import is_grade, is_solution

from autograder.course import Course
from autograder.returns.class_page.unjudged import unjudged

VERDICT = "application/vnd.transformer-lessons.verdict+json"


@dataclass(frozen=True)
class Exercise:
    """A graded cell. `passed` counts full marks among `graded`; `pending` ones wait for a person."""

    id: str
    title: str
    points: float
    graded: int = 0
    passed: int = 0
    pending: int = 0


@dataclass(frozen=True)
class Score:
    """One student's points for one exercise; `pending`: a person has yet to grade it."""

    points: float
    pending: bool = False


@dataclass(frozen=True)
class Row:
    """One student. `state`: graded, pending (partly to be graded by hand), stale (handed in again since),
    ungraded, absent. Points of anyone but graded and pending are not counted anywhere."""

    student: str
    state: str
    total: float
    scores: dict[str, Score]
    feedback: str | None  # relative link


@dataclass(frozen=True)
class Misconception:
    """A known mistake, and who made it. `exercises` are ids of graded cells, in the lesson's order."""

    id: str
    name: str
    hint: str
    exercises: list[str]
    students: list[str]


@dataclass(frozen=True)
class Said:
    """A sentence about some students' files; `what_to_do` is empty for a repair."""

    reason: str
    students: list[str]
    what_to_do: str = ""
    files: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LessonPicture:
    """All that the class page says of one lesson."""

    id: str
    title: str
    points: float
    median: float | None
    exercises: list[Exercise]
    rows: list[Row]
    misconceptions: list[Misconception]
    repairs: list[Said]
    refusals: list[Said]
    flags: list[Said] = field(default_factory=list)  # signs of tampering, for a person to look at


@dataclass(frozen=True)
class ClassPicture:
    lessons: list[LessonPicture]
    unplaced: list[Said]  # refused files of which not even the lesson is known


def class_picture(course: Course, lesson_ids: list[str]) -> ClassPicture:
    """Read everything; a lesson that was not graded yet shows what was handed in."""
    receipts = _receipts(course)
    known_gradebook = not course.db_url.startswith("sqlite:///") or Path(course.db_url[10:]).is_file()
    everyone: set[str] = set()
    grades: dict[str, dict[str, dict[str, Score]]] = {}
    points: dict[str, dict[str, float]] = {}
    if known_gradebook:
        with Gradebook(course.db_url) as gradebook:
            everyone = {student.id for student in gradebook.students}
            for lesson in lesson_ids:
                points[lesson], grades[lesson] = _grades(gradebook, lesson)
    lessons = [
        _lesson(course, lesson, points.get(lesson, {}), grades.get(lesson, {}), everyone, receipts)
        for lesson in lesson_ids
    ]
    return ClassPicture(lessons, _refusals(r for r in receipts if r["lesson"] is None))


def _lesson(
    course: Course,
    lesson: str,
    points: dict[str, float],
    grades: dict[str, dict[str, Score]],
    everyone: set[str],
    receipts: list[dict[str, Any]],
) -> LessonPicture:
    mine = [r for r in receipts if r["lesson"] == lesson]
    released = _read(course.lesson(lesson))
    handed_in = {folder.parent.name for folder in course.submitted.glob(f"*/{lesson}")}
    students = sorted(everyone | handed_in | set(grades), key=str.casefold)
    notebooks = {s: _read(course.autograded / s / lesson / f"{lesson}.ipynb") for s in students}
    rows = [_row(course, lesson, s, s in handed_in, notebooks[s], grades.get(s, {})) for s in students]
    counted = [row for row in rows if row.state in ("graded", "pending")]
    exercises = [_exercise(name, worth, counted) for name, worth in _in_order(points, released)]
    fresh = {row.student: notebooks[row.student] for row in counted}
    return LessonPicture(
        id=lesson,
        title=_title(released) or lesson,
        points=sum(points.values()),
        median=median(row.total for row in counted) if counted else None,
        exercises=exercises,
        rows=rows,
        misconceptions=_misconceptions(fresh),
        repairs=_repairs(fresh, mine),
        flags=_flags(fresh),
        refusals=_refusals(mine) + _failures(course, lesson),
    )


def _grades(gradebook: Gradebook, lesson: str) -> tuple[dict[str, float], dict[str, dict[str, Score]]]:
    """Exercise -> its points, and student -> exercise -> score, of one lesson."""
    try:
        assignment = gradebook.find_assignment(lesson)
    except MissingEntry:
        return {}, {}
    cells = [cell for notebook in assignment.notebooks for cell in (*notebook.grade_cells, *notebook.task_cells)]
    scores: dict[str, dict[str, Score]] = {}
    for submission in gradebook.assignment_submissions(lesson):
        found = (grade for notebook in submission.notebooks for grade in notebook.grades)
        scores[submission.student.id] = {g.name: Score(g.score, bool(g.needs_manual_grade)) for g in found}
    return {cell.name: cell.max_score for cell in cells}, scores


def _row(
    course: Course,
    lesson: str,
    student: str,
    handed_in: bool,
    graded: NotebookNode | None,
    scores: dict[str, Score],
) -> Row:
    """nbgrader leaves the old score when grading fails: without a fresh graded notebook no score counts."""
    times = [_stamp(folder / student / lesson / "timestamp.txt") for folder in (course.submitted, course.autograded)]
    if not handed_in:
        state = "absent"
    elif graded is None or not scores:
        state = "ungraded"
    elif times[0] != times[1]:
        state = "stale"
    else:
        state = "pending" if any(score.pending for score in scores.values()) else "graded"
    page = course.feedback / student / lesson / f"{lesson}.html"
    link = "/".join(quote(part) for part in page.relative_to(course.class_dir).parts) if page.is_file() else None
    counts = state in ("graded", "pending")
    total = sum(score.points for score in scores.values()) if counts else 0.0
    return Row(student, state, total, scores if counts else {}, link)


def _stamp(path: Path) -> str:
    return path.read_text(errors="replace").strip() if path.is_file() else ""


def _exercise(name: str, worth: float, rows: list[Row]) -> Exercise:
    scores = [row.scores[name] for row in rows if name in row.scores]
    done = [score for score in scores if not score.pending]
    passed = sum(score.points >= worth for score in done)
    return Exercise(name, exercise_title(name), worth, len(done), passed, len(scores) - len(done))


def exercise_title(grade_id: str) -> str:
    """`test_attention` and `check-attention` are the exercise `attention`."""
    return re.sub(r"^(tests?|checks?)[_-]+", "", grade_id) or grade_id


def _in_order(points: dict[str, float], released: NotebookNode | None) -> list[tuple[str, float]]:
    cells = released.cells if released else []
    order = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
    return sorted(points.items(), key=lambda item: (order.index(item[0]) if item[0] in order else len(order), item[0]))


def _title(released: NotebookNode | None) -> str | None:
    headings = (
        (re.search(r"^#\s+(.+)$", c.source, re.M) for c in released.cells if c.cell_type == "markdown")
        if released
        else ()
    )
    return next((found[1].strip() for found in headings if found), None)


def _misconceptions(notebooks: dict[str, NotebookNode]) -> list[Misconception]:
    """Most frequent first. Only the outputs of graded cells count: those the grader wrote.

    A mistake runs on into the exercises that build on the first; under one name it is one misconception.
    """
    held: dict[tuple[str, str], Misconception] = {}
    for student, nb in notebooks.items():
        for grade_id, mistake in _mistakes(nb):
            name, hint = str(mistake.get("name") or mistake["id"]), str(mistake.get("hint") or "")
            one = held.setdefault((mistake["id"], name), Misconception(mistake["id"], name, hint, [], []))
            if grade_id not in one.exercises:
                one.exercises.append(grade_id)
            if student not in one.students:
                one.students.append(student)
    for one in held.values():
        one.students.sort(key=str.casefold)
    return sorted(held.values(), key=lambda m: (-len(m.students), m.exercises, m.name))


def _mistakes(nb: NotebookNode) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for cell in nb.cells:
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            continue
        for output in cell.outputs:
            verdict = output.get("data", {}).get(VERDICT) if output.output_type == "display_data" else None
            mistakes = verdict.get("mistakes") if isinstance(verdict, dict) else None
            for mistake in mistakes if isinstance(mistakes, list) else []:
                if isinstance(mistake, dict) and isinstance(mistake.get("id"), str):
                    found.append((cell.metadata.nbgrader.grade_id, mistake))
    return found


def _flags(notebooks: dict[str, NotebookNode]) -> list[Said]:
    """What the grader found in a submission that has no place in an answer: all of one student's in one sentence."""
    found = []
    for student, nb in notebooks.items():
        made = nb.metadata.get("transformer_lessons", {})
        signs = made.get("flags", []) if isinstance(made, dict) else []
        if signs:
            found.append(Said(" ".join(map(str, signs)), [student]))
    return found


def _repairs(notebooks: dict[str, NotebookNode], receipts: list[dict[str, Any]]) -> list[Said]:
    """Repairs at collection and before grading; the same sentence about several students is said once."""
    who: dict[str, list[str]] = defaultdict(list)
    said = [(r["student"], note) for r in receipts if r["verdict"] != "refused" for note in r["notes"]]
    for student, nb in notebooks.items():
        made = nb.metadata.get("transformer_lessons", {})
        said += [(student, str(note)) for note in made.get("repairs", [])] if isinstance(made, dict) else []
        missing = " ".join(note for whose, note in said if whose == student)  # that it was not handed in is said above
        said += [(student, sentence) for name, sentence in unjudged(nb) if f"no {name}" not in missing]
    for student, note in said:
        if student not in who[note]:
            who[note].append(student)
    return [Said(note, students) for note, students in sorted(who.items(), key=lambda item: len(item[1]))]


def _refusals(receipts: Any) -> list[Said]:
    refused = [r for r in receipts if r["verdict"] == "refused"]
    return [Said((r["notes"] or [""])[0], [r["student"]], " ".join(r["notes"][1:]), [r["file"]]) for r in refused]


def _failures(course: Course, lesson: str) -> list[Said]:
    """Submissions that were taken in but ended without a score, with the reason that grading gave."""
    try:
        graded = json.loads((course.class_dir / "graded.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    ended = [entry for entry in graded if entry["lesson"] == lesson and entry["score"] is None]
    return [Said(entry["reason"], [entry["student"]], "Look at the file, then grade again.") for entry in ended]


def _receipts(course: Course) -> list[dict[str, Any]]:
    try:
        return json.loads(course.collected.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []


def _read(path: Path) -> NotebookNode | None:
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError):
        return None
