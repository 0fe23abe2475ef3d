"""Takes what is kept along: off Colab, whose disk is lost with the session, to Google Drive, and back."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from classroom.keep import folder as kept
from classroom.keep import record

DRIVE = Path("/content/drive")  # where Colab shows Google Drive
ON_DRIVE = Path("MyDrive") / "transformer-lessons" / "kept"
MOST_BYTES = 1_000_000  # of one part's file
TRAINED = (".pt", ".safetensors")  # what a training leaves: checkpoints and models
PROGRESS = "your progress"  # how the record of what has passed is called in a sentence


def download(*files: str) -> None:
    """Hand all that is kept, earlier versions too, to the browser as kept.zip; off Colab, say where the folder is.

    files: names of others beside the notebook, such as a checkpoint, that go the same way.
    """
    if _nothing_to_do(files):
        return
    if "google.colab" not in sys.modules:
        if _kept():
            print(f"Your kept parts lie in {kept.folder()}. Copy that folder to take them along.")
        for name in files:
            print(f"{name} lies in {Path(name).resolve().parent}.")
        return
    from google.colab import files as browser

    if _kept():
        path = Path(tempfile.mkdtemp()) / "kept.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(kept.folder().rglob("*.py")):
                archive.write(file, Path("kept") / file.relative_to(kept.folder()))
            if record.path().is_file():
                archive.write(record.path(), Path("kept") / record.NAME)
        browser.download(str(path))
        print(f'kept.zip holds {_all(_kept())}. keep.restore("kept.zip") brings it back, once you have uploaded it.')
    for name in files:
        browser.download(str(Path(name).resolve()))
        print(f"{name} went to your browser. Upload it beside the notebook to go on with it.")


def to_drive(*files: str) -> None:
    """Copy the kept parts to Google Drive (on Colab, which asks for leave). A version that is there is kept, too.

    files: names of others beside the notebook, such as a checkpoint, that are copied as well.
    """
    if _nothing_to_do(files):
        return
    place = _drive()
    if place is None:
        return
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name in kept.names():
            kept.put(place / f"{name}.py", kept.path(name).read_text(encoding="utf-8"))
        record.merge(record.path(), place / record.NAME)
        for name in files:
            _copy(Path(name), place.parent / Path(name).name)
    except (OSError, UnicodeError) as error:
        print(f"Not all could be copied to Google Drive ({error}).")
        return
    print(f"On Google Drive, in {ON_DRIVE}: {_all([*_kept(), *files])}. keep.restore() brings it back.")


def restore(source: str | Path | None = None) -> None:
    """Bring kept parts back from a folder, from kept.zip, or, where nothing is named, from Google Drive (on Colab).

    What is kept here already is not lost: it becomes an earlier version. A restored part is asked its check, as
    every kept part, when a lesson is about to use it. Restore only what is your own: it is run then. From Google Drive
    checkpoints and models come back too, beside the notebook, unless one of that name is there.
    """
    if not kept.allowed():
        print("Nothing is restored in this run.")
        return
    place = _drive() if source is None else Path(source)
    if place is None:
        return
    try:
        found = dict(_read(place))
        for name, text in found.items():
            kept.put(kept.path(name), text)
        brought = [*sorted(found), *([PROGRESS] if _restore_record(place) else [])]
        brought += _restore_files(place.parent) if source is None else []
    except (OSError, zipfile.BadZipFile, UnicodeError) as error:
        print(f"Nothing could be restored from {place} ({' '.join(str(error).split()) or type(error).__name__}).")
        return
    print(f"Restored: {_all(brought)}." if brought else f"There are no kept parts in {place}.")


def _read(place: Path) -> Iterator[tuple[str, str]]:
    """(name, text) of every part in a folder or zip file; earlier versions and other files are left."""
    if place.is_dir():
        for file in sorted(place.glob("*.py")):
            if file.stem.isidentifier() and file.stat().st_size <= MOST_BYTES:
                yield file.stem, file.read_text(encoding="utf-8")
        return
    with zipfile.ZipFile(place) as archive:
        for entry in archive.infolist():
            inside = Path(entry.filename)
            wanted = inside.suffix == ".py" and inside.stem.isidentifier() and inside.parent.name != kept.EARLIER
            if wanted and entry.file_size <= MOST_BYTES:
                yield inside.stem, archive.read(entry).decode("utf-8")


def _restore_record(place: Path) -> int:
    """Add what has passed according to a folder or zip file to what has passed here; how many exercises it names."""
    if place.is_dir():
        return record.merge(place / record.NAME, record.path())
    with zipfile.ZipFile(place) as archive, tempfile.TemporaryDirectory() as folder:
        for entry in archive.infolist():
            if Path(entry.filename).name == record.NAME and entry.file_size <= record.MOST_BYTES:
                (Path(folder) / record.NAME).write_bytes(archive.read(entry))
        return record.merge(Path(folder) / record.NAME, record.path())


def _restore_files(place: Path) -> list[str]:
    """Copy checkpoints and models beside the notebook; one that is there already stays."""
    found = sorted(file for file in place.glob("*") if file.suffix in TRAINED and file.is_file())
    brought = [file for file in found if not Path(file.name).exists()]
    for file in brought:
        _copy(file, Path(file.name))
    for file in found:
        if file not in brought:
            print(f"{file.name} is here already, and stays as it is.")
    return [file.name for file in brought]


def _copy(source: Path, target: Path) -> None:
    """Copy a file; what stood there is replaced only once the copy is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.half")
    try:
        shutil.copyfile(source, half)
        os.replace(half, target)
    finally:
        half.unlink(missing_ok=True)


def _drive() -> Path | None:
    """The folder on Google Drive, or None and a sentence."""
    if "google.colab" not in sys.modules:
        print("Google Drive is reached from Colab only. keep.restore(...) takes a folder or kept.zip as well.")
        return None
    from google.colab import drive

    try:
        drive.mount(str(DRIVE))
    except Exception as error:  # whatever Colab says: leave was not given, or the network is away
        print(f"Google Drive could not be reached ({error}).")
        return None
    return DRIVE / ON_DRIVE


def _nothing_to_do(files: tuple[str, ...]) -> bool:
    missing = [name for name in files if not Path(name).is_file()]
    if not kept.allowed():
        print("Nothing is kept in this run.")
    elif missing:
        print(f"There is no file {missing[0]} in {Path.cwd()}.")
    elif not _kept() and not files:
        print("Nothing is kept yet.")
    else:
        return False
    return True


def _kept() -> list[str]:
    """What there is to take along, as it is named in a sentence."""
    return [*kept.names(), *([PROGRESS] if record.path().is_file() else [])]


def _all(names: list[str]) -> str:
    return ", ".join(names)
