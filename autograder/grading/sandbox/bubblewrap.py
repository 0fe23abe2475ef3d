"""The sandbox of bubblewrap, where it may use namespaces and Python may not (as on Ubuntu 24.04, with its profile).

The warm parent as a whole is started in it, and serves one submission: what that leaves behind ends with it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from autograder.course import Course
from autograder.grading.limits import Limits
from autograder.grading.sandbox import bare, kernel
from autograder.grading.sandbox.filter import forbid_system_calls
from autograder.grading.sandbox.public import course_root, readable

_PACKAGE = Path(__file__).resolve().parents[2]
_PARTS = ("__init__.py", "course.py", "errors.py", "grading")  # what the warm parent is made of; public code


def prefix(course: Course) -> tuple[str, ...]:
    """The words before the command of the warm parent. Empty where there is no bubblewrap."""
    program = shutil.which("bwrap")
    if program is None:
        return ()
    words = [program, "--unshare-all", "--die-with-parent", "--new-session", "--proc", "/proc", "--dev", "/dev"]
    places = readable(course.root) + [_PACKAGE / name for name in _PARTS]
    words += ["--tmpfs", "/tmp"]
    for place in places:
        if place.is_symlink():
            words += ["--symlink", os.readlink(place), str(place)]
        elif not place.is_relative_to(course.root):
            words += ["--ro-bind", str(place), str(place)]
    words += ["--tmpfs", str(course.root)]
    for place in places:
        if place.is_relative_to(course.root) and not place.is_symlink():
            words += ["--ro-bind", str(place), str(place)]
    work = str(course.root / "notebook")
    return (*words, "--dir", work, "--tmpfs", work, "--remount-ro", str(course.root), "--chdir", work, "--")


def enter() -> None:
    """The parent is inside already. It must see the course's public part, and nothing else of it."""
    if (course_root() / "solutions").exists():
        raise OSError("the parent was not started inside bubblewrap")


def prepare(limits: Limits) -> str:
    kernel.adopt_orphans()
    return str(course_root() / "notebook")


def confine(limits: Limits, place: str) -> None:
    kernel.die_with_parent()
    kernel.set_limits(limits)
    os.setsid()
    os.chdir(place)
    os.chmod(place, 0o1777)
    os.chmod("/tmp", 0o1777)
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):  # bubblewrap may have kept the right to do so, or not
            kernel.become(61184 + os.getpid() % 4000)
    kernel.give_up_privileges()
    forbid_system_calls()
    os.umask(0o077)
    os.environ.update(HOME=place, TMPDIR="/tmp", PWD=place)
    tempfile.tempdir = "/tmp"


def clean(child: int, place: str) -> None:
    bare.end_what_is_left()
