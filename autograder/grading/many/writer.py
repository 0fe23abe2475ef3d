"""The one writer of a class: takes what was graded into the gradebook and the folders, one submission after the other.

The way of one: nbgrader's own Autograde and GenerateFeedback work in a folder of their own, within one transaction of
the gradebook; in the place of running the notebook they look up what came back. Then the old folders go, the
transaction ends, and the new folders come, `autograded` last. Whenever the process is killed, a submission is either
whole, or its `autograded` folder is missing, and it is graded again, with the same result.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.converters import Autograde, GenerateFeedback

from autograder import nbgrader_api
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.execute import SealedExecute
from autograder.grading.many import deadline
from autograder.grading.many.gradebook import OpenGradebook
from autograder.grading.task import exam_paper, paper_mark

RUNS = f"{SealedExecute.__module__}.{SealedExecute.__name__}"


@dataclass(frozen=True)
class Graded:
    """How one submission ended: with a score out of `points`, or with the reason why there is none (or no page)."""

    student: str
    lesson: str
    score: float | None
    points: float
    waiting: bool = False  # a cell is still to be graded by a person
    reason: str = ""


class Writer:
    """Open for as long as a class is graded. Raises Stop where another process grades the same class."""

    def __init__(self, course: Course) -> None:
        self._course = course
        course.class_dir.mkdir(parents=True, exist_ok=True)
        self._papers: dict[str, bytes] = {}
        self._marks: dict[str, str] = {}
        self._lock = open(course.class_dir / ".grading.lock", "w")  # noqa: SIM115 - held until the process ends
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Stop(f"The class in {course.class_dir} is being graded by another process.") from None
        self._unfinished = course.class_dir / ".unfinished"
        shutil.rmtree(self._unfinished, ignore_errors=True)  # of a run that was killed, as are these
        for left in course.class_dir.glob(".graded.json.*.tmp"):
            left.unlink()
        config = nbgrader_api.configuration(course)
        config.CourseDirectory.autograded_directory = str(self._unfinished / "autograded")
        config.CourseDirectory.feedback_directory = str(self._unfinished / "feedback")
        self.settings = SealedExecute(config=config)
        self._autograde = nbgrader_api.Converter(Autograde, config)
        self._feedback = nbgrader_api.Converter(GenerateFeedback, config)
        again = deepcopy(config)
        again.CourseDirectory.autograded_directory = str(course.autograded)
        self._page = nbgrader_api.Converter(GenerateFeedback, again)
        self._steps = list(self._autograde.nbgraders.autograde_preprocessors)
        if RUNS not in self._steps:
            raise Stop(f"{RUNS} is not among c.Autograde.autograde_preprocessors: grade with `nbgrader autograde`.")
        self.book = OpenGradebook(course, self._autograde.nbgraders.coursedir.course_id)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._lock.close()

    def enter(self, lesson: str) -> None:
        """Enter the lesson as it now stands into the gradebook. Raises Stop where nbgrader does not take it."""
        with self.book.transaction(lesson):
            nbgrader_api.register(self._course, lesson)
        self.take(lesson)

    def take(self, lesson: str) -> None:
        """Take the paper of a lesson as it now stands, without entering it."""
        self._papers[lesson] = exam_paper(self._course, lesson)
        self._marks[lesson] = paper_mark(self._course, lesson)

    def paper(self, lesson: str) -> bytes:
        """What a submission of a lesson that was entered is graded against."""
        return self._papers[lesson]

    def mark(self, lesson: str) -> str:
        """The fingerprint of its paper."""
        return self._marks[lesson]

    def is_kept(self, lesson: str, student: str) -> bool:
        """Whether this very submission has been graded, to the end."""
        graded = self._course.autograded / student / lesson
        return (graded / f"{lesson}.ipynb").is_file() and _time(graded) == self.handed_in_at(lesson, student)

    def handed_in_at(self, lesson: str, student: str) -> str:
        return _time(self._course.submitted / student / lesson)

    def keep(self, lesson: str, student: str, notebook: bytes, again: bool = False) -> Graded:
        """Keep what was graded: notebook, scores, feedback page. Raises, with nothing changed, where that fails.

        What a person has graded stays; of a submission that had been graded before, it also stays done, unless `again`.
        Where only the page can not be made, or not in time, the rest is kept, and the result says so.
        """
        self._autograde.nbgraders.autograde_preprocessors = [
            _looked_up(notebook, self._marks[lesson]) if step == RUNS else step for step in self._steps
        ]
        with self.book.transaction(lesson, student) as book:
            before = None if again else self._known(book, lesson, student)
            done = _done_by_hand(before) if before and before.timestamp == self._handed_in(lesson, student) else set()
            if before and self.book.shared and before.timestamp > self._handed_in(lesson, student):
                raise Stop(
                    f"A newer submission, of {before.timestamp:%d %b %Y, %H:%M} UTC, has been graded elsewhere: "
                    "collect that one here. (`grade --again` counts this one.)"
                )
            self._autograde.convert(lesson, student)
            book.db.expire_all()
            for grade in _grades(book.find_submission(lesson, student)) if done else ():
                grade.needs_manual_grade = grade.needs_manual_grade and grade.name not in done
            book.db.commit()
            no_page = deadline.page(self._feedback, lesson, student)
            book.db.expire_all()
            result = _result(book, lesson, student, no_page)
            self._drop_folders(lesson, student)
        if not no_page:
            self._put("feedback", lesson, student)
        self._put("autograded", lesson, student)
        return result

    def drop(self, lesson: str, student: str) -> None:
        """After a failure: no score of an earlier run stays as if it were of this one; a person's points do."""
        was_here = (self._course.autograded / student / lesson).exists()
        with self.book.transaction(lesson, student) as book:
            self._drop_folders(lesson, student)
            submission = self._known(book, lesson, student)
            if submission is None:
                return
            if self.book.shared and not was_here and submission.timestamp >= self._handed_in(lesson, student):
                return  # another machine has graded this very submission, or a newer one
            for notebook in submission.notebooks:
                notebook.late_submission_penalty = None
            for grade in _grades(submission):
                grade.auto_score, grade.needs_manual_grade = None, True
            book.db.commit()

    def _known(self, book: Gradebook, lesson: str, student: str) -> SubmittedAssignment | None:
        """What the gradebook has of this student's work on the lesson, and of when."""
        try:
            found = book.find_submission(lesson, student)
        except MissingEntry:
            return None
        return found if found.timestamp else None

    def _handed_in(self, lesson: str, student: str) -> datetime:
        """When, as nbgrader reads it: UTC. Without a word of it, long ago."""
        folder = self._course.submitted / student / lesson
        return self._autograde.nbgraders.coursedir.get_existing_timestamp(str(folder)) or datetime.min

    def kept(self, lesson: str, student: str) -> Graded:
        """The result of a submission that was graded before; its feedback page is written where it is missing."""
        no_page = self.write_page(lesson, student)
        with self.book.transaction() as book:
            return _result(book, lesson, student, no_page)

    def drop_page(self, lesson: str, student: str) -> None:
        """The feedback page, which says something else than the gradebook from now on."""
        self._drop_folders(lesson, student, ("feedback",))

    def write_page(self, lesson: str, student: str) -> str:
        """The feedback page of a submission that was graded here, where it is missing. Returns why there is none."""
        graded, page = (self._course.class_dir / room / student / lesson for room in ("autograded", "feedback"))
        if (page / f"{lesson}.html").is_file() or not (graded / f"{lesson}.ipynb").is_file():
            return ""
        with self.book.transaction():
            no_page = deadline.page(self._page, lesson, student)
        shutil.rmtree(page, ignore_errors=True)
        if not no_page:
            self._put("feedback", lesson, student)
        return no_page

    def _put(self, room: str, lesson: str, student: str) -> None:
        place = self._course.class_dir / room / student / lesson
        place.parent.mkdir(parents=True, exist_ok=True)
        os.rename(self._unfinished / room / student / lesson, place)

    def _drop_folders(self, lesson: str, student: str, rooms: tuple[str, ...] = ("autograded", "feedback")) -> None:
        for room in rooms:
            old = self._course.class_dir / room / student / lesson
            if old.exists():
                self._unfinished.mkdir(exist_ok=True)
                os.rename(old, Path(tempfile.mkdtemp(dir=self._unfinished)) / lesson)


