"""What is the same in every lesson: a button for Colab under its title, and two cells.

The set-up cell finds the course, and on Colab fetches it; it installs nothing. The last cell looks at the notebook
before it is handed in; it earns no points, and at grading it does nothing. Button and set-up cell lead to one place,
which pyproject.toml names.
"""

from __future__ import annotations

import base64
import re
import tomllib
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from autograder.course import Course
from autograder.errors import Stop

_SOURCE = """\
# Run me first. Finds the course files, and on Colab fetches them once. Installs nothing; safe to run again.
import importlib.util
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
if importlib.util.find_spec("classroom") is None:
    raise ModuleNotFoundError("The course was not found above this notebook: move it back into the course's folder.")
from classroom import start

start("{lesson}")"""


_LAST = """\
# Save the notebook, then run me: I look whether all your answers are in it, and say how to hand it in.
from classroom import progress, submit

submit("{lesson}")
progress()"""
LAST_TAG = "hand-in"
BADGE = "open_in_colab.png"  # in assets/badge, whose draw.py draws it
BADGE_LINE = re.compile(rf"\[!\[Open in Colab\]\((?:attachment:|assets/badge/){re.escape(BADGE)}\)\]\(([^)\s]+)\)")
_GITHUB = re.compile(r"https?://github\.com/([\w.-]+)/([\w.-]+)")


def last_cell(lesson_id: str) -> str:
    """The source of the cell that the build puts behind every lesson."""
    return _LAST.format(lesson=lesson_id)


def setup_cell(course: Course, lesson_id: str, place: tuple[str, str] | None = None) -> str:
    """The set-up cell's source. place: repository and tag, if not those of pyproject.toml."""
    repository, tag = place or place_of(course)
    return _SOURCE.format(repository=repository, tag=tag, lesson=lesson_id)


def on_colab(place: tuple[str, str], path: str) -> str:
    """The address that opens a notebook of the repository, at the tag, on Colab; "" where that is not on GitHub."""
    repository, tag = place
    found = _GITHUB.fullmatch(repository.removesuffix(".git"))
    return f"https://colab.research.google.com/github/{found[1]}/{found[2]}/blob/{quote(tag)}/{path}" if found else ""


def path_of(lesson_id: str, language: str = "") -> str:
    """Where a released lesson lies in the course."""
    return f"lessons{f'-{language}' * bool(language)}/{lesson_id}/{lesson_id}.ipynb"


def put_badge(course: Course, cell: NotebookNode, link: str) -> None:
    """The button under the cell's heading leads to `link`; there is none where that is "".

    The picture is an attachment: Colab shows none that lies beside a notebook, and nothing is asked of the network."""
    cell.source = re.sub(rf"\n\n{BADGE_LINE.pattern}\n", "\n", cell.source, count=1)
    attachments = cell.setdefault("attachments", nbformat.from_dict({}))
    attachments.pop(BADGE, None)
    if link:
        heading, _, rest = cell.source.partition("\n")
        cell.source = f"{heading}\n\n[![Open in Colab](attachment:{BADGE})]({link})\n{rest}"
        picture = (course.assets / "badge" / BADGE).read_bytes()
        attachments[BADGE] = nbformat.from_dict({"image/png": base64.b64encode(picture).decode()})
    if not attachments:
        del cell["attachments"]


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
