"""The bundle as a folder and a zip beside it: searched first under another name, then put in place whole."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically

_BY_THE_WAY = {"__pycache__", ".ipynb_checkpoints"}  # what looking into a folder leaves in it
_ROOMS = ("solutions", "lessons", "classroom", "autograder", "assets", "tests", ".git")
_ALWAYS = (1980, 1, 1, 0, 0, 0)  # the zip's time for every file: the same files, the same bytes


def checked(course: Course, folder: Path) -> Path:
    """The folder to write, in full. Raises Stop where it would lie in a room of the course, or above the course."""
    folder = folder.resolve()
    if any(folder.is_relative_to(course.root / room) for room in _ROOMS) or course.root.is_relative_to(folder):
        raise Stop(f"{folder} is a part of the course itself: name another folder for the students' copy.")
    return folder


@contextlib.contextmanager
def staged(folder: Path, files: Mapping[str, bytes]) -> Iterator[tuple[Path, Path]]:
    """The files as a folder and a zip, beside `folder` under another name; both are gone afterwards.

    The zip holds them in a folder that is called as `folder` is.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
            new = Path(place) / folder.name
            for name, content in files.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(content)
            archive = new.with_name(f"{folder.name}.zip")
            archive.write_bytes(_zipped(folder.name, files))
            yield new, archive
    except OSError as error:
        raise Stop(f"{folder} cannot be written ({error.strerror or error}).") from None


def put(staged: tuple[Path, Path], folder: Path) -> Path:
    """Put the staged folder and zip in the places of older ones. Returns where the zip is.

    A folder is replaced only if it holds what publish wrote, which the zip beside it tells: nobody's work is lost.
    """
    new, archive = staged
    zipped = folder.with_name(f"{folder.name}.zip")
    strange = _not_ours(folder, zipped, new)
    if zipped.exists() and not _is_ours(zipped):
        raise Stop(f"{zipped} is in the way, which publish did not write: move it away, or give another --to.")
    if strange:
        raise Stop(f"{folder} holds {strange}, which publish did not write so: move it away, or give another --to.")
    if folder.exists():
        os.replace(folder, new.with_name("old"))
    os.replace(new, folder)
    write_atomically(zipped, archive.read_bytes())
    return zipped


def _not_ours(folder: Path, zipped: Path, new: Path) -> str:
    """A file of the folder that is neither as it was written, nor as it is to be; "" where there is none."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return "something that is no folder"
    lying = _files(folder)
    if lying.keys() == _files(new).keys() and lying == _files(new):
        return ""
    known = {}
    with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(zipped) as members:
        known = {name.partition("/")[2]: members.read(name) for name in members.namelist()}
    return next((name for name, content in lying.items() if known.get(name) != content), "")


def _is_ours(zipped: Path) -> bool:
    try:
        with zipfile.ZipFile(zipped) as members:
            return all(member.date_time == _ALWAYS for member in members.infolist())
    except (OSError, zipfile.BadZipFile):
        return False


def _files(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_dir() and not _BY_THE_WAY & set(path.relative_to(folder).parts):
            found[path.relative_to(folder).as_posix()] = b"" if path.is_symlink() else path.read_bytes()
    return found


def _zipped(top: str, files: Mapping[str, bytes]) -> bytes:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}", _ALWAYS)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # the same on every system
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return store.getvalue()