def _grades(submission: SubmittedAssignment) -> list[Grade]:
    return [grade for notebook in submission.notebooks for grade in notebook.grades]


def _done_by_hand(submission: SubmittedAssignment) -> set[str]:
    """The cells that a person has graded, and that wait for nobody."""
    return {g.name for g in _grades(submission) if g.manual_score is not None and not g.needs_manual_grade}


def _looked_up(graded: bytes, mark: str) -> Callable:
    """In the place of running the notebook: the outputs, and the signs of tampering, that came back for it."""
    done = nbformat.reads(graded.decode(), as_version=4)

    def look_up(nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        if [cell.source for cell in nb.cells] != [cell.source for cell in done.cells]:
            raise Stop("It was changed while it was graded: grade again.")
        for cell, ran in zip(nb.cells, done.cells, strict=True):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
        about = done.metadata.get("transformer_lessons", {})
        if "flags" in about:
            nb.metadata.setdefault("transformer_lessons", {})["flags"] = about.flags
        nb.metadata.setdefault("transformer_lessons", {})["paper"] = mark
        return nb, resources

    return look_up


def _result(book: Gradebook, lesson: str, student: str, no_page: str) -> Graded:
    found = book.find_submission(lesson, student)
    return Graded(student, lesson, found.score, found.max_score, found.needs_manual_grade, no_page)


def _time(folder: Path) -> str:
    path = folder / "timestamp.txt"
    return path.read_text(errors="replace").strip() if path.is_file() else ""
