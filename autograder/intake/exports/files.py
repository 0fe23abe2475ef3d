"""Files as they were handed in: who they come from, how they are read, and how their names are shown."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.intake.repair.parse import Refused

TOO_LARGE = 20 * 1024 * 1024  # bytes of a notebook
PASSED_OVER = {"__MACOSX", ".ipynb_checkpoints", ".git", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Owner:
    """Who handed something in, as their folder or the LMS calls them. number: the LMS's own for them, if it has one."""

    name: str
    number: str = ""
    lms: str = ""


@dataclass(frozen=True)
class Handed:
    """One file as it was handed in.

    name: what the student called it, without what the LMS put before. when: seconds since 1970. attempt: the LMS's own
    numbering; of two files the one with the later (when, attempt) is the later. notes: what is to be said of it.
    """

    owner: Owner
    path: Path
    name: str
    when: float
    attempt: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()

    @property
    def order(self) -> tuple[float, tuple[int, ...], int, str]:
        """Greater is later: by time, by the LMS's numbering, by "(1)" or "-2" at the end of the name."""
        number = re.search(r"(?:\((\d{1,6})\)|-(\d{1,6}))$", Path(self.name).stem)
        return self.when, self.attempt, int(number[1] or number[2]) if number else 0, self.path.name


def handed(owner: Owner, path: Path, when: float | None = None) -> Handed:
    return Handed(owner, path, path.name, path.lstat().st_mtime if when is None else when)


def files_under(folder: Path) -> Iterator[Path]:
    """Every file at any depth, in order. Links to folders are not followed."""
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(f for f in folders if not is_passed_over(f))
        for name in sorted(names):
            if not is_passed_over(name):
                yield Path(here) / name


def is_passed_over(name: str) -> bool:
    return name in PASSED_OVER or name.startswith("._")


def read_notebook(path: Path) -> bytes:
    """The bytes of a file; a symlink or a large file is Refused."""
    if path.is_symlink():
        raise Refused("It is a link to another place, not a file.", "Ask for the file itself.")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            content = file.read(TOO_LARGE + 1)
    except OSError as error:
        what = "Check the file's permissions and collect again."
        raise Refused(f"It cannot be read ({error.strerror}).", what) from None
    if len(content) > TOO_LARGE:
        what = "Clear the outputs (Edit, Clear all outputs), save, and hand it in again."
        raise Refused("It is larger than 20 MB.", what)
    return content


def shown(name: str) -> str:
    """A name fit for a screen and a page: control characters, marks that turn the writing round, and bytes that are no
    text stand as \ufffd."""
    plain = unicodedata.normalize("NFC", name)
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in plain)


def listed(names: list[str], most: int = 5) -> str:
    return ", ".join(map(shown, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "")
