"""How each LMS names what students hand in. A new LMS is one more line of EXPORTS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from autograder.intake.exports.files import Owner
from autograder.intake.match import lesson_in_name

CANVAS_LATE = "Canvas marks it LATE; its zip does not say when it was handed in, so the time is that of the download."


@dataclass(frozen=True)
class Entry:
    """What the name of one file or folder of an export says. file: the student's own name for it."""

    owner: Owner
    file: str
    attempt: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """read: a name and the lessons -> what it says, None if it is not of this LMS. of: what bears such names.
    numbered: its number is the student's own, the same in every export."""

    lms: str
    of: tuple[str, ...]
    read: Callable[[str, Iterable[str]], Entry | None]
    numbered: bool = False


def recognise(name: str, kind: str, lessons: Iterable[str]) -> Entry | None:
    """kind: "file" or "folder"."""
    for export in EXPORTS:
        entry = export.read(name, lessons) if kind in export.of else None
        if entry is not None:
            return entry
    return None


def is_numbered(lms: str) -> bool:
    return any(export.numbered for export in EXPORTS if export.lms == lms)


# lovelaceada_LATE_12345_678901_My notebook-1.ipynb; anonymous: anon_a1B2c_678901_...; of a quiz: ..._question_7_...
_CANVAS = re.compile(
    r"(?:(?P<early>LATE)_)?(?P<student>.+?)(?:_(?P<late>LATE))?(?:(?<=anon)_(?P<anonymous>\w{5})|_(?P<number>\d+))"
    r"(?:_question_\d+)?_(?P<attempt>\d+)_(?P<file>.+)",
    re.DOTALL,
)
_RESUBMITTED = re.compile(r"-(\d{1,6})$")


def _canvas(name: str, lessons: Iterable[str]) -> Entry | None:
    found = _CANVAS.fullmatch(name)
    if not found:
        return None
    stem = found["file"].rpartition(".")[0] or found["file"]
    again = _RESUBMITTED.search(stem)
    attempt = (int(found["attempt"][:18]), int(again[1]) if again else 0)
    student = f"anon {found['anonymous']}" if found["anonymous"] else found["student"]
    late = (CANVAS_LATE,) if found["late"] or found["early"] else ()
    return Entry(Owner(student, found["number"] or "", "Canvas"), found["file"], attempt, late)


# Ada Lovelace_1234567_assignsubmission_file_/x.ipynb (newer: without the last underscore), or flat: ..._file_x.ipynb
_MOODLE = re.compile(r"(?P<student>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?", re.DOTALL)


def _moodle(name: str, lessons: Iterable[str]) -> Entry | None:
    found = _MOODLE.fullmatch(name)
    return found and Entry(Owner(found["student"], found["number"], "Moodle"), found["file"] or name)


# Ada Lovelace - Copy of 04_self_attention.ipynb
_GOOGLE = re.compile(r"(?:Copy[ _]of[ _])*(?P<student>.+?) - (?P<file>.+)", re.DOTALL)


def _google(name: str, lessons: Iterable[str]) -> Entry | None:
    found = _GOOGLE.fullmatch(name)
    if not found or lesson_in_name(found["student"] + ".", lessons) or not lesson_in_name(found["file"], lessons):
        return None
    return Entry(Owner(found["student"].strip(), "", "Google Classroom"), found["file"])


# 04-self-attention-ada-l: the assignment and the login, of which both may hold hyphens
def _github(name: str, lessons: Iterable[str]) -> Entry | None:
    lesson = lesson_in_name(name + ".", lessons)
    for at, letter in enumerate(name):
        if lesson and letter == "-" and lesson_in_name(name[:at] + ".", lessons) == lesson:
            login = name[at + 1 :]
            if re.fullmatch(r"[A-Za-z\d](?:-?[A-Za-z\d_])*", login):
                return Entry(Owner(login, "", "GitHub Classroom"), name)
            return None
    return None


EXPORTS = (
    Export("Moodle", ("file", "folder"), _moodle),
    Export("Canvas", ("file",), _canvas, numbered=True),
    Export("Google Classroom", ("file", "folder"), _google),
    Export("GitHub Classroom", ("folder",), _github),
)
