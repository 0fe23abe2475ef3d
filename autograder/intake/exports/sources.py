"""PATHs as an instructor gives them -> every file in them with its owner, zips in zips opened."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.errors import Stop
from autograder.intake.exports.files import Handed, Owner, files_under, handed, is_passed_over, listed, shown
from autograder.intake.exports.git_time import commit_time
from autograder.intake.exports.table import Entry, recognise
from autograder.intake.exports.unpack import DEEPEST, Room, inside, unpack
from autograder.intake.match import lesson_in_name
from autograder.intake.repair.parse import Refused


@dataclass(frozen=True)
class Stray:
    """A file that is not taken: whose (None: not known), and why and what to do."""

    owner: Owner | None
    file: str
    notes: tuple[str, ...]


@dataclass
class Arrived:
    """All that lies in the PATHs. owners: those with a folder without a file, too."""

    files: list[Handed] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    owners: set[Owner] = field(default_factory=set)


class Reader:
    """Opens PATHs. place: an empty folder for what is in zips."""

    def __init__(self, place: Path, lessons: Iterable[str]) -> None:
        self.place, self.lessons = place, list(lessons)
        self.room, self.arrived = Room(), Arrived()

    def read(self, source: Path) -> None:
        """Raises Stop where there is nothing to collect."""
        if not source.exists():
            raise Stop(f"There is no {source}.")
        if source.is_dir():
            return self._folder(source, source.resolve().name, 0)
        if source.suffix.lower() == ".zip":
            try:
                return self._folder(_root(self._unpacked(source, self.room, None), self._entry), source.stem, 1)
            except Refused as refused:
                raise Stop(f"{source.name}: {refused.reason} {refused.what_to_do}") from None
        if source.suffix.lower() != ".ipynb":
            raise Stop(
                f"{source.name} is neither a notebook nor a folder: "
                "give the folder, or the zip, that holds the students' folders."
            )
        entry = self._entry(source)
        self._add([_of(source, entry) if entry else handed(Owner(source.resolve().parent.name), source)])

    def _entry(self, path: Path) -> Entry | None:
        return recognise(path.name, "folder" if path.is_dir() else "file", self.lessons)

    def _folder(self, folder: Path, name: str, depth: int) -> None:
        """A folder of a class, or one student's: then `name` is theirs."""
        folder = _wrapped(folder, self._entry)
        found = [path for path in inside(folder) if not (path.is_symlink() and path.is_dir())]
        entries = {path: self._entry(path) for path in found}
        folders = [path for path in found if path.is_dir()]
        loose = [path for path in found if path.suffix.lower() == ".ipynb" and path not in folders]
        zips = [path for path in found if path.suffix.lower() == ".zip" and path not in folders]
        strangers = [path for path in loose if not entries[path]]
        exported = any(entries.values())
        if strangers and not exported:
            if any(path.suffix.lower() == ".ipynb" for under in folders for path in files_under(under)):
                raise Stop(
                    f"{listed([path.name for path in strangers])} in {folder} lies beside the students' folders: "
                    "put each notebook into a folder named after its student."
                )
            return self._students(Owner(name), folder, files_under(folder), depth)
        for path in folders:
            owner = entries[path].owner if entries[path] else Owner(path.name)
            self._students(owner, path, files_under(path), depth)
        for path, entry in entries.items():
            if entry and path not in folders:
                self._add(self._opened(_of(path, entry), self.room.of_one(), depth))
        for path in strangers:
            what = "Put it into a folder named after its student and collect again."
            self._stray(None, path, "Its name does not say whose it is.", what)
        for path in zips:
            if not entries[path]:
                self._loose_zip(path, depth)
        if not folders and not exported and not zips:
            raise Stop(f"There is nothing to collect in {folder}: it should hold one folder a student.")

    def _students(self, owner: Owner, folder: Path, paths: Iterable[Path], depth: int) -> None:
        """All files of one student's folder."""
        self.arrived.owners.add(owner)
        committed = commit_time(folder / ".git") if (folder / ".git").is_dir() else None
        room = self.room.of_one()
        for path in paths:
            self._add(self._opened(handed(owner, path, committed), room, depth))

    def _loose_zip(self, path: Path, depth: int) -> None:
        """A zip that lies in a class's folder: of a whole class, or of the student that it is named after."""
        try:
            if depth >= DEEPEST:
                raise Refused(f"Zips lie in each other more than {DEEPEST} deep.", "Hand in one zip.")
            folder = _root(self._unpacked(path, self.room, Owner(path.stem)), self._entry)
            if self._is_class(folder):
                self._folder(folder, path.stem, depth + 1)
            else:
                self._students(Owner(path.stem), folder, files_under(folder), depth + 1)
        except Refused as refused:
            self._stray(Owner(path.stem), path, refused.reason, refused.what_to_do)
        except Stop as stop:
            self._stray(None, path, str(stop), "Look into it, and collect again.")

    def _is_class(self, folder: Path) -> bool:
        """Several entries of an export, or several folders with notebooks that are not called after lessons."""
        found = inside(folder)
        if sum(self._entry(path) is not None for path in found) > 0:
            return True
        if any(path.suffix.lower() == ".ipynb" for path in found):
            return False
        several = [path for path in found if path.is_dir() and not lesson_in_name(path.name + ".", self.lessons)]
        holding = [path for path in several if any(p.suffix.lower() in (".ipynb", ".zip") for p in files_under(path))]
        zips = [path for path in found if path.suffix.lower() == ".zip"]
        return len(holding) + len(zips) > 1

    def _opened(self, file: Handed, room: Room, depth: int) -> Iterator[Handed]:
        """The file, or, of a zip, what it holds, at any depth."""
        if file.suffix != ".zip" or file.path.is_symlink():
            yield file
            return
        try:
            if depth >= DEEPEST:
                raise Refused(f"Zips lie in each other more than {DEEPEST} deep.", "Hand in one zip.")
            folder = self._unpacked(file.path, room, file.owner)
        except Refused as refused:
            self._stray(file.owner, file.path, refused.reason, refused.what_to_do)
            return
        for path in files_under(folder):
            within = handed(file.owner, path)
            yield from self._opened(replace(within, attempt=file.attempt, notes=file.notes), room, depth + 1)

    def _unpacked(self, path: Path, room: Room, owner: Owner | None) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self.place))
        for word in unpack(path, folder, room):
            self._stray(owner, path, f"Of this zip a file is damaged: {word}.", "Ask for it again.")
        return folder

    def _add(self, files: Iterable[Handed]) -> None:
        for file in files:
            self.arrived.owners.add(file.owner)
            self.arrived.files.append(file)

    def _stray(self, owner: Owner | None, path: Path, *notes: str) -> None:
        if owner is not None:
            self.arrived.owners.add(owner)
        self.arrived.strays.append(Stray(owner, shown(path.name), notes))


