"""What students get, as files in memory: an allow-list, and of it only what git tracks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath

from autograder.authoring.course_cells import BADGE, path_of
from autograder.authoring.publish import papers
from autograder.authoring.publish.address import Address
from autograder.authoring.publish.lesson import as_bytes, published, published_editions
from autograder.course import Course
from autograder.errors import Stop

# Copied as they are, if they are of these kinds. Figures are inside the notebooks; nothing else of assets/ is loaded.
_COPIED = (
    r"classroom/(\w+/)*\w+\.py",
    r"assets/probes/\w+\.(json|safetensors)",
    r"assets/models/\w+\.safetensors",
    r"assets/(probes|models)/README\.md",
    rf"assets/badge/{re.escape(BADGE)}",
    r"LICENSE(-TEXT)?",
)
_ROOMS = ("classroom", "assets/probes", "assets/models", "assets/badge", "LICENSE", "LICENSE-TEXT")
_GLOSSARY = "lessons/glossary.md"
_OF_ALL = ("lessons/README.md", "assets/figures/map.png")  # the syllabus and its picture, where all lessons go out
_PASSED_OVER = re.compile(r"assets/(models/train|badge/draw)\.py")  # in these rooms, and for instructors
_EDITION = re.compile(r"lessons-([a-z]{2,3}(?:_[A-Z]{2})?)/(\w+)/\2\.ipynb")  # a lesson in another language
_NEVER = {"__pycache__", ".ipynb_checkpoints"}


def bundle(course: Course, lesson_ids: list[str], address: Address) -> dict[str, bytes]:
    """Every file of the bundle: its name -> its content. The same course and address give the same bytes.

    Raises Stop where something that belongs in it is missing, not known to git, or not what it should be.
    """
    tracked = _tracked(course)
    lessons = {lesson_id: published(course, lesson_id, address) for lesson_id in lesson_ids}
    editions = {lesson_id: published_editions(course, lesson_id, address) for lesson_id in lesson_ids}
    files = {path_of(lesson_id): as_bytes(notebook) for lesson_id, notebook in lessons.items()}
    translated = {
        path_of(lesson_id, language): as_bytes(notebook)
        for lesson_id, several in editions.items()
        for language, notebook in several.items()
    }
    files |= translated | papers.papers(course, lessons, editions, address)
    for name in _names(course, tracked):
        if _PASSED_OVER.fullmatch(name) or _of_a_later_lesson(name, lesson_ids):
            continue
        if not allowed(name, lesson_ids):
            raise Stop(f"{name} is of a kind that students do not get: take it out of git, or have `publish` know it.")
        files[name] = _content(course, name)
    for name in _readings(course, lesson_ids):
        if (course.root / name).is_file():
            files[name] = _content(course, name)
    for name in (*map(path_of, lesson_ids), *translated, *_needed(lesson_ids)):
        if name not in files or (tracked is not None and name not in tracked):
            raise Stop(f"{name} is missing, or not in git: add it, then publish again.")
    return files


def allowed(name: str, lesson_ids: list[str]) -> bool:
    """Whether a file of this name may be in the bundle of these lessons."""
    if name in (*papers.NAMES, _GLOSSARY, *_OF_ALL) or name in map(path_of, lesson_ids):
        return True
    edition = _EDITION.fullmatch(name)
    if edition:
        return edition[2] in lesson_ids
    return any(re.fullmatch(kind, name) for kind in _COPIED) and not _of_a_later_lesson(name, lesson_ids)


def _readings(course: Course, lesson_ids: list[str]) -> tuple[str, ...]:
    """The glossary; and the syllabus, whose links lead to every lesson."""
    return (_GLOSSARY, *(_OF_ALL if set(lesson_ids) >= set(course.lesson_ids()) else ()))


def _needed(lesson_ids: list[str]) -> list[str]:
    recordings = [f"assets/probes/{lesson_id}.{kind}" for lesson_id in lesson_ids for kind in ("json", "safetensors")]
    return [*recordings, "classroom/check.py", f"assets/badge/{BADGE}", "LICENSE", "LICENSE-TEXT"]


def _of_a_later_lesson(name: str, lesson_ids: list[str]) -> bool:
    """Recordings of earlier lessons go along: a part that was kept there is asked its check again where it is used."""
    path = PurePosixPath(name)
    return str(path.parent) == "assets/probes" and path.suffix != ".md" and path.stem > max(lesson_ids)


def _names(course: Course, tracked: set[str] | None) -> list[str]:
    """The files of these rooms: those that git tracks; without git those of a kind that is allowed."""
    if tracked is not None:
        inside = tuple(f"{room}/" for room in _ROOMS)
        return sorted(name for name in tracked if name in _ROOMS or name.startswith(inside))
    found = []
    for room in _ROOMS:
        top = course.root / room
        for folder, folders, files in os.walk(top) if top.is_dir() else [(str(course.root), [], [room])]:
            folders[:] = [name for name in folders if name not in _NEVER]
            found += [(Path(folder) / name).relative_to(course.root).as_posix() for name in files]
    return sorted(name for name in found if any(re.fullmatch(kind, name) for kind in _COPIED))


def _tracked(course: Course) -> set[str] | None:
    """What git tracks of the course, or None where it is not in git."""
    if not (course.root / ".git").exists() or not shutil.which("git"):
        return None
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", "ls-files", "-z"], cwd=course.root, env=kept, capture_output=True, text=True)
    if done.returncode != 0:
        raise Stop(f"git cannot say what it tracks in {course.root}: {done.stderr.strip().splitlines()[-1]}")
    return {name for name in done.stdout.split("\0") if name}


def _content(course: Course, name: str) -> bytes:
    path = course.root / name
    if path.resolve() != course.root / name:
        raise Stop(f"{name} is a symbolic link, or lies behind one: students get files only.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Stop(f"{name} cannot be read ({error.strerror}).") from None
