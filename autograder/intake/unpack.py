"""Zips, as an LMS gives them out or a student hands them in: unpacked within limits, into a folder of our own."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path, PurePosixPath

from autograder.grading.translator.expected import LARGEST
from autograder.intake.clean import Refused

MOST_FILES = 20_000
MOST_BYTES = 4 * 2**30  # of all files of one zip together
PIECE = 2**20


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack `archive` into `folder`, with the files' own times; returns the folder that holds what it holds.

    A file is cut one byte past the largest that can be handed in, so that it is refused later as too large whatever the
    zip says of it. Names that lead out of the folder, and links, are left out. Where all lies in one folder that holds
    only folders, that one is returned. Raises Refused for what is no zip, is locked, or holds too much.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > MOST_FILES:
                raise Refused(f"The zip holds more than {MOST_FILES:,} files.", "Hand in fewer.")
            left = MOST_BYTES
            for member in members:
                path = _place(member, folder)
                if path is not None:
                    left -= _write(opened, member, path, left)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Refused(f"The zip cannot be unpacked ({error}).", "Ask for it again, without a password.") from None
    inside = [path for path in folder.iterdir() if path.name != "__MACOSX"]
    if len(inside) == 1 and inside[0].is_dir() and all(path.is_dir() for path in inside[0].iterdir()):
        return inside[0]
    return folder


def _place(member: zipfile.ZipInfo, folder: Path) -> Path | None:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    if is_link or name.is_absolute() or ".." in name.parts or not name.parts:
        return None
    return folder.joinpath(*name.parts)


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Returns how many bytes it took."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with opened.open(member) as source, path.open("wb") as target:
        while written <= LARGEST and (piece := source.read(min(PIECE, LARGEST + 1 - written))):
            written += len(piece)
            if written > left:
                raise Refused(f"The zip holds more than {MOST_BYTES // 2**30} GB.", "Hand in less.")
            target.write(piece)
    try:
        when = time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):  # a date that no calendar has
        when = path.stat().st_mtime
    os.utime(path, (when, when))
    return written
