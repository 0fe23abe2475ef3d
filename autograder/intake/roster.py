"""The list of the class: read from a CSV of an LMS, matched with what exports call students, kept in the gradebook."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.api import Student

from autograder import nbgrader_api
from autograder.course import Course
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.grading.many.gradebook import OpenGradebook
from autograder.intake.exports.files import Owner, shown
from autograder.intake.exports.table import is_numbered
from autograder.intake.match import student_of

# What a column is called -> what it holds; the first that is filled in gives the id.
IDS = (
    "sis login id",
    "login id",
    "identifier",
    "id number",
    "student id",
    "student_id",
    "sis user id",
    "username",
    "id",
)
LOGINS = (*IDS, "github_username", "login", "integration id")
EMAILS = ("email address", "email", "e-mail", "mail")
NAMES = ("student", "name", "full name", "display name", "student name")
FIRST = ("first name", "first_name", "firstname", "given name")
LAST = ("last name", "surname", "last_name", "lastname", "family name")
OWN = ("id", "first_name", "last_name", "email", "lms_user_id", "names")  # of the copy that is kept


@dataclass(frozen=True)
class Person:
    """A student. id: what nbgrader's folder is called. names: other spellings and logins."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    names: tuple[str, ...] = ()

    def logins(self) -> set[str]:
        local = self.email.partition("@")[0]
        return {_folded(text) for text in (self.id, self.email, local, *self.names) if text} - {""}

    def spellings(self) -> set[str]:
        """The name in either order, as it is and squeezed: "nameada"."""
        both = (f"{self.first_name} {self.last_name}", f"{self.last_name} {self.first_name}")
        reversed_too = [" ".join(reversed(name.split(",", 1))) for name in self.names if "," in name]
        return {_folded(text) for text in (*both, *self.names, *reversed_too)} - {""}

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() + f" ({self.id})"


