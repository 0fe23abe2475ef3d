"""No sandbox (`--unsafe`): limits and a private folder, and whatever the user may do, the student's code may do."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile

from autograder.grading.limits import Limits
from autograder.grading.sandbox import kernel


def enter() -> None:
    """Once, in the warm parent."""


def prepare(limits: Limits) -> str:
    """For each submission, in its keeper, before the student's process is forked. Returns its private folder."""
    kernel.adopt_orphans()
    return tempfile.mkdtemp(prefix="submission-")


def confine(limits: Limits, place: str) -> None:
    """In the student's process, before any of their code runs."""
    os.setsid()
    os.chdir(place)
    os.environ.update(HOME=place, TMPDIR=place)
    tempfile.tempdir = place
    kernel.die_with_parent()
    kernel.set_limits(limits)


def clean(child: int, place: str) -> None:
    """When the student's process has ended: end what it left running, and remove its folder."""
    end_what_is_left()
    shutil.rmtree(place, ignore_errors=True)


def end_what_is_left() -> None:
    """All that the student's process has started and has not ended is below the keeper now."""
    for _ in range(1000):
        left = kernel.children(os.getpid())
        for process in left:
            os.kill(process, signal.SIGKILL)
        for process in left:
            os.waitpid(process, 0)
        if not left:
            return
