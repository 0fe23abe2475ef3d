"""Fills scores into a file that Canvas or Moodle exported: only those fields change, to the byte.

What is in it already stays as it came, names that look like formulas too: the LMS must know its own students again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import Stop
from autograder.returns.grades.scores import Grades, Person
from autograder.returns.grades.table import Table, number

TEST_STUDENT = "Student, Test"  # Canvas's own
POSSIBLE = "points possible"  # Canvas's second row

# Which column may name whom, the surest first. A column's number or name counts where it is one row's and one person's.
CANVAS = (
    ("ID", "lms_user_id"), ("SIS User ID", "id"), ("SIS User ID", "lms_user_id"), ("SIS Login ID", "id"),
    ("SIS Login ID", "email"), ("SIS Login ID", "lms_user_id"), ("ID", "id"),
    ("Student", "name"), ("Student", "joined"),
)  # fmt: skip
MOODLE = (
    ("ID number", "lms_user_id"), ("ID number", "id"), ("Username", "id"), ("Email address", "email"),
    ("Identifier", "lms_user_id"), ("Username", "lms_user_id"), ("Email address", "id"), ("Identifier", "id"),
    ("Full name", "name"), ("First name+Last name", "name"), ("First name+Surname", "name"), ("Full name", "joined"),
)  # fmt: skip


@dataclass
class Filled:
    """data: the file. filled: how many scores are in it. notes: what a person should know, a sentence each.
    lost: students with a score who are not in the file."""

    data: bytes = b""
    filled: int = 0
    notes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def fill(path: Path, kind: str, grades: Grades, columns: Mapping[str, str], titles: Mapping[str, str]) -> Filled:
    """kind: canvas or moodle. columns: the columns' names where they were given. titles: what lessons are called."""
    table = Table(path)
    header = [name.strip() for name in table.rows[0]]
    keys = {"canvas": CANVAS, "moodle": MOODLE}[kind]
    places = _key_columns(header, keys)
    if not places:
        wanted = ", ".join(dict.fromkeys(name for name, _ in keys))
        raise Stop(f"{path} has none of the columns {wanted}: is it what {kind.capitalize()} exports, in English?")
    is_worksheet = kind == "moodle" and {"Identifier", "Grade"} <= set(header)
    done = Filled()
    where = _worksheet(grades, header) if is_worksheet else _columns(path, header, grades, columns, titles, done.notes)
    students = {at: row for at, row in enumerate(table.rows) if at and _is_student(row, places)}
    who = _matched(students, places, keys, grades.people)
    _put_scores(table, who, grades, where, done)
    _say(table, students, who, grades, where, done)
    _say_points(table, header, grades, where, done.notes)
    done.data = table.data()
    return done


def _put_scores(
    table: Table, who: Mapping[int, Person], grades: Grades, where: Mapping[str, int], done: Filled
) -> None:
    header = [name.strip().casefold() for name in table.rows[0]]
    locked = header.index("grade can be changed") if "grade can be changed" in header else None
    replaced, kept = [], []
    for at, person in who.items():
        row = table.rows[at]
        for lesson, column in where.items():
            score = grades.scores.get((lesson, person.id))
            if score is None:
                continue
            old = row[column].strip() if column < len(row) else ""
            if locked is not None and locked < len(row) and row[locked].strip().casefold() == "no":
                kept.append(person.name)
                continue
            table.put(at, column, number(score))
            done.filled += 1
            if old and _as_number(old) != round(score, 4):
                replaced.append(person.name)
    if replaced:
        done.notes.append(f"Other scores stood in the file for {_listed(replaced)}; they are replaced.")
    if kept:
        done.notes.append(f"The file says that the grade of {_listed(kept)} can not be changed: left as it was.")


def _say(table: Table, students: dict, who: dict, grades: Grades, where: Mapping[str, int], done: Filled) -> None:
    first = _key_columns([name.strip() for name in table.rows[0]], (("Student", ""), ("Full name", "")))
    strangers = [
        (row[next(iter(first.values()))[0]] if first else " ".join(filter(None, row[:2]))).strip()
        for at, row in students.items()
        if at not in who
    ]
    if strangers:
        done.notes.append(f"In the file and not in the gradebook: {_listed(strangers)}.")
    found = {person.id for person in who.values()}
    missing = [person for person in grades.people if person.id not in found]
    done.lost = [p.name for p in missing if any((lesson, p.id) in grades.scores for lesson in where)]
    others = [p.name for p in missing if p.name not in done.lost]
    if done.lost:
        done.notes.append(f"In the gradebook with a score, and not in the file: {_listed(done.lost)}.")
    if others:
        done.notes.append(f"In the gradebook without a score, and not in the file: {_listed(others)}.")


def _say_points(table: Table, header: list[str], grades: Grades, where: Mapping[str, int], notes: list[str]) -> None:
    """Scores are written as they are; where the LMS counts to another number, a person should know."""
    most = next((at for at, name in enumerate(header) if name.casefold() == "maximum grade"), None)
    row = next((row for row in table.rows[1:4] if row[0].strip().casefold() == POSSIBLE), None)
    for lesson, column in where.items():
        if most is not None:
            said = {row[most].strip() for row in table.rows[1:] if most < len(row)} - {""}
        else:
            said = {row[column].strip()} - {""} if row and column < len(row) else set()
        other = sorted(one for one in said if _as_number(one) != round(grades.points[lesson], 4))
        if other:
            notes.append(
                f"{lesson} is worth {number(grades.points[lesson])} points here and {', '.join(other)} in the file: "
                "scores are written as they are; set the same there."
            )


