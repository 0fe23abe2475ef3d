"""`submit("04_self_attention")`: looks at the notebook before it is handed in. It writes and sends nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from classroom import passed
from classroom.checking import records
from classroom.keep import folder as kept
from classroom.keep import record
from classroom.submit.answers import states
from classroom.submit.notebook import NotFound, find, ran
from classroom.submit.report import Report, show


def submit(lesson: str, file: str | Path | None = None) -> None:
    """Show whether all answers of the lesson are in this notebook, which checks pass, and how to hand it in.

    It reads the notebook's file as it was saved last (on Colab the notebook itself), so save first. file: where that is
    not the file that it finds by itself. Says in one sentence where it can not look. Writes nothing, sends nothing, and
    does nothing at grading.
    """
    if not kept.allowed():
        return
    try:
        if not isinstance(lesson, str) or lesson not in records.lessons():
            raise NotFound(f"There is no lesson {lesson!r}; the lessons are: {', '.join(records.lessons())}.")
        cells = records.answer_cells(lesson)
        seen = find(lesson, [cell.id for cell in cells], file)
    except NotFound as error:
        print(error)
        return
    show(
        Report(
            lesson=lesson,
            notebook=seen,
            states=states(cells, seen.cells, passed.asked(), record.remembered(), ran()),
            last_passed=passed.last_passed(),
            files=tuple((name, _when(seen.folder / name)) for name in records.files(lesson)),
            colab="google.colab" in sys.modules,
        )
    )


def _when(file: Path) -> float | None:
    """When a file was written last, in seconds since 1970; None where there is none."""
    try:
        return file.stat().st_mtime if file.is_file() else None
    except OSError:
        return None
