"""The folder of kept parts: `kept/` of the course, one readable Python file a part, earlier versions beside it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

KEPT_VARIABLE = "TRANSFORMER_LESSONS_KEPT"  # another folder; "off": nothing is kept, the finished parts are used
OFF = "off"  # so it is set where a notebook is graded or built
EARLIER = "earlier"


def allowed() -> bool:
    """Whether this run keeps parts and uses kept ones. Grading and building do neither."""
    return os.environ.get(KEPT_VARIABLE) != OFF


def folder() -> Path:
    """Where kept parts lie: `kept/` of the course; of the working folder, where the package is installed."""
    if os.environ.get(KEPT_VARIABLE, OFF) != OFF:
        return Path(os.environ[KEPT_VARIABLE])
    root = Path(__file__).resolve().parents[2]
    return (root if (root / "assets" / "probes").is_dir() else Path.cwd()) / "kept"


def path(name: str) -> Path:
    """The file of a part."""
    return folder() / f"{name}.py"


def names() -> list[str]:
    """The parts of which there is a file."""
    return sorted(found.stem for found in folder().glob("*.py") if found.stem.isidentifier())


def headed(name: str, lesson: str, body: str) -> str:
    """The text of a part's file: two lines that say what it is, then the part."""
    now = datetime.now().strftime("%Y-%m-%d %H:%M")
    return (
        f"# {name} of lesson {lesson}, kept from your notebook on {now}.\n"
        f'# parts.use("{name}") asks its check again before it is used.\n\n{body}'
    )


def put(file: Path, text: str) -> bool:
    """Write a part's file, at once, and keep the earlier version beside it. Returns whether there was one.

    Nothing is written where the same part stands there already. Raises OSError where the folder can not be written.
    """
    before = file.read_bytes() if file.is_file() else None
    if before is not None and _body(before) == _body(text.encode()):
        return True
    file.parent.mkdir(parents=True, exist_ok=True)
    if before is not None:
        _set_aside(file, before)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return before is not None


def _set_aside(file: Path, content: bytes) -> None:
    """Copy a version into `earlier/`, under the first free number; it is complete before it is replaced."""
    aside = file.parent / EARLIER
    aside.mkdir(exist_ok=True)
    number = 1
    while True:
        try:
            with (aside / f"{file.stem}.{number}.py").open("xb") as out:
                out.write(content)
            return
        except FileExistsError:
            number += 1


def _body(content: bytes) -> list[bytes]:
    """The file's lines without the one that says when it was kept."""
    lines = content.splitlines()
    return lines[1:] if lines and b", kept from your notebook on " in lines[0] else lines
