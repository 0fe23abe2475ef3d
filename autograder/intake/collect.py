"""Submissions on disk -> nbgrader's `submitted/`: every file gets a verdict, nothing is lost."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.translator.expected import expected_files
from autograder.intake.attempts import Taken, keep, keep_original, latest
from autograder.intake.clean import Refused, clean
from autograder.intake.exports.files import Handed, Owner, listed, read_notebook, shown
from autograder.intake.exports.sources import Stray, arrivals
from autograder.intake.exports.table import is_numbered
from autograder.intake.extras import Extras, find_extras
from autograder.intake.match import Marks, lesson_in_name, lesson_of, marks_of_lessons, student_of
from autograder.intake.receipts import Receipt, in_order, read_receipts, write_receipts
from autograder.intake.roster import Person, Roster, enter, kept_roster, read_roster, together

UNKNOWN = "(not known)"


@dataclass(frozen=True)
class Lessons:
    """What is known of each lesson: how to recognise it, and the files that it asks for beside its notebook."""

    marks: dict[str, Marks]
    asked: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, course: Course) -> Lessons:
        """Raises Stop where none is built."""
        paths = {lesson: course.lesson(lesson) for lesson in course.lesson_ids()}
        if not paths:
            raise Stop(f"There is no lesson in {course.lessons}: build the lessons first.")
        asked = {lesson: expected_files(nbformat.read(path, as_version=4)) for lesson, path in paths.items()}
        return cls(marks_of_lessons(paths), asked)


@dataclass(frozen=True)
class Hand:
    """All of one student's notebooks of one lesson that can be graded, and the files that belong to them."""

    student: str
    lesson: str
    several: list[Taken]
    extras: Extras


@dataclass(frozen=True)
class Outcome:
    """What became of all that one student handed in: what can be graded, and receipts of what can not, with their
    files."""

    hands: list[Hand] = field(default_factory=list)
    refused: list[tuple[Receipt, Handed | None]] = field(default_factory=list)


def collect(sources: Path | Sequence[Path], course: Course, rosters: Sequence[Path] = ()) -> list[Receipt]:
    """Copy the notebooks in `sources` to `submitted/STUDENT/LESSON/LESSON.ipynb`; a receipt for each file.

    Each is a folder with one sub-folder a student, one student's folder, a notebook, or a zip: as Canvas, Moodle,
    Google Classroom and GitHub Classroom name what is in it, or of folders. Zips may lie in zips. The latest attempt
    counts; all are kept in `submitted/STUDENT/LESSON/original/` (nbgrader neither grades nor copies it). rosters: CSV
    files with the students; without one, that of the last time. All receipts are in `collected.json`. Raises Stop when
    there is nothing to collect from.
    """
    paths = [Path(source) for source in ([sources] if isinstance(sources, (str, Path)) else sources)]
    for path in paths:
        if (path / "nbgrader_config.py").exists() or path.resolve() == course.class_dir:
            raise Stop(f"{path} is the course itself, not a folder with one sub-folder a student.")
    lessons = Lessons.of(course)
    people = _people(course, rosters)
    if people:
        enter(people, course)
    receipts: list[Receipt] = []
    with tempfile.TemporaryDirectory(prefix="collect-") as place:
        for outcome in take(paths, Path(place), lessons, Roster(people), read_receipts(course)):
            for hand in outcome.hands:
                folder = course.submitted / hand.student / hand.lesson
                receipts += keep(hand.several, lessons.asked[hand.lesson], hand.extras, folder)
            receipts += [_kept_too(receipt, file, course) for receipt, file in outcome.refused]
    write_receipts(receipts, course)
    return in_order(receipts)


def _people(course: Course, rosters: Sequence[Path]) -> list[Person]:
    people: list[Person] = []
    for path in rosters or [path for path in [kept_roster(course)] if path.is_file()]:
        people = together(people, read_roster(Path(path)))
    return people


def take(
    paths: Sequence[Path], place: Path, lessons: Lessons, roster: Roster, before: Sequence[dict] = ()
) -> Iterator[Outcome]:
    """Read everything and decide on it, student by student; nothing is written but to `place`, an empty folder.
    before: earlier receipts."""
    arrived = arrivals(paths, place, lessons.marks)
    who = _students(arrived.owners, roster, before)
    strays = [_of_stray(stray, who) for stray in arrived.strays]
    yield Outcome(refused=[(receipt, None) for receipt in strays])
    files: dict[str, list[Handed]] = {student: [] for student, _ in who.values()}
    for file in arrived.files:
        student, said = who[file.owner]
        files[student].append(replace(file, notes=(*file.notes, *said)))
    names = {student: owner for owner, (student, _) in who.items()}
    explained = {receipt.student for receipt in strays}
    for student, several in files.items():
        if several or student not in explained:  # else a zip that could not be opened, and nothing else: that is said
            yield _outcome(student, names[student], several, lessons)


def _outcome(student: str, owner: Owner, several: list[Handed], lessons: Lessons) -> Outcome:
    notebooks = [file for file in several if file.suffix == ".ipynb"]
    others = [file for file in several if file.suffix != ".ipynb"]
    extras = {lesson: find_extras(asked, others) for lesson, asked in lessons.asked.items()}
    aside = _aside(others, extras if notebooks else {})
    if not notebooks:
        return Outcome(refused=[(_no_notebook(student, owner, several, aside), None)])
    outcome = Outcome()
    found: dict[str, list[Taken]] = defaultdict(list)
    for file in notebooks:
        one = _examine(replace(file, notes=(*file.notes, *aside)), student, lessons)
        if isinstance(one, Taken):
            found[one.lesson].append(one)
        else:
            outcome.refused.append((one, file))
    for lesson, taken in found.items():
        _mention_later_refusals(latest(taken), outcome.refused)
        outcome.hands.append(Hand(student, lesson, taken, extras[lesson]))
    here = {*found, *(receipt.lesson for receipt, _ in outcome.refused)}
    outcome.refused.extend((receipt, None) for receipt in _without_notebook(student, extras, here))
    return outcome