def arrivals(sources: Iterable[Path], place: Path, lessons: Iterable[str]) -> Arrived:
    """Everything in `sources`; what an LMS numbers without times has the time of the latest of its kind."""
    reader = Reader(place, lessons)
    for source in sources:
        before = len(reader.arrived.files)
        reader.read(source)
        reader.arrived.files[before:] = _with_one_time(reader.arrived.files[before:])
    return reader.arrived


def _with_one_time(files: list[Handed]) -> list[Handed]:
    """Canvas: the zip's times are those of the download, a second apart; the attempts' numbers say what is later."""
    latest: dict[Owner, float] = defaultdict(float)
    for file in files:
        if file.attempt:
            latest[file.owner] = max(latest[file.owner], file.when)
    return [replace(file, when=latest[file.owner]) if file.attempt else file for file in files]


def _of(path: Path, entry: Entry) -> Handed:
    return replace(handed(entry.owner, path), name=entry.file, attempt=entry.attempt, notes=entry.notes)


def _root(folder: Path, entry: Callable[[Path], Entry | None]) -> Path:
    """Of a zip: where all lies in one folder that holds only folders, that one."""
    found = inside(folder)
    if len(found) == 1 and found[0].is_dir() and not found[0].is_symlink() and not entry(found[0]):
        within = [path for path in found[0].iterdir() if not is_passed_over(path.name)]
        if within and all(path.is_dir() for path in within):
            return _root(found[0], entry)
    return folder


def _wrapped(folder: Path, entry: Callable[[Path], Entry | None]) -> Path:
    """Where an export lies in one folder of its own, that one."""
    found = inside(folder)
    alone = len(found) == 1 and found[0].is_dir() and not found[0].is_symlink() and not entry(found[0])
    return found[0] if alone and any(entry(path) for path in inside(found[0])) else folder
