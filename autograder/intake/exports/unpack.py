"""Zips, as an LMS gives them out or a student hands them in: unpacked within limits, into a folder of our own."""

from __future__ import annotations

import hashlib
import itertools
import lzma
import os
import struct
import time
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.grading.translator.expected import LARGEST
from autograder.intake.exports.files import is_passed_over, shown
from autograder.intake.repair.parse import Refused

MOST_FILES = 20_000
MOST_BYTES = 4 * 2**30  # of all files of one collection together
MOST_OF_ONE = 512 * 2**20  # ... of what one student hands in
DEEPEST = 4  # zips in zips
PIECE = 2**20
LONGEST_NAME = 200  # bytes
BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError,
    RuntimeError, EOFError, OSError, ValueError, OverflowError, IndexError, MemoryError,
)  # fmt: skip


@dataclass
class Room:
    """How much may still be unpacked, zips in zips counted in. whole: the room of which this is a part."""

    files: int = field(default_factory=lambda: MOST_FILES)
    bytes: int = field(default_factory=lambda: MOST_BYTES)
    said: str = field(default_factory=lambda: f"{MOST_BYTES // 2**30} GB")
    whole: Room | None = None

    def of_one(self) -> Room:
        """What one student may take of it."""
        return Room(MOST_FILES // 10, MOST_OF_ONE, f"{MOST_OF_ONE // 2**20} MB", self)

    def take(self, files: int = 0, size: int = 0) -> None:
        """Raises Refused where it is full."""
        self.files -= files
        self.bytes -= size
        if self.files < 0:
            raise Refused("The zip holds too many files.", "Hand in fewer.")
        if self.bytes < 0:
            raise Refused(f"The zip holds more than {self.said}.", "Hand in less.")
        if self.whole is not None:
            self.whole.take(files, size)


def unpack(archive: Path, folder: Path, room: Room | None = None) -> list[str]:
    """Unpack `archive` into `folder`, with the files' own times; returns a word for each file that could not be.

    A file is cut one byte past the largest that can be handed in, so that it is refused later as too large whatever the
    zip says of it. Names that lead out of the folder, and links, are left out. Raises Refused for what is no zip, is
    locked, holds too much, or is built so that its files overlap.
    """
    room = room or Room()
    lost: list[str] = []
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            room.take(files=len(members))
            _refuse_overlaps(members)
            for member in members:
                path = _place(member, folder)
                if path is None:
                    continue
                try:
                    _write(opened, member, path, room)
                except BROKEN as error:
                    if member.flag_bits & 1:
                        raise
                    lost.append(f"{shown(path.name)} ({_said(error)})")
    except BROKEN as error:
        reason = f"The zip cannot be unpacked ({_said(error)})."
        raise Refused(reason, "Ask for it again, without a password.") from None
    return lost


def inside(folder: Path) -> list[Path]:
    """What lies in a folder, but for what systems leave behind."""
    return sorted(path for path in folder.iterdir() if not is_passed_over(path.name))


def _said(error: BaseException) -> str:
    return shown(str(error) or type(error).__name__)[:120]


def _refuse_overlaps(members: list[zipfile.ZipInfo]) -> None:
    ordered = sorted(members, key=lambda member: member.header_offset)
    for before, after in itertools.pairwise(ordered):
        if before.header_offset + 30 + before.compress_size > after.header_offset:
            what = "Ask for the files in a zip made anew."
            raise Refused("The zip is built so that its files overlap: a trick to fill the disk.", what)


def _place(member: zipfile.ZipInfo, folder: Path) -> Path | None:
    """A path of its own for each entry: of two with one name both are kept."""
    name = PurePosixPath(_name(member).replace("\\", "/"))
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    if is_link or name.is_absolute() or ".." in name.parts or not name.parts:
        return None
    path = folder.joinpath(*map(_short, name.parts))
    number = 2
    while os.path.lexists(path):
        path = folder.joinpath(*map(_short, (*name.parts[:-1], f"{name.stem} ({number}){name.suffix}")))
        number += 1
    return path


def _name(member: zipfile.ZipInfo) -> str:
    """Zips made on a Mac hold UTF-8, those of a Korean Windows EUC-KR, without saying so; Python takes them for 437."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    for encoding in ("utf-8", "euc_kr"):
        try:
            return member.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return member.filename


def _short(name: str) -> str:
    encoded = name.encode("utf-8", "replace")
    if len(encoded) <= LONGEST_NAME:
        return encoded.decode("utf-8", "replace")
    digest, suffix = hashlib.sha256(encoded).hexdigest()[:8], PurePosixPath(name).suffix[:16]
    return encoded[: LONGEST_NAME - 40].decode("utf-8", "ignore") + f"-{digest}{suffix}"


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path, room: Room) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    try:
        with opened.open(member) as source, path.open("wb") as target:
            while written <= LARGEST and (piece := source.read(min(PIECE, LARGEST + 1 - written))):
                written += len(piece)
                room.take(size=len(piece))
                target.write(piece)
    except (*BROKEN, Refused):
        path.unlink(missing_ok=True)
        raise
    when = _time(member)
    if when is not None:
        os.utime(path, (when, when))


def _time(member: zipfile.ZipInfo) -> float | None:
    """The time of an entry: in UTC where the zip has it (the extra field "UT"), else in this machine's time zone."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return float(struct.unpack_from("<I", extra, 5)[0])
        extra = extra[4 + size :]
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):  # a date that no calendar has
        return None
