"""Takes kept parts along: off Colab, whose disk is lost with the session, to Google Drive, and back."""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from classroom.keep import folder as kept

DRIVE = Path("/content/drive")  # where Colab shows Google Drive
ON_DRIVE = Path("MyDrive") / "transformer-lessons" / "kept"
MOST_BYTES = 1_000_000  # of one part's file


def download() -> None:
    """Hand all that is kept, earlier versions too, to the browser as kept.zip; off Colab, say where the folder is."""
    if _nothing_to_do():
        return
    if "google.colab" not in sys.modules:
        print(f"Your kept parts lie in {kept.folder()}. Copy that folder to take them along.")
        return
    from google.colab import files

    path = Path(tempfile.mkdtemp()) / "kept.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(kept.folder().rglob("*.py")):
            archive.write(file, Path("kept") / file.relative_to(kept.folder()))
    files.download(str(path))
    print(f'kept.zip holds {_all(kept.names())}. keep.restore("kept.zip") brings it back, once you have uploaded it.')


def to_drive() -> None:
    """Copy the kept parts to Google Drive (on Colab, which asks for leave). A version that is there is kept, too."""
    if _nothing_to_do():
        return
    place = _drive()
    if place is None:
        return
    try:
        for name in kept.names():
            kept.put(place / f"{name}.py", kept.path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        print(f"Not all could be copied to Google Drive ({error}).")
        return
    print(f"On Google Drive, in {ON_DRIVE}: {_all(kept.names())}. keep.restore() brings it back.")


def restore(source: str | Path | None = None) -> None:
    """Bring kept parts back from a folder, from kept.zip, or, where nothing is named, from Google Drive (on Colab).

    What is kept here already is not lost: it becomes an earlier version. A restored part is asked its check, as
    every kept part, when a lesson is about to use it. Restore only what is your own: it is run then.
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
    except (OSError, zipfile.BadZipFile, UnicodeError) as error:
        print(f"Nothing could be restored from {place} ({' '.join(str(error).split()) or type(error).__name__}).")
        return
    print(f"Restored: {_all(found)}." if found else f"There are no kept parts in {place}.")


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


def _nothing_to_do() -> bool:
    if not kept.allowed():
        print("Nothing is kept in this run.")
    elif not kept.names():
        print("Nothing is kept yet.")
    else:
        return False
    return True


def _all(names: object) -> str:
    return ", ".join(sorted(names))
