"""nbgrader's gradebook, opened once, and written in whole transactions: all of a submission, or nothing of it.

nbgrader opens its gradebook anew in every step, nine times for a submission, and commits after every cell. Here each of
its steps gets a session that joins the one transaction at hand, which is how SQLAlchemy joins sessions into an outer
transaction; what the steps do in it is their own. Should a later nbgrader name things otherwise, it opens its gradebook
itself, as ever: slower, and in its own small transactions.

On PostgreSQL several machines, each with a class folder of its own, may write to one gradebook. A transaction there
first waits for its turn: for this student, and for as long as nobody enters the lesson anew. The locks are the
transaction's; they go with it, and with a process that is killed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import Base, Gradebook, get_alembic_version
from nbgrader.api import Course as CourseRow
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from autograder.course import Course
from autograder.errors import Stop
from autograder.nbgrader_api import find_alembic

PATIENCE = 60  # seconds to wait while somebody else, the formgrader say, writes
CREATING, LESSON, STUDENT = 20260801, 20260802, 20260803  # first keys of PostgreSQL's advisory locks; ours, at random
# A machine that is cut off keeps its locks until the server has noticed, in about a minute.
NOTICED = ("tcp_keepalives_idle = 30", "tcp_keepalives_interval = 10", "tcp_keepalives_count = 3")


class OpenGradebook:
    """The gradebook of one class. Only one thread may use it."""

    def __init__(self, course: Course, course_id: str) -> None:
        self._course, self._course_id = course, course_id
        self.shared = not _is_of_the_folder(course)
        with in_words(course):
            self._engine = _engine(course)
            _create(course, course_id, self._engine)
            self._connection = self._engine.connect()

    @contextmanager
    def transaction(self, lesson: str = "", student: str = "") -> Iterator[Gradebook]:
        """All that nbgrader writes to its gradebook within is kept at the end, at once; on an error nothing is.

        lesson, student: whose results are written; a lesson alone: the lesson itself."""
        with (
            in_words(self._course),
            self._connection.begin(),
            _given_to_nbgrader(self._connection) as joined,
        ):
            if lesson and self._engine.dialect.name == "postgresql":
                _lock(self._connection, LESSON, lesson, shared=bool(student))
                if student:
                    _lock(self._connection, STUDENT, student)
            with joined("", self._course_id) as book:
                yield book

    def __enter__(self) -> OpenGradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


@contextmanager
def _given_to_nbgrader(connection: Connection) -> Iterator[type[Gradebook]]:
    class Joined(Gradebook):
        def __init__(self, db_url: str, course_id: str = "default_course", authenticator: object = None) -> None:
            self.engine = connection.engine
            self.db = scoped_session(
                sessionmaker(autoflush=True, bind=connection, future=True, join_transaction_mode="rollback_only")
            )
            self.check_course(course_id)
            self.course_id, self.authenticator = course_id, authenticator

        def close(self) -> None:
            self.db.remove()

    places = [m for name, m in list(sys.modules.items()) if name.startswith("nbgrader.") and _opens(m)]
    for module in places:
        module.Gradebook = Joined
    try:
        yield Joined
    finally:
        for module in places:
            module.Gradebook = Gradebook


def _opens(module: object) -> bool:
    return getattr(module, "__dict__", {}).get("Gradebook") is Gradebook


@contextmanager
def read(course: Course) -> Iterator[Gradebook]:
    """The gradebook of a class, as nbgrader opens it. Raises Stop where there is none yet."""
    with in_words(course):
        engine = _engine(course)
        is_file = engine.dialect.name == "sqlite" and engine.url.database
        there = Path(engine.url.database).is_file() if is_file else True
        there = there and bool(inspect(engine).get_table_names())
        engine.dispose()
        if not there:
            raise Stop(f"There is no gradebook yet in {_shown(course)}: `autograder grade` makes it.")
        with Gradebook(course.db_url) as book:
            yield book


@contextmanager
def in_words(course: Course) -> Iterator[None]:
    """A database that can not be used is said in one sentence, without its password."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("psycopg", "psycopg2"):
            raise
        raise Stop(f"{error.name} is not installed: pip install 'transformer-lessons[postgres]'.") from None
    except (ArgumentError, InterfaceError, OperationalError) as error:
        why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise Stop(f"The gradebook in {_shown(course)} can not be used: {why}") from None
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # a constraint that does not hold, say: a fault of ours
            raise
        raise Stop(  # SQLite's word for a file that is torn, or is none of its own
            f"The gradebook in {_shown(course)} is damaged ({error.orig}): put a copy of it back, or move it away and "
            "grade anew, without the points that were given by hand."
        ) from None


def _shown(course: Course) -> str:
    try:
        return make_url(course.db_url).render_as_string(hide_password=True)
    except ArgumentError:
        return "c.CourseDirectory.db_url of nbgrader_config.py"


def _engine(course: Course) -> Engine:
    if not course.db_url.startswith("postgresql"):
        waiting = {"timeout": PATIENCE} if course.db_url.startswith("sqlite") else {}
        return create_engine(course.db_url, connect_args=waiting)
    engine = create_engine(course.db_url, isolation_level="READ COMMITTED", pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _(connection, _):  # its own, of the driver
        with connection.cursor() as cursor:
            for setting in NOTICED:
                cursor.execute(f"SET {setting}")
        connection.commit()

    return engine


def _lock(connection: Connection, kind: int, name: str, shared: bool = False) -> None:
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    connection.execute(text(f"SELECT {function}(:kind, hashtext(:name))"), {"kind": kind, "name": name})


def _is_of_the_folder(course: Course) -> bool:
    return course.db_url == f"sqlite:///{course.gradebook}"


def _create(course: Course, course_id: str, engine: Engine) -> None:
    """Where there is none, make it as a whole: nbgrader would take one that is half made for whole."""
    find_alembic()
    if engine.dialect.name == "postgresql":
        _create_there(course_id, engine)
    elif not _is_of_the_folder(course):
        Gradebook(course.db_url, course_id).close()
    elif not course.gradebook.exists():
        _create_here(course, course_id)


def _create_there(course_id: str, engine: Engine) -> None:
    """What `Gradebook()` makes, but in one transaction, by one machine at a time."""
    with engine.begin() as connection:
        _lock(connection, CREATING, "gradebook")
        if not inspect(connection).get_table_names():
            Base.metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            version = {"version": get_alembic_version()}
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), version)
        with Session(connection) as session:
            for name in (course_id, "default_course"):  # the second is in every gradebook of nbgrader's
                if session.get(CourseRow, name) is None:
                    session.add(CourseRow(id=name))
            session.commit()


def _create_here(course: Course, course_id: str) -> None:
    """Under another name first."""
    unfinished = course.gradebook.with_name(".gradebook.db.tmp")
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    for left in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):  # of a run that was killed
        left.unlink(missing_ok=True)
    Gradebook(f"sqlite:///{unfinished}", course_id).close()
    os.replace(unfinished, course.gradebook)
