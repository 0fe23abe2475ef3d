"""A copy of the real course that a test may spoil, and the command `autograder publish` run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

from autograder.cli import main
from autograder.course import Course

ROOT = Path(__file__).resolve().parents[1]
LESSON, NEXT = "04_self_attention", "05_multi_head_attention"
GITHUB = ["--repository", "https://github.com/us/lessons", "--tag", "week4"]
ROOMS = ("solutions", "lessons", "lessons-ko", "classroom", "assets")
PAPERS = ("nbgrader_config.py", "pyproject.toml", "environment.yml", "LICENSE", "LICENSE-TEXT")
NOT_OURS = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")


def copy_of_the_course(folder: Path) -> Course:
    """Without git, unless `in_git` puts it there."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=NOT_OURS)
    for name in PAPERS:
        shutil.copy(ROOT / name, folder / name)
    return Course(folder)


def publish(course: Course, *arguments: str) -> int:
    """`autograder publish`, run in the course's folder: its exit code."""
    with chdir(course.root):
        return main(["publish", *arguments])


def refused(capsys, course: Course, *arguments: str) -> str:
    """The one sentence with which it stops."""
    assert publish(course, *arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("autograder: ") and len(printed.err.strip().splitlines()) == 1
    return printed.err


@contextmanager
def changed(path: Path, content: bytes) -> Iterator[None]:
    """The file with other content, for as long as this lasts."""
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(content)
    try:
        yield
    finally:
        path.unlink() if before is None else path.write_bytes(before)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def plain_environment() -> dict[str, str]:
    """This process's environment without git's settings of this machine, or of a hook that runs us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A Teacher", "-c", "user.email=teacher@example.org"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=plain_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def in_git(course: Course) -> None:
    git(course.root, "init", "--quiet", "--initial-branch=main")
    git(course.root, "add", "--all")
    git(course.root, "commit", "--quiet", "--message", "The course")
