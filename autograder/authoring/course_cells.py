"""The two cells that are the same in every lesson.

The set-up cell finds the course, and on Colab fetches it; it installs nothing. The last cell looks at the notebook
before it is handed in; it earns no points, and at grading it does nothing.
"""

from __future__ import annotations

import tomllib

from autograder.course import Course
from autograder.errors import Stop

_SOURCE = """\
# Run me first. Finds the course files, and on Colab fetches them once. Installs nothing; safe to run again.
import pathlib
import subprocess
import sys

REPOSITORY, TAG = "{repository}", "{tag}"
here = pathlib.Path.cwd()
root = next((p for p in (here, *here.parents) if (p / "classroom" / "check.py").is_file()), None)
if root is None and "google.colab" in sys.modules:
    root = pathlib.Path("/content") / REPOSITORY.rsplit("/", 1)[-1]
    if not (root / "classroom").is_dir():
        quiet = ["-c", "advice.detachedHead=false", "clone", "--quiet", "--depth", "1"]
        subprocess.run(["git", *quiet, "--branch", TAG, REPOSITORY, str(root)], check=True)
if root is not None and str(root) not in sys.path:
    sys.path.insert(0, str(root))
from classroom import start

start("{lesson}")"""


_LAST = """\
# Save the notebook, then run me: I look whether all your answers are in it, and say how to hand it in.
from classroom import progress, submit

submit("{lesson}")
progress()"""
LAST_TAG = "hand-in"


def last_cell(lesson_id: str) -> str:
    """The source of the cell that the build puts behind every lesson."""
    return _LAST.format(lesson=lesson_id)


def setup_cell(course: Course, lesson_id: str, place: tuple[str, str] | None = None) -> str:
    """The set-up cell's source. place: repository and tag, if not those of pyproject.toml."""
    repository, tag = place or place_of(course)
    return _SOURCE.format(repository=repository, tag=tag, lesson=lesson_id)


def place_of(course: Course) -> tuple[str, str]:
    """The repository and tag that pyproject.toml names under [tool.transformer-lessons]."""
    try:
        settings = tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))
        place = settings["tool"]["transformer-lessons"]
        return place["repository"], place["tag"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise Stop(
            f"pyproject.toml does not name the repository and tag under [tool.transformer-lessons] ({error})."
        ) from None
