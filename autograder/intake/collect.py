"""Submissions on disk -> nbgrader's `submitted/`: every file gets a verdict, nothing is lost."""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.grading.translator.expected import expected_files
from autograder.intake.clean import Refused, clean
from autograder.intake.extras import Extras, find_extras, store_extras
from autograder.intake.match import Marks, lesson_in_name, lesson_of, marks_of_lessons, student_of
from autograder.intake.unpack import unpack

TOO_LARGE = 20 * 1024 * 1024  # bytes
TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # nbgrader's Exchange.timestamp_format
PASSED_OVER = {
    "__MACOSX",
    ".ipynb_checkpoints",
    ".git",
    "__pycache__",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
}


@dataclass(frozen=True)
class Receipt:
    """What became of one file. For a refused one, `notes` are the reason and then what to do."""

    student: str
    lesson: str | None
    file: str
    verdict: str  # accepted | repaired | refused
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Handed:
    """One file as it was handed in. `folder` is the name of the student's folder."""

    folder: str
    path: Path


@dataclass
class Taken:
    """A notebook that can be graded, before it is known whether a newer one of the same lesson exists."""

    handed: Handed
    student: str
    lesson: str
    original: bytes
    notebook: nbformat.NotebookNode
    repairs: list[str]
    notes: list[str]
    when: float  # the file's modification time
    expected: tuple[str, ...]  # the files that the lesson asks for beside it
    extras: Extras


def collect(source: Path, course: Course) -> list[Receipt]:
    """Copy the notebooks under `source` to `submitted/STUDENT/LESSON/LESSON.ipynb`; a receipt each.

    `source` is a folder with one sub-folder a student, or one student's folder, or a notebook in one, or a zip of one
    of these; a student's folder may hold zips, too. What a lesson asks for beside its notebook is taken along. The
    file as handed in is kept in `submitted/STUDENT/LESSON/original/` (nbgrader neither grades nor copies it).
    All receipts, old and new, are in `collected.json`. Raises Stop when there is nothing to collect from.
    """
    if (Path(source) / "nbgrader_config.py").exists() or Path(source).resolve() == course.class_dir:
        raise Stop(f"{source} is the course itself, not a folder with one sub-folder a student.")
    lessons = marks_of_lessons({lesson: course.lesson(lesson) for lesson in course.lesson_ids()})
    if not lessons:
        raise Stop(f"There is no lesson in {course.lessons}: build the lessons first.")
    asked = {lesson: expected_files(nbformat.read(course.lesson(lesson), as_version=4)) for lesson in lessons}
    with tempfile.TemporaryDirectory(prefix="collect-") as room:
        receipts = _collected(_opened(Path(source), Path(room)), Path(room), course, lessons, asked)
    receipts.sort(key=lambda r: (r.student.casefold(), r.lesson or "", r.file))
    _write_receipts(receipts, course)
    return receipts


def _opened(source: Path, room: Path) -> Path:
    """The folder or notebook to collect from: of a zip, what was in it. `room` is an empty folder."""
    if not (source.is_file() and source.suffix.lower() == ".zip"):
        return source
    try:
        return unpack(source, room / source.stem)
    except Refused as refused:
        raise Stop(f"{source.name}: {refused.reason}") from None


def _collected(
    source: Path, room: Path, course: Course, lessons: dict[str, Marks], asked: dict[str, tuple[str, ...]]
) -> list[Receipt]:
    receipts: list[Receipt] = []
    taken: dict[tuple[str, str], list[Taken]] = {}
    for folder, files in handed_in(source).items():
        student, renamed = student_of(folder)
        said = [renamed] if renamed else []
        files, locked = _unzipped(files, student, room)
        receipts += locked
        notebooks = [file for file in files if file.path.suffix.lower() == ".ipynb"]
        others = [file.path for file in files if file not in notebooks]
        extras = {lesson: find_extras(names, others) for lesson, names in asked.items()}
        wanted = {path for found in extras.values() for path in found.files.values()} if notebooks else set()
        aside = sorted(path.name for path in others if path not in wanted)
        if aside:
            said.append(f"Left aside, no lesson asks for it: {_listed(aside)}.")
        if not notebooks:
            what = "Ask for the .ipynb file (in Colab: File, Download, Download .ipynb)."
            receipts.append(
                Receipt(student, None, folder, "refused", ["There is no notebook in this folder.", what, *said])
            )
        here = [_examine(file, student, said, lessons, asked, extras) for file in notebooks]
        for found in here:
            if isinstance(found, Receipt):
                receipts.append(found)
            else:
                taken.setdefault((found.student, found.lesson), []).append(found)
        receipts += _without_notebook(student, extras, {found.lesson for found in here}) if notebooks else []
    for several in taken.values():
        receipts += _keep_newest(several, course)
    return receipts


