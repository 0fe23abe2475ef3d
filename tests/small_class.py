"""A class of the small course, and all that grading it leaves behind, in a form that two runs can be compared in."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from nbgrader.api import Base, Gradebook
from small_course import LESSON, cell, released, solved, write_nb
from sqlalchemy import MetaData, Table, create_engine, inspect, select

from autograder.course import Course
from autograder.grading.many import pool
from autograder.grading.run import grade, prepare

ANSWERS = {
    "ada": {},
    "bo": {"mean": "def mean(values):\n    return values[0]"},
    "cy": {"add": "import os\nos._exit(3)"},
    "di": {"mean": "raise NotImplementedError"},
}
DUE = datetime(2026, 10, 10)


def hand_in(course: Course, student: str, answers: dict[str, str] | None, day: int) -> None:
    """As `collect` leaves it; answers: over right ones, or None for a file that is no notebook. day: of October."""
    folder = course.submitted / student / LESSON
    if answers is None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{LESSON}.ipynb").write_text("{nonsense")
    else:
        nb = solved(released(course))
        for name, source in answers.items():
            cell(nb, name).source = source
        write_nb(folder / f"{LESSON}.ipynb", nb)
    (folder / "timestamp.txt").write_text(f"2026-10-{day:02} 12:00:00.000000 UTC")


def with_deadline(course: Course) -> None:
    """What is handed in after the tenth is late, and its points are gone where the course's plugin says so."""
    prepare(course, LESSON)
    with Gradebook(course.db_url) as book:
        book.find_assignment(LESSON).duedate = DUE
        book.db.commit()


def by_hand(course: Course, student: str, points: float) -> None:
    with Gradebook(course.db_url) as book:
        grade = book.find_grade("why", LESSON, LESSON, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.find_comment("why", LESSON, LESSON, student).manual_comment = "Well said."
        book.db.commit()


def rows(course: Course) -> dict[str, object]:
    """Every row of every table of the gradebook, in whatever database, but for random ids."""
    found: dict[str, object] = {}
    engine = create_engine(course.db_url)
    with engine.connect() as db:
        version = Table("alembic_version", MetaData(), autoload_with=db)
        assert {*inspect(db).get_table_names()} == {version.name, *Base.metadata.tables}
        for table in (version, *Base.metadata.tables.values()):
            random = {name for name in table.columns.keys() if name == "id" or name.endswith("_id")}  # noqa: SIM118
            random -= {"student_id", "course_id"} | ({"id"} if table.name in ("student", "course") else set())
            kept = [column for column in table.columns if column.name not in random]
            found[table.name] = sorted(
                map(repr, db.execute(select(*kept) if kept else select(table.columns.id.is_(None))))
            )
    engine.dispose()
    return found


def left_behind(course: Course) -> dict[str, object]:
    """`rows`, who has which grades, and every file but the gradebook's own."""
    left: dict[str, object] = {}
    left.update(rows(course))
    with Gradebook(course.db_url) as book:
        for submission in book.db.query(__import__("nbgrader.api").api.SubmittedAssignment).all():
            for notebook in submission.notebooks:
                cells = [(g.name, g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades]
                said = [(c.name, c.auto_comment, c.manual_comment) for c in notebook.comments]
                key = (submission.student.id, submission.assignment.name, notebook.name)
                assert key not in left, f"{key} was graded twice"
                left[key] = sorted(map(repr, cells)), sorted(map(repr, said)), notebook.late_submission_penalty
    for path in sorted(course.class_dir.rglob("*")):
        name = str(path.relative_to(course.class_dir))
        if path.is_file() and not name.startswith("gradebook.db"):
            left[name] = path.read_bytes()
    return left


def outcomes(course: Course, unsafe: bool = False) -> dict[str, object]:
    """What the real workers say of every submission, by student."""
    seen: dict[str, object] = {}
    real = pool.graded_here

    def noted(jobs, *rest):
        for job, outcome in real(jobs, *rest):
            seen[job.student] = outcome
            yield job, outcome

    pool.graded_here = noted
    try:
        grade(course, LESSON, unsafe=unsafe)
    finally:
        pool.graded_here = real
    return seen


def graded_in_a_child(course: Course, known: dict[str, object], killed_at: int = -1, count: bool = False) -> int:
    """`grade` in a forked process, with what the workers said of these submissions before. Returns its exit code.

    killed_at: it kills itself right before the change of that number that it makes to the disk. count: returns instead
    how many changes there are.
    """
    code, changes = ended(*grading_child(course, known, killed_at))
    return changes if count else code


def grading_child(course: Course, known: dict[str, object], killed_at: int = -1) -> tuple[int, int]:
    """The same, begun: its process, and where `ended` hears from it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code, changes = 3, 0
        try:
            pool.ready = lambda *_: None
            pool.graded_here = lambda jobs, *_: ((job, known[job.student]) for job in jobs)

            def counted() -> None:
                nonlocal changes
                changes += 1
                if changes == killed_at:
                    os.kill(os.getpid(), signal.SIGKILL)

            _before_each_change(Path(course.class_dir), counted)
            results = grade(course, LESSON)
            code = 1 if any(result.score is None for result in results) else 0
        finally:
            os.write(writing, str(changes).encode())
            os._exit(code)
    os.close(writing)
    return child, reading


def ended(child: int, reading: int) -> tuple[int, int]:
    """The exit code of a grading child, once it has ended, and how many changes it made (0 where it was killed)."""
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        changes = pipe.read()
    return os.waitstatus_to_exitcode(status), int(changes or 0)


CHANGING = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "shutil.copyfile"}


def _before_each_change(folder: Path, do: object) -> None:
    """Call `do` before each file that is opened to be written, renamed or removed in `folder`, and each SQL statement
    that writes and each commit."""
    from sqlalchemy import Engine, event

    def audited(name: str, args: tuple) -> None:
        writes = name == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or name in CHANGING) and str(args[0]).startswith(str(folder)):
            do()

    sys.addaudithook(audited)

    @event.listens_for(Engine, "before_cursor_execute")
    def _(connection, cursor, statement, *rest):
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            do()

    event.listen(Engine, "commit", lambda connection: do())
