"""The guard: searches the bundle, as it was written to disk, for what no student may see.

Secret are

* every telling line of a solution or a hidden test, of every lesson of the course, whether it is published or not, as
  `leaks.secret_lines` has them. They may stand nowhere. `classroom/parts` brings finished parts, which are meant to be
  open; they are written in other words than the solutions, and are no exception;
* the banks, the other files beside a lesson's source (probes, mistakes, right solutions in other words). They speak the
  language of the lessons, so one short line of theirs may stand elsewhere by chance. Secret is a line of more than
  40 characters, or two in a row; lines that a lesson gives to everybody, and imports, are not counted. A right solution
  may say what a finished part says: such lines of `right.py` (and only of it) are not counted either;
* the marks between which solutions and hidden tests stand.

And no file may be there that `bundle.allowed` does not name, no symbolic link, and no lesson with outputs.
"""

from __future__ import annotations

import itertools
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.leaks import REGIONS, flattened, given_lines, leaks, readable, secret_lines, tells
from autograder.authoring.lesson import read_notebook, source_ids
from autograder.course import Course

_LONG = 40  # characters: a longer line does not stand in two places by chance


@dataclass(frozen=True)
class Finding:
    """Something that may not be published: the file, where in it, and what it is."""

    file: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}{', ' if self.where else ''}{self.where}: {self.what}"


def secrets(course: Course) -> dict[str, str]:
    """What may stand nowhere in the bundle, in one line with single spaces -> what it is."""
    notebooks = {lesson_id: read_notebook(course, lesson_id) for lesson_id in source_ids(course)}
    given = {flattened(line) for notebook in notebooks.values() for line in given_lines(notebook)}
    parts = {flattened(line) for path in (course.root / "classroom" / "parts").rglob("*.py") for line in _lines(path)}
    found = {}
    for path in sorted(course.solutions.glob("*/*.py")):
        if path.stem != path.parent.name:
            what = f"of {path.relative_to(course.root).as_posix()}"
            found |= dict.fromkeys(_of_bank(_lines(path), given | (parts if path.name == "right.py" else set())), what)
    for lesson_id, notebook in notebooks.items():
        what = f"of a solution or hidden test of {lesson_id}"
        found |= {flattened(line): what for line in secret_lines(notebook)}
    marks = (flattened(mark) for pair in REGIONS.items() for mark in pair)
    return found | dict.fromkeys(marks, "that marks a solution or a hidden test")


def search(folder: Path, secrets: dict[str, str], allowed: Callable[[str], bool]) -> list[Finding]:
    """All that may not be published of what lies in the folder; nothing is left out, whatever it is called."""
    found, files = [], {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found.append(Finding(name, "", "a symbolic link"))
        elif path.is_file():
            files[name] = path.read_bytes()
            if not allowed(name):
                found.append(Finding(name, "", "a file that students do not get"))
        elif not path.is_dir():
            found.append(Finding(name, "", "neither a file nor a folder"))
    for name, line in leaks(secrets, files):
        found.append(Finding(name, _where(name, files[name], line), f"{line!r}, a line {secrets[line]}"))
    for name, content in files.items():
        if name.endswith(".ipynb"):
            found += [Finding(name, where, "an output; a released lesson has none") for where in _outputs(content)]
    return found


def differs(archive: Path, folder: Path) -> list[Finding]:
    """Where the zip does not hold exactly the files of the folder, which were searched."""
    found = []
    with zipfile.ZipFile(archive) as members:
        names = [member.filename for member in members.infolist()]
        inside = {name.partition("/")[2]: members.read(name) for name in names}
    lying = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if len(names) != len(inside):
        found.append(Finding(archive.name, "", "a file twice"))
    for name in sorted(inside.keys() | lying.keys()):
        if inside.get(name) != lying.get(name):
            found.append(Finding(name, "", f"not the same in {archive.name}"))
    return found


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _of_bank(lines: Iterable[str], given: set[str]) -> Iterator[str]:
    before = ""
    for line in map(flattened, lines):
        counts = tells(line) and line not in given and not line.startswith(("import ", "from "))
        if counts and len(line) > _LONG:
            yield line
        if counts and before:
            yield f"{before} {line}"
        before = line if counts else ""


def _where(name: str, content: bytes, line: str) -> str:
    """The cell of a notebook, the line of any other file; "" where it can not be told."""
    text = content.decode("utf-8", errors="replace")
    if name.endswith(".ipynb"):
        for number, cell in _cells(content):
            if line in flattened("".join(cell.get("source", ""))):
                return f"cell {number}"
            if line in flattened(readable(name, json.dumps(cell).encode())):
                return f"cell {number}, beside its source"
        return "outside its cells"
    parts = [flattened(part) for part in text.splitlines()]
    flat = " ".join(filter(None, parts))
    found = max(flat.find(line), flat.find(json.dumps(line, ensure_ascii=False)[1:-1]))
    ends = itertools.accumulate(len(part) + 1 if part else 0 for part in parts)
    return next((f"line {number}" for number, end in enumerate(ends, start=1) if 0 <= found < end), "")


def _outputs(content: bytes) -> Iterator[str]:
    for number, cell in _cells(content):
        if cell.get("outputs"):
            yield f"cell {number}"


def _cells(content: bytes) -> Iterator[tuple[int, dict]]:
    try:
        yield from enumerate(json.loads(content)["cells"], start=1)
    except (ValueError, KeyError, TypeError):
        return  # no notebook: searched as text