def _without_notebook(student: str, extras: dict[str, Extras], lessons: set[str | None]) -> list[Receipt]:
    """A receipt for each file that belongs to a lesson of which no notebook came."""
    what = "Hand it in together with the notebook of that lesson."
    return [
        Receipt(student, lesson, path.name, "refused", [f"It belongs to {lesson}, whose notebook is not there.", what])
        for lesson, found in extras.items()
        for path in found.files.values()
        if lesson not in lessons
    ]


def _unzipped(files: list[Handed], student: str, room: Path) -> tuple[list[Handed], list[Receipt]]:
    """A student's files with those in zips in the zips' place, and a receipt for each zip that can not be unpacked."""
    found: list[Handed] = []
    refusals: list[Receipt] = []
    for file in files:
        if file.path.suffix.lower() != ".zip" or file.path.is_symlink():
            found.append(file)
            continue
        try:
            place = unpack(file.path, Path(tempfile.mkdtemp(dir=room)))
            found += [Handed(file.folder, path) for path in _files_under(place)]
        except Refused as refused:
            notes = [refused.reason, refused.what_to_do]
            refusals.append(Receipt(student, None, file.path.name, "refused", notes))
    return found, refusals


def handed_in(source: Path) -> dict[str, list[Handed]]:
    """Name of a student's folder -> the files in it, at any depth. Symlinks are not followed.

    The seam for LMS downloads: whatever turns an archive into this mapping can be collected.
    """
    if not source.exists():
        raise Stop(f"There is no {source}.")
    if source.is_file():
        if source.suffix.lower() != ".ipynb":
            raise Stop(
                f"{source.name} is neither a notebook nor a folder: "
                "give the folder, or the zip, that holds the students' folders."
            )
        folder = source.resolve().parent
        return {folder.name: [Handed(folder.name, source)]}
    folders = sorted(p for p in source.iterdir() if p.is_dir() and not p.is_symlink() and not _passed_over(p.name))
    loose = sorted(
        p for p in source.iterdir() if p.suffix.lower() == ".ipynb" and p.is_file() and not _passed_over(p.name)
    )
    students = {folder.name: [Handed(folder.name, path) for path in _files_under(folder)] for folder in folders}
    name = source.resolve().name
    if loose and not any(file.path.suffix.lower() == ".ipynb" for files in students.values() for file in files):
        return {name: [Handed(name, path) for path in _files_under(source)]}
    if loose:
        raise Stop(
            f"{_listed([p.name for p in loose])} in {source} lies beside the students' folders: "
            "put each notebook into a folder named after its student."
        )
    if not students:
        raise Stop(f"There is nothing to collect in {source}: it should hold one folder a student.")
    return students


