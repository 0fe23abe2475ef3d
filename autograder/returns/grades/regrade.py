"""Grades again what was graded against another paper than today's, after a fixed test say: first shown, then written.

Only submissions whose result changes are written. Of the others it is noted, in graded.json, that today's paper gives
the same; their files stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode
from nbgrader.api import SubmittedAssignment
from nbgrader.utils import determine_grade, is_grade, is_solution

from autograder import nbgrader_api
from autograder.course import Course
from autograder.grading import run
from autograder.grading.many import pool
from autograder.grading.many.gradebook import read
from autograder.grading.many.writer import Writer
from autograder.returns.grades.late import Rule
from classroom.checking.verdict import MIME

_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


@dataclass(frozen=True)
class Points:
    """What the machine gave for an exercise, and what it gives now; None for a cell that is only in one paper, or that
    a person grades. by_hand: a person's points, which count in place of both."""

    exercise: str
    before: float | None
    after: float | None
    of: float
    by_hand: float | None = None


@dataclass
class Again:
    """What came of grading one submission again. points: of the exercises that changed. words: exercises with the same
    points, of which the check says something else now. before, after: the total, penalty included."""

    student: str
    lesson: str
    before: float = 0.0
    after: float = 0.0
    of: float = 0.0
    points: list[Points] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    reason: str = ""  # why it could not be graded again; then the old result stays
    written: bool = False

    @property
    def changed(self) -> bool:
        return bool(self.points or self.words)


@dataclass(frozen=True)
class Regraded:
    """results: of all that were graded again. as_they_are: how many are graded against today's paper already.
    handed_in_since: those that `grade` has yet to grade."""

    results: list[Again]
    as_they_are: int
    handed_in_since: list[tuple[str, str]]


def regrade(
    course: Course,
    lessons: Sequence[str],
    each: Callable[[Again], None] = lambda _: None,
    students: Sequence[str] = (),
    everyone: bool = False,
    apply: bool = False,
    unsafe: bool = False,
    at_once: int | None = None,
    cluster: str = "",
) -> Regraded:
    """Grade again the submissions of these lessons that were graded against another paper (everyone: all of them).

    apply: write those whose result changed; else nothing is written. What a person graded, said or added stays.
    students, at_once, cluster, unsafe: as for `grade`. Killed at any instant, the next call goes on from there.
    """
    for lesson in lessons:
        run.must_be_built(course, lesson)
    asked = run.wanted(course, list(lessons), students)
    with read(course):
        pass  # there is one
    with Writer(course) as writer:
        for lesson in lessons:
            writer.take(lesson)
        since = [key for key in asked if not writer.is_kept(*key)]
        graded = [key for key in asked if key not in since]
        confirmed = _confirmed(course)
        due = [key for key in graded if everyone or not _is_of_today(course, writer, *key, confirmed)]
        if apply:
            for lesson in {lesson for lesson, _ in due}:
                writer.enter(lesson)
        results: dict[tuple[str, str], Again] = {}

        def jobs() -> Iterator[pool.Job]:
            for key in due:
                try:
                    yield run.job(course, writer, *key, unsafe)
                except OSError as error:
                    results[key] = Again(key[1], key[0], reason=str(error))

        rule = Rule(nbgrader_api.configuration(course))
        for job, outcome in run.outcomes(jobs(), course, unsafe, at_once, cluster) if due else ():
            one = _compared(course, writer, rule, job, outcome)
            if apply and one.changed:
                _write(writer, one, outcome.notebook)
            results[job.lesson, job.student] = one
            each(one)
        in_order = [results[key] for key in due]
        if apply:
            _note(course, writer, [one for one in in_order if not one.reason])
    return Regraded(in_order, len(graded) - len(due), since)


def _is_of_today(course: Course, writer: Writer, lesson: str, student: str, confirmed: dict) -> bool:
    mark, submitted = writer.mark(lesson), writer.handed_in_at(lesson, student)
    about = _graded(course, lesson, student).metadata.get("transformer_lessons", {})
    return about.get("paper") == mark or confirmed.get((lesson, student)) == (mark, submitted)


def _confirmed(course: Course) -> dict[tuple[str, str], tuple[str, str]]:
    """Of which submission (when it was handed in) it is known that this paper gives the same."""
    path = course.class_dir / "graded.json"
    noted = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return {(e["lesson"], e["student"]): (e.get("paper", ""), e.get("submitted", "")) for e in noted}


def _note(course: Course, writer: Writer, results: list[Again]) -> None:
    more = {
        (one.lesson, one.student): {
            "paper": writer.mark(one.lesson),
            "submitted": writer.handed_in_at(one.lesson, one.student),
        }
        for one in results
    }
    run.note(course, [writer.kept(one.lesson, one.student) for one in results], more=more)


def _graded(course: Course, lesson: str, student: str) -> NotebookNode:
    return nbformat.read(course.autograded / student / lesson / f"{lesson}.ipynb", as_version=4)


def _compared(course: Course, writer: Writer, rule: Rule, job: pool.Job, outcome: object) -> Again:
    one = Again(job.student, job.lesson)
    if isinstance(outcome, Exception):
        said = str(outcome).strip().splitlines()
        one.reason = said[-1] if said else type(outcome).__name__
        return one
    old, new = _cells(_graded(course, job.lesson, job.student)), _cells(nbformat.reads(outcome.notebook.decode(), 4))
    with writer.book.transaction() as book:
        submission = book.find_submission(job.lesson, job.student)
        known = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
        after = {name: determine_grade(cell)[0] for name, cell in new.items()}
        for name in [*new, *(name for name in known if name not in new)]:
            grade, cell = known.get(name), new.get(name)
            before, of = (grade and grade.auto_score), _points(cell if cell is not None else old.get(name))
            if before != after.get(name) or (name in old and _points(old[name]) != of):
                one.points.append(Points(name, before, after.get(name), of, grade and grade.manual_score))
            elif name in old and name in new and _words(old[name]) != _words(new[name]):
                one.words.append(name)
        one.of = sum(map(_points, new.values()))
        one.before = submission.score - (submission.late_submission_penalty or 0)
        one.after = _total(submission, after, rule) if one.points else one.before
    return one


def _total(submission: SubmittedAssignment, after: dict[str, float | None], rule: Rule) -> float:
    total = 0.0
    for notebook in submission.notebooks:
        score = 0.0
        for grade in notebook.grades:
            machine = after.get(grade.name) if grade.name in after else grade.auto_score
            points = grade.manual_score if grade.manual_score is not None else machine
            score += points + (grade.extra_credit or 0) if points is not None else 0
        total += score - (rule.penalty(notebook, score) or 0)
    return total


def _write(writer: Writer, one: Again, notebook: bytes) -> None:
    try:
        writer.keep(one.lesson, one.student, notebook)
        one.written = True
    except Exception as error:  # of whatever kind: the others are still to be written
        one.reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__


def _cells(nb: NotebookNode) -> dict[str, NotebookNode]:
    return {cell.metadata.nbgrader.grade_id: cell for cell in nb.cells if is_grade(cell)}


def _points(cell: NotebookNode | None) -> float:
    return float(cell.metadata.nbgrader.points) if cell is not None else 0.0


def _words(cell: NotebookNode) -> list[str]:
    """What a test said: its errors and its checks' verdicts."""
    if cell.cell_type != "code" or is_solution(cell):
        return []
    said = [[o.get("ename"), o.get("evalue"), o.get("data", {}).get(MIME)] for o in cell.outputs]
    return [_ADDRESS.sub("0x", json.dumps(one, sort_keys=True)) for one in said if any(one)]
