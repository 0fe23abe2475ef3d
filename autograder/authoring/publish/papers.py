"""The bundle's own papers: a README for students, and what an installation needs, taken from the course's own."""

from __future__ import annotations

import json
import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.authoring.course_cells import BADGE, path_of
from autograder.authoring.publish.address import Address
from autograder.authoring.publish.lesson import facts
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.translator.expected import expected_files

GLOSSARY = "[The glossary](lessons/glossary.md) has the terms of the field, in English and Korean, and the symbols.\n"
NAMES = ("README.md", "pyproject.toml", "environment.yml", ".gitignore")
_TEMPLATES = Path(__file__).parent / "templates"
_STUDENTS_SECTIONS = ("the student's part", "translation", "lab")  # of environment.yml
_CONDA = """\
# The course for people who use conda. To use it, in this folder:
#
#   conda env create -f environment.yml
#   conda activate transformer-lessons
#   python -m pip install --no-deps -e .
"""


def papers(
    course: Course,
    lessons: Mapping[str, NotebookNode],
    editions: Mapping[str, Mapping[str, NotebookNode]],
    address: Address,
) -> dict[str, bytes]:
    """Name -> content, of the four. editions: of a lesson, language -> its translation."""
    files = {
        "README.md": _readme(course, lessons, editions, address),
        "pyproject.toml": _pyproject(course, lessons),
        "environment.yml": _environment(course),
        ".gitignore": _template("gitignore", {}),
    }
    return {name: text.encode() for name, text in files.items()}


def _readme(
    course: Course,
    lessons: Mapping[str, NotebookNode],
    editions: Mapping[str, Mapping[str, NotebookNode]],
    address: Address,
) -> str:
    first = min(lessons)
    on_github = bool(address.on_colab(first))
    files = [(lesson_id, name) for lesson_id, notebook in lessons.items() for name in expected_files(notebook)]
    return _template(
        "README.md",
        {
            "table": "\n".join(_table(lessons, editions, address, on_github)),
            "colab": "Click the button beside a lesson."
            if on_github
            else "Download the notebook of a lesson, and in Colab take *File → Upload notebook*.",
            "first": first,
            "glossary": GLOSSARY if (course.lessons / "glossary.md").is_file() else "",
            "model": "".join(
                f"With `{lesson_id}.ipynb` hand in `{name}`, which the lesson writes beside it.\n"
                for lesson_id, name in files
            ),
            "tag": address.tag,
            "repository": address.repository,
        },
    )


def _table(
    lessons: Mapping[str, NotebookNode],
    editions: Mapping[str, Mapping[str, NotebookNode]],
    address: Address,
    on_github: bool,
) -> Iterable[str]:
    yield "| | lesson | time | points |" + (" |" if on_github else "")
    yield "|---|---|---|---|" + ("---|" if on_github else "")
    for lesson_id, notebook in lessons.items():
        title, time, points = facts(notebook)
        number = lesson_id.split("_")[0].lstrip("0")
        named = [f"[{title or lesson_id}]({path_of(lesson_id)})"]
        for language, translation in editions[lesson_id].items():  # by its own title, in its own language
            named.append(f"[{facts(translation)[0] or language}]({path_of(lesson_id, language)})")
        row = f"| {number} | {', '.join(named)} | {time} | {points} |"
        badge = f" [![Open in Colab](assets/badge/{BADGE})]({address.on_colab(lesson_id)}) |"
        yield row + (badge if on_github else "")


def _pyproject(course: Course, lessons: Mapping[str, NotebookNode]) -> str:
    project = _toml(course)["project"]
    extras = project["optional-dependencies"]
    included = {"assets/probes": "classroom/_assets/probes", "assets/models": "classroom/_assets/models"}
    return _template(
        "student.toml",
        {
            **{name: project[name] for name in ("name", "version", "description")},
            "python": project["requires-python"],
            "dependencies": _listed(project["dependencies"]),
            "translation": _listed(extras["translation"]),
            "lab": _listed(extras["lab"]),
            "included": "\n".join(f"{json.dumps(here)} = {json.dumps(there)}" for here, there in included.items()),
        },
    )


def _toml(course: Course) -> dict[str, Any]:
    try:
        return tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Stop(f"pyproject.toml cannot be read ({error}).") from None


def _listed(lines: Iterable[str]) -> str:
    return "[\n" + "".join(f"    {json.dumps(line)},\n" for line in lines) + "]"


def _environment(course: Course) -> str:
    """The course's environment.yml without the sections that are for instructors, each of which a comment begins."""
    try:
        text = (course.root / "environment.yml").read_text(encoding="utf-8")
    except OSError as error:
        raise Stop(f"environment.yml cannot be read ({error.strerror}).") from None
    head, *sections = re.split(r"^  # (.+)\n", text, flags=re.MULTILINE)
    found = dict(zip(sections[::2], sections[1::2], strict=True))
    if not set(_STUDENTS_SECTIONS) <= set(found):
        raise Stop(f"environment.yml has no sections called {', '.join(_STUDENTS_SECTIONS)}.")
    head = "".join(line for line in head.splitlines(keepends=True) if not line.startswith("#"))
    return _CONDA + head + "".join(f"  # {name}\n{found[name]}" for name in _STUDENTS_SECTIONS)


def _template(name: str, values: Mapping[str, str]) -> str:
    return string.Template((_TEMPLATES / name).read_text(encoding="utf-8")).substitute(values)