def _students(owners: set[Owner], roster: Roster, before: Sequence[dict]) -> dict[Owner, tuple[str, tuple[str, ...]]]:
    """What nbgrader calls each owner, and what is to be said of it. Two people never become one."""
    found: dict[Owner, Person] = {}
    notes: dict[Owner, str] = {}
    for owner in owners:
        person, why = roster.find(owner)
        if person is None and not owner.lms:
            person = roster.login_in(owner.name)
        if person is not None:
            found[owner] = person
        elif why:
            notes[owner] = why
    for person in {person.id: person for person in found.values()}.values():
        for lms in {owner.lms for owner, other in found.items() if other == person}:
            claimed = [owner for owner, other in found.items() if other == person and owner.lms == lms]
            right = [owner for owner in claimed if owner.number and owner.number == person.lms_user_id]
            doubtful = [owner for owner in claimed if owner not in right]
            if is_numbered(lms) and len({owner.number for owner in claimed}) > 1:
                for owner in doubtful:
                    del found[owner]
                    notes[owner] = f"{lms} has several called {shown(owner.name)}: kept by its number; who is it?"
    same = defaultdict(set)
    for owner in owners:
        if owner not in found and owner.number:
            same[owner.lms, owner.name].add(owner.number)
    for old in before:
        if old.get("lms_id") and not roster.people:
            for owner in owners:
                if is_numbered(owner.lms) and old.get("owner") == shown(owner.name):
                    same[owner.lms, owner.name].add(old["lms_id"])
    said: dict[Owner, tuple[str, tuple[str, ...]]] = {}
    for owner in owners:
        if owner in found:
            said[owner] = found[owner].id, ()
            continue
        name = owner.name
        if len(same[owner.lms, owner.name]) > 1:
            name = f"{owner.name}-{owner.number}"
            word = f"{owner.lms} has several called {shown(owner.name)}: told apart by its numbers; a roster helps."
            notes.setdefault(owner, word)
        student, renamed = student_of(name)
        said[owner] = student, tuple(note for note in (renamed, notes.get(owner)) if note)
    return said


def _of_stray(stray: Stray, who: dict[Owner, tuple[str, tuple[str, ...]]]) -> Receipt:
    student, said = who[stray.owner] if stray.owner else (UNKNOWN, ())
    return Receipt(student, None, stray.file, "refused", [*stray.notes, *said])


def _no_notebook(student: str, owner: Owner, several: list[Handed], aside: tuple[str, ...]) -> Receipt:
    what = "Ask for the .ipynb file (in Colab: File, Download, Download .ipynb)."
    said = dict.fromkeys(note for file in several for note in file.notes)
    notes = ["There is no notebook in this folder.", what, *said, *aside]
    return Receipt(student, None, shown(owner.name), "refused", notes, owner=shown(owner.name), lms_id=owner.number)


def _aside(others: list[Handed], extras: dict[str, Extras]) -> tuple[str, ...]:
    used = {path for found in extras.values() for path in found.files.values()}
    used |= {other.path for found in extras.values() for other in found.others}
    left = sorted(file.path.name for file in others if file.path not in used)
    return (f"Left aside, no lesson asks for it: {listed(left)}.",) if left else ()


def _without_notebook(student: str, extras: dict[str, Extras], lessons: set[str | None]) -> list[Receipt]:
    """A receipt for each file that belongs to a lesson of which no notebook came."""
    what = "Hand it in together with the notebook of that lesson."
    alone = [(lesson, path) for lesson, found in extras.items() for path in found.files.values()]
    return [
        Receipt(
            student, name, shown(path.name), "refused", [f"It belongs to {name}, whose notebook is not there.", what]
        )
        for name, path in alone
        if name not in lessons
    ]


def _examine(file: Handed, student: str, lessons: Lessons) -> Taken | Receipt:
    lesson = lesson_in_name(file.name, lessons.marks)
    try:
        original = read_notebook(file.path)
        notebook, repairs = clean(original)
        lesson, note = lesson_of(file.name, notebook, lessons.marks)
        if lesson is None:
            what = f"Name it after its lesson ({listed(sorted(lessons.marks), 20)}) and collect again."
            raise Refused("Neither its name nor its cells belong to a lesson of this course.", what)
    except Refused as refused:
        notes = [refused.reason, refused.what_to_do, *file.notes]
        owner = file.owner
        return Receipt(
            student, lesson, shown(file.path.name), "refused", notes, owner=shown(owner.name), lms_id=owner.number
        )
    notes = [*file.notes, *([note] if note else [])]
    return Taken(file, student, lesson, original, notebook, repairs, notes)


def _mention_later_refusals(counting: Taken, refused: list[tuple[Receipt, Handed | None]]) -> None:
    """Where the student's latest file could not be read, the one before counts: that is said with it."""
    for receipt, file in refused:
        if file and receipt.lesson == counting.lesson and file.order > counting.handed.order:
            counting.notes.append(f"A later file was refused: {shown(file.path.name)}; ask the student.")


def _kept_too(receipt: Receipt, file: Handed | None, course: Course) -> Receipt:
    """A refused file is kept with the others where an attempt of the same lesson was taken."""
    folder = course.submitted / receipt.student / (receipt.lesson or "")
    if file is None or not receipt.lesson or not folder.is_dir():
        return receipt
    try:
        return replace(receipt, kept=keep_original(folder, file, read_notebook(file.path)))
    except Refused:
        return receipt