def _worksheet(grades: Grades, header: list[str]) -> dict[str, int]:
    if len(grades.lessons) != 1:
        raise Stop("Moodle's grading worksheet is for one assignment: name the lesson, as in `export moodle LESSON`.")
    return {grades.lessons[0]: header.index("Grade")}


def _columns(
    path: Path, header: list[str], grades: Grades, given: Mapping[str, str], titles: Mapping[str, str], notes: list[str]
) -> dict[str, int]:
    """The column of each lesson: the one that was given, else the only one that has its name."""
    found: dict[str, int] = {}
    plain = [_plain(name) for name in header]
    for lesson in grades.lessons:
        names = [given[lesson]] if lesson in given else [lesson, titles.get(lesson, ""), lesson.partition("_")[2]]
        exact = [at for at, name in enumerate(header) if name == names[0].strip()]
        alike = exact or [at for at, name in enumerate(plain) if name and name in map(_plain, names)]
        if len(alike) == 1:
            found[lesson] = alike[0]
        elif lesson in given or alike:
            which = "several columns" if alike else "no column"
            raise Stop(f"{path} has {which} {names[0]!r}; it has {', '.join(filter(None, header))}.")
        else:
            notes.append(f'The file has no column for {lesson}: left out. (--column {lesson}="Its name" names it.)')
    if not found:
        raise Stop(f"{path} has no column of a lesson; it has {', '.join(filter(None, header))}. Use --column.")
    if len(set(found.values())) < len(found):
        raise Stop("Two lessons would be written to one column: give each its own with --column.")
    return found


def _plain(name: str) -> str:
    """Without Canvas's number, Moodle's kind and (Real), capitals and signs."""
    name = re.sub(r"\s*\((\d+|Real|Percentage|Letter)\)\s*$", "", name.strip())
    return " ".join(re.findall(r"\w+", re.sub(r"^Assignment:", "", name).replace("_", " ").casefold()))


def _key_columns(header: list[str], keys: Iterable[tuple[str, str]]) -> dict[str, list[int]]:
    """Key -> its columns, for those that are all there."""
    at = {name.casefold(): place for place, name in reversed(list(enumerate(header)))}
    wanted = {name: [at.get(part.casefold()) for part in name.split("+")] for name, _ in keys}
    return {name: places for name, places in wanted.items() if None not in places}


def _is_student(row: list[str], places: Mapping[str, list[int]]) -> bool:
    said = [row[at].strip() for columns in places.values() for at in columns if at < len(row)]
    return any(said) and POSSIBLE not in map(str.casefold, said) and TEST_STUDENT not in said


def _matched(
    rows: Mapping[int, list[str]],
    places: Mapping[str, list[int]],
    keys: Iterable[tuple[str, str]],
    people: list[Person],
) -> dict[int, Person]:
    found: dict[int, Person] = {}
    numbered = False  # whether people's numbers in the LMS are what the file calls them by
    for column, of in keys:
        if column not in places:
            continue
        theirs = {at: _key(_said(row, places[column]), of) for at, row in rows.items()}
        ours = {person.id: _OURS[of](person) for person in people}
        counted, known, taken = Counter(theirs.values()), Counter(ours.values()), {one.id for one in found.values()}
        only = {ours[one.id]: one for one in people if known[ours[one.id]] == 1 and one.id not in taken}
        if numbered and of in ("name", "joined"):  # another number is another person, of whatever name
            only = {key: one for key, one in only.items() if not one.lms_user_id}
        new = {at: only[key] for at, key in theirs.items() if at not in found and key and key in only}
        found |= {at: one for at, one in new.items() if counted[theirs[at]] == 1}
        numbered = numbered or (of == "lms_user_id" and bool(new))
    return found


def _said(row: list[str], columns: list[int]) -> str:
    return " ".join(row[at] for at in columns if at < len(row)).strip().removeprefix("Participant ")


def _key(text: str, of: str) -> str:
    text = unicodedata.normalize("NFC", text).strip().casefold()
    if of == "name":
        return " ".join(sorted(re.findall(r"[^\W_]+", text)))
    return re.sub(r"[\W_]+", "", text) if of == "joined" else text


_OURS: dict[str, Callable[[Person], str]] = {
    "id": lambda person: _key(person.id, "id"),
    "lms_user_id": lambda person: _key(person.lms_user_id, "id"),
    "email": lambda person: _key(person.email, "id"),
    "name": lambda person: _key(person.name, "name"),
    "joined": lambda person: _key(person.id, "joined"),  # lovelaceada: what Canvas's files are called
}


def _as_number(text: str) -> float | None:
    try:
        return round(float(text.replace(",", ".")), 4)
    except ValueError:
        return None


def _listed(names: list[str], most: int = 12) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