def read_roster(path: Path) -> list[Person]:
    """The students in a CSV as Canvas, Moodle or GitHub Classroom export it, or with the columns id, name, email.
    Raises Stop with what is wrong."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Stop(f"The roster {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise Stop(f"The roster {path} is not UTF-8: save it as CSV UTF-8, so that no name is changed.") from None
    head = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count)))
    columns = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if not {*LOGINS, *EMAILS} & set(columns):
        raise Stop(f"The roster {path} has no column that names students: give it the columns id, name and email.")
    people: dict[str, Person] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = {column: cell.strip() for column, cell in zip(columns, row, strict=False) if cell.strip()}
        if not cells or cells.get("student") in ("Points Possible", "Student, Test"):  # lines of Canvas's own
            continue
        person = _person(cells)
        if person is None:
            raise Stop(f"The roster {path} says in line {number} neither an id nor an email of the student.")
        if person.id in people:
            raise Stop(f"The roster {path} has {person.id} twice, the second time in line {number}: take one out.")
        people[person.id] = person
    if not people:
        raise Stop(f"The roster {path} lists nobody.")
    return list(people.values())


def _person(cells: dict[str, str]) -> Person | None:
    def first(columns: Iterable[str]) -> str:
        return next((cells[column] for column in columns if column in cells), "")

    email = first(EMAILS)
    logins = [cells[column] for column in LOGINS if column in cells]
    given = first(IDS) or email or first(LOGINS)
    if not given:
        return None
    name, first_name, last_name = first(NAMES), first(FIRST), first(LAST)
    if name and not (first_name or last_name):
        last_name, comma, first_name = (part.strip() for part in name.partition(","))
        if not comma:
            first_name, _, last_name = name.rpartition(" ")
            first_name, last_name = (first_name, last_name) if first_name else (name, "")
    lms = cells.get("lms_user_id") or (cells.get("id", "") if "student" in cells else cells.get("id number", ""))
    more = [part.strip() for part in cells.get("names", "").split(";")]
    return _known(Person(student_of(given)[0], first_name, last_name, email, lms), [given, name, *logins, *more])


def _known(person: Person, names: Iterable[str]) -> Person:
    said = {person.id, person.email, person.lms_user_id, ""}
    return replace(person, names=tuple(dict.fromkeys(n for n in (*person.names, *names) if n not in said)))


def together(people: Sequence[Person], more: Sequence[Person]) -> list[Person]:
    """Two lists of one class as one: who is in both by id, email, login or name is one person, with all logins."""
    merged = {person.id: person for person in people}
    known = Roster(people)
    for person in more:
        alike = known.alike(person)
        if len(alike) > 1:
            raise Stop(f"{person} could be {' or '.join(map(str, alike))}: give both lists the same id or email.")
        if not alike:
            merged[person.id] = person
            continue
        old = merged[alike[0].id]
        fields = {k: getattr(old, k) or getattr(person, k) for k in ("first_name", "last_name", "email", "lms_user_id")}
        full = f"{person.first_name} {person.last_name}".strip()
        merged[old.id] = _known(replace(old, **fields), [person.id, *person.names, full])
    return list(merged.values())


class Roster:
    """Finds the person that an export means. Never a guess: of two who could be meant neither is taken."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = list(people)
        self.by_number = _index((person, {person.lms_user_id} - {""}) for person in people)
        self.by_login = _index((person, person.logins()) for person in people)
        self.by_name = _index((person, person.spellings()) for person in people)

    def find(self, owner: Owner) -> tuple[Person | None, str]:
        """The person, or None and why."""
        if not self.people:
            return None, ""
        number = self.by_number.get(owner.number, []) if is_numbered(owner.lms) and owner.number else []
        for found in (number, *(index.get(_folded(owner.name), []) for index in (self.by_login, self.by_name))):
            if len(found) == 1:
                return found[0], ""
            if found:
                people = " or ".join(map(str, found))
                return (
                    None,
                    f"{shown(owner.name)} may be {people}: kept under their own name; please say in the roster.",
                )
        return None, f"{shown(owner.name)} is not in the roster: kept under their own name; please say in the roster."

    def login_in(self, folder: str) -> Person | None:
        """Whose login a repository's name ends in, whatever the assignment is called: `homework-4-ada-l`."""
        ends = {_folded(folder[at + 1 :]) for at, letter in enumerate(folder) if letter in "-_"}
        found = {person.id: person for end in ends for person in self.by_login.get(end, [])}
        return next(iter(found.values())) if len(found) == 1 else None

    def alike(self, person: Person) -> list[Person]:
        for keys, index in ((person.logins(), self.by_login), (person.spellings(), self.by_name)):
            found = {other.id: other for key in keys for other in index.get(key, [])}
            if found:
                return list(found.values())
        return []


def _index(pairs: Iterable[tuple[Person, set[str]]]) -> dict[str, list[Person]]:
    index: dict[str, list[Person]] = defaultdict(list)
    for person, keys in pairs:
        for key in keys:
            index[key].append(person)
    return index


def _folded(text: str) -> str:
    """Without accents, case, spaces and signs, whichever way Unicode writes it."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", plain))


def enter(people: Sequence[Person], course: Course) -> None:
    """Put everybody into the gradebook, also who never hands in anything, and keep the list in the class folder."""
    course.class_dir.mkdir(parents=True, exist_ok=True)
    course_id = nbgrader_api.configuration(course).CourseDirectory.get("course_id", "")
    with OpenGradebook(course, course_id) as book, book.transaction() as gradebook:
        known = {student.id: student for student in gradebook.students}
        for person in people:
            student = known.get(person.id)
            if student is None:
                student = Student(id=person.id)
                gradebook.db.add(student)
            for name in ("first_name", "last_name", "email", "lms_user_id"):
                if getattr(person, name):
                    setattr(student, name, getattr(person, name))
        gradebook.db.commit()
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(OWN)
    for p in people:
        writer.writerow([p.id, p.first_name, p.last_name, p.email, p.lms_user_id, "; ".join(p.names)])
    write_atomically(kept_roster(course), made.getvalue())


def kept_roster(course: Course) -> Path:
    return course.class_dir / "roster.csv"
