"""nbgrader's gradebook, opened once, and written in whole transactions: all of a submission, or nothing of it.

nbgrader opens its gradebook anew in every step, nine times for a submission, and commits after every cell. Here each of
its steps gets a session that joins the one transaction at hand, which is how SQLAlchemy joins sessions into an outer
transaction; what the steps do in it is their own. Should a later nbgrader name things otherwise, it opens its gradebook
itself, as ever: slower, and in its own small transactions.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader.api import Gradebook
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

from autograder.course import Course

PATIENCE = 60  # seconds to wait while somebody else, the formgrader say, writes


class OpenGradebook:
    """The gradebook of one class. Only one thread may use it."""

    def __init__(self, course: Course, course_id: str) -> None:
        _create(course, course_id)
        waiting = {"timeout": PATIENCE} if course.db_url.startswith("sqlite") else {}
        self._course_id = course_id
        self._engine = create_engine(course.db_url, connect_args=waiting)
        self._connection = self._engine.connect()

    @contextmanager
    def transaction(self) -> Iterator[Gradebook]:
        """All that nbgrader writes to its gradebook within is kept at the end, at once; on an error nothing is."""
        with (
            self._connection.begin(),
            _given_to_nbgrader(self._connection) as joined,
            joined("", self._course_id) as book,
        ):
            yield book

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


def _create(course: Course, course_id: str) -> None:
    """Where there is none, make it under another name first: nbgrader would take one that is half made for whole."""
    if course.db_url != f"sqlite:///{course.gradebook}" or course.gradebook.exists():
        return
    unfinished = course.gradebook.with_name(".gradebook.db.tmp")
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    for left in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):  # of a run that was killed
        left.unlink(missing_ok=True)
    Gradebook(f"sqlite:///{unfinished}", course_id).close()
    os.replace(unfinished, course.gradebook)