def _files_under(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(f for f in folders if not _passed_over(f))
        for name in sorted(names):
            if not _passed_over(name):
                yield Path(here) / name


def _passed_over(name: str) -> bool:
    return name in PASSED_OVER or name.startswith("._")


def _examine(
    file: Handed,
    student: str,
    said: list[str],
    lessons: dict[str, Marks],
    asked: dict[str, tuple[str, ...]],
    extras: dict[str, Extras],
) -> Taken | Receipt:
    lesson = lesson_in_name(file.path.name, lessons)
    try:
        original, when = _read(file.path)
        notebook, repairs = clean(original)
        lesson, note = lesson_of(file.path.name, notebook, lessons)
        if lesson is None:
            what = f"Name it after its lesson ({_listed(sorted(lessons))}) and collect again."
            raise Refused("Neither its name nor its cells belong to a lesson of this course.", what)
    except Refused as refused:
        return Receipt(student, lesson, file.path.name, "refused", [refused.reason, refused.what_to_do, *said])
    notes = [*said, *([note] if note else [])]
    return Taken(file, student, lesson, original, notebook, repairs, notes, when, asked[lesson], extras[lesson])


def _read(path: Path) -> tuple[bytes, float]:
    """The bytes of a file and its modification time; a symlink or a large file is Refused."""
    if path.is_symlink():
        raise Refused("It is a link to another place, not a file.", "Ask for the file itself.")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:
            content = file.read(TOO_LARGE + 1)
            when = os.fstat(file.fileno()).st_mtime
    except OSError as error:
        raise Refused(
            f"It cannot be read ({error.strerror}).", "Check the file's permissions and collect again."
        ) from None
    if len(content) > TOO_LARGE:
        what = "Clear the outputs (Edit, Clear all outputs), save, and hand it in again."
        raise Refused("It is larger than 20 MB.", what)
    return content, when


def _keep_newest(several: list[Taken], course: Course) -> list[Receipt]:
    """Store the newest of a student's notebooks of one lesson; receipts for all of them."""
    several.sort(key=lambda t: (t.when, t.handed.path.name), reverse=True)
    newest, older = several[0], several[1:]
    name, moment = newest.handed.path.name, _utc(max(newest.when, newest.extras.when))
    reason = f"A newer notebook of this lesson by the same student counts: {name} ({_said(moment)})."
    what = "Nothing, unless this is the one to grade: then remove the other and collect again."
    receipts = [_receipt(t, "refused", [reason, what]) for t in older]
    stored = course.submitted / newest.student / newest.lesson
    earlier = _stored_at(stored / "timestamp.txt")
    if earlier is not None and earlier > moment:
        reason = f"A newer notebook of this lesson was collected before ({_said(earlier)}): that one counts."
        what = f"Nothing, unless this is the one to grade: then remove {stored} and collect again."
        return [*receipts, _receipt(newest, "refused", [reason, what])]
    notes = [*newest.repairs, *newest.notes]
    if older:
        left = _listed([t.handed.path.name for t in older])
        notes.append(f"{len(several)} notebooks of this lesson: the newest counts, left aside: {left}.")
    notes += _store(newest, stored, moment)
    return [*receipts, _receipt(newest, "repaired" if newest.repairs else "accepted", notes)]


def _receipt(taken: Taken, verdict: str, notes: list[str]) -> Receipt:
    return Receipt(taken.student, taken.lesson, taken.handed.path.name, verdict, notes)


def _store(taken: Taken, folder: Path, moment: datetime) -> list[str]:
    """What is to be said of the files beside the notebook. The timestamp goes last: nbgrader grades again when it is
    newer, by then the notebook is there."""
    stem = taken.handed.path.stem.lstrip(".") or "handed_in"
    notebook = nbformat.writes(taken.notebook, version=nbformat.NO_CONVERT)
    write_atomically(folder / "original" / f"{stem}.ipynb", taken.original)  # nbgrader passes *.ipynb over
    write_atomically(folder / f"{taken.lesson}.ipynb", notebook)
    notes = store_extras(taken.expected, taken.extras, folder)
    write_atomically(folder / "timestamp.txt", moment.strftime(TIMESTAMP))
    return notes


def _stored_at(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.read_text().strip(), TIMESTAMP).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return None


def _utc(when: float) -> datetime:
    return datetime.fromtimestamp(when, tz=UTC)


def _said(moment: datetime) -> str:
    return f"{moment:%d %b %Y, %H:%M} UTC"


def _write_receipts(new: list[Receipt], course: Course) -> None:
    """Receipts of earlier collections stay, except where a new one says more of the same student and lesson:
    what counts is replaced by what counts now, what was refused by any newer word."""
    try:
        old = json.loads(course.collected.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        old = []
    heard = {(r.student, r.lesson) for r in new} | {(r.student, None) for r in new}
    counted = {(r.student, r.lesson) for r in new if r.verdict != "refused"}

    def stays(receipt: dict) -> bool:
        key = (receipt["student"], receipt["lesson"])
        return key not in (heard if receipt["verdict"] == "refused" else counted)

    everything = [*filter(stays, old), *map(asdict, new)]
    everything.sort(key=lambda r: (r["student"].casefold(), r["lesson"] or "", r["file"]))
    write_atomically(course.collected, json.dumps(everything, indent=1, ensure_ascii=False) + "\n")


def _listed(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
