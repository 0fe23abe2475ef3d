"""Grades a class: submissions that are due go to the workers, results to the one writer; each ends in a word."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType

import nbformat

from autograder import nbgrader_api
from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.grading import task
from autograder.grading.many import pool
from autograder.grading.many.gradebook import OpenGradebook
from autograder.grading.many.writer import Graded, Writer
from autograder.grading.translator.expected import files_beside


def submissions(course: Course, lesson_id: str) -> list[str]:
    """The students who have handed in the lesson, as collected."""
    return sorted(p.parent.parent.name for p in course.submitted.glob(f"*/{lesson_id}/{lesson_id}.ipynb"))


def prepare(course: Course, lesson_id: str) -> None:
    """Enter the lesson as it now stands into the gradebook. Raises Stop where it is not built."""
    must_be_built(course, lesson_id)
    course_id = nbgrader_api.configuration(course).CourseDirectory.get("course_id", "")
    with OpenGradebook(course, course_id) as book, book.transaction(lesson_id):
        nbgrader_api.register(course, lesson_id)


def grade(
    course: Course,
    lessons: str | Sequence[str],
    each: Callable[[Graded], None] = lambda _: None,
    again: bool = False,
    unsafe: bool = False,
    students: Sequence[str] = (),
    at_once: int | None = None,
    cluster: str = "",
) -> list[Graded]:
    """Grade every collected submission of these lessons that is new since the last time (again: every one), and write
    the feedback pages. What a person has graded by hand stays. Killed at any instant, the next call goes on from there.

    students: only theirs (default: all). at_once: how many are graded at a time (default: one for each core). cluster:
    the address of a Dask scheduler, whose workers grade in place of this machine.

    One bad submission never stops the others: it ends with the reason. `each` is told as soon as one is done.
    Returns a result for each, in the order of lessons and students; they are also in `class/graded.json`.
    Raises Stop where nothing can be graded at all.
    """
    lessons = [lessons] if isinstance(lessons, str) else list(lessons)
    for lesson in lessons:
        must_be_built(course, lesson)
    asked = wanted(course, lessons, students)
    results: dict[tuple[str, str], Graded] = {}

    def done(result: Graded) -> None:
        results[result.lesson, result.student] = result
        each(result)

    with Writer(course) as writer:
        for lesson in lessons:
            writer.enter(lesson)
        due = []
        for lesson, student in asked:
            if again or not writer.is_kept(lesson, student):
                due.append((lesson, student))
            else:
                done(writer.kept(lesson, student))

        def jobs() -> Iterator[pool.Job]:
            for lesson, student in due:
                try:
                    yield job(course, writer, lesson, student, unsafe)
                except OSError as error:  # gone, or not to be read
                    done(written(writer, lesson, student, error))

        for one, outcome in outcomes(jobs(), course, unsafe, at_once, cluster) if due else ():
            done(written(writer, one.lesson, one.student, outcome, again))
        in_order = [results[key] for key in asked]
        note(course, in_order, whole=[] if students else lessons)
    return in_order


def must_be_built(course: Course, lesson_id: str) -> None:
    if not course.lesson(lesson_id).is_file():
        known = ", ".join(course.lesson_ids()) or "none"
        raise Stop(f"There is no lesson {lesson_id!r} to grade; the lessons that are built: {known}.")


def wanted(course: Course, lessons: list[str], students: Sequence[str]) -> list[tuple[str, str]]:
    collected = [(lesson, student) for lesson in lessons for student in submissions(course, lesson)]
    unknown = sorted(set(students) - {student for _, student in collected})
    if unknown:
        raise Stop(f"Nothing is collected of {', '.join(unknown)} in {', '.join(lessons)}.")
    return [(lesson, student) for lesson, student in collected if not students or student in students]


def job(course: Course, writer: Writer, lesson: str, student: str, unsafe: bool) -> pool.Job:
    folder, paper = course.submitted / student / lesson, writer.paper(lesson)
    handed_in = (folder / f"{lesson}.ipynb").read_bytes()
    limits, skipped = writer.settings.limits_of(lesson), writer.settings.skip_cells_with_tag
    files = files_beside(folder, nbformat.reads(paper.decode(), as_version=4))
    return pool.Job(lesson, student, paper, handed_in, limits, skipped, unsafe, files)


def outcomes(
    jobs: Iterator[pool.Job], course: Course, unsafe: bool, at_once: int | None, cluster: str
) -> Iterator[pool.Outcome]:
    if cluster:
        try:
            from autograder.grading.many.cluster import graded_there  # Dask is an extra
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "distributed":
                raise
            raise Stop("Dask is not installed: pip install 'transformer-lessons[cluster]'.") from None
        return graded_there(jobs, course, unsafe, cluster)
    pool.ready(course, unsafe)
    return pool.graded_here(jobs, course, at_once or _cores())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def written(writer: Writer, lesson: str, student: str, outcome: task.Graded | Exception, again: bool = False) -> Graded:
    """The result is kept; where there is none, or it can not be kept, nothing of an earlier run stays in its place."""
    try:
        if isinstance(outcome, Exception):
            raise outcome
        return writer.keep(lesson, student, outcome.notebook, again)
    except Exception as error:  # of whatever kind: the others are still to be graded
        writer.drop(lesson, student)
        said = str(error).strip().splitlines()
        return Graded(student, lesson, None, 0.0, reason=said[-1] if said else type(error).__name__)


def note(
    course: Course,
    results: list[Graded],
    whole: Sequence[str] = (),
    more: Mapping[tuple[str, str], dict[str, str]] = MappingProxyType({}),
) -> None:
    """Write them to graded.json; what it says of others stays, but not of the lessons that were graded as a whole."""
    path = course.class_dir / "graded.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    known = {(e["lesson"], e["student"]): e for e in old}
    new = {(r.lesson, r.student): asdict(r) for r in results}
    new = {key: {**known.get(key, {}), **entry, **more.get(key, {})} for key, entry in new.items()}
    kept = [e for key, e in known.items() if e["lesson"] not in whole and key not in new]
    write_atomically(path, json.dumps([*kept, *new.values()], indent=1, ensure_ascii=False) + "\n")
