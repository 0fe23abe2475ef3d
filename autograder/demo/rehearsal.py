"""A class of any size as Canvas would give it out: a zip of what was handed in, the list of the class, its gradebook.

The students are made up. About a quarter are right, half hold one or two mistakes of the bank, the rest did not get
far; and they hand in as people do: from Colab, twice, late, as "Copy of ...", in a zip, something else altogether.
"""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring import lesson as lessons
from autograder.authoring.lesson import Lesson
from autograder.course import Course
from autograder.demo import answers
from autograder.demo.colab import as_colab_saves
from autograder.demo.models import disturbed_model, trained_model
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.grading.translator.expected import expected_files

FIRST = (
    "Ada Ben Chloe Dmitri Eunji Farid Grace Hiro Ines Jonas Kim Lena Minjun Noor Olga Priya Quentin Rosa Seojun Tariq "
    "Uma Viktor Wanja Ximena Yuna Zeynep"
)
LAST = (
    "Adeyemi Baek Costa Duarte Eriksen Fischer Garcia Haddad Ito Jung Kowalski Larsen Moreau Nakamura Okafor Park "
    "Quispe Rossi Silva Tanaka Umarov Vega Weber Yoon Zhang"
)
NAMES = tuple(product(FIRST.split(), LAST.split()))
MOST = len(NAMES)
FIRST_NUMBER, FIRST_FILE = 41000, 900000  # Canvas numbers its users and its files
STAMP = (2026, 1, 1, 0, 0, 0)  # so that the same class makes the same zip


@dataclass(frozen=True)
class Student:
    """Someone made up. number: Canvas's own."""

    first: str
    last: str
    number: int

    @property
    def login(self) -> str:
        return f"{self.first}.{self.last}".lower()

    @property
    def in_canvas(self) -> str:
        """As the files of a Canvas zip begin."""
        return f"{self.last}{self.first}_{self.number}".lower()


@dataclass(frozen=True)
class Rehearsal:
    """What was made, and where."""

    zip: Path
    roster: Path
    gradebook: Path
    files: int
    students: int


def rehearse(course: Course, lesson_ids: Sequence[str], folder: Path, students: int, seed: int = 0) -> Rehearsal:
    """Write submissions.zip, roster.csv and canvas.csv into `folder`: everybody hands in every lesson of `lesson_ids`
    (none: lesson 4). The same numbers make the same class. Raises Stop where one of the files is there already."""
    if not 1 <= students <= MOST:
        raise Stop(f"A made-up class has 1 to {MOST} students.")
    lesson_ids = lesson_ids or [
        next((one for one in course.lesson_ids() if one.startswith("04")), course.lesson_ids()[0])
    ]
    done = Rehearsal(folder / "submissions.zip", folder / "roster.csv", folder / "canvas.csv", 0, students)
    for path in (done.zip, done.roster, done.gradebook):
        if path.exists():
            raise Stop(f"{path} is there already, and is left alone: name another folder with --to.")
    chance = random.Random(seed)
    people = [Student(*name, FIRST_NUMBER + n) for n, name in enumerate(chance.sample(NAMES, students))]
    files = {name: data for lesson_id in lesson_ids for name, data in _handed_in(course, lesson_id, people, seed)}
    write_atomically(done.roster, _roster(people))
    write_atomically(done.gradebook, _gradebook(people, lesson_ids))
    write_atomically(done.zip, _zip(files))
    return Rehearsal(done.zip, done.roster, done.gradebook, len(files), students)


def _handed_in(course: Course, lesson_id: str, people: Sequence[Student], seed: int) -> Iterator[tuple[str, bytes]]:
    """What everybody hands in of one lesson: name in the zip, content."""
    lesson = lessons.read_built(course, lesson_id)
    released = nbformat.read(course.lesson(lesson_id), as_version=4)
    solved = nbformat.read(course.solutions / lesson_id / f"{lesson_id}.ipynb", as_version=4)
    essays = answers.essays(solved)
    chance = random.Random(f"{seed} {lesson_id}")
    good, poor = (trained_model(), disturbed_model()) if expected_files(released) else (b"", b"")
    number = FIRST_FILE + 10_000 * int(lesson_id[:2])
    for student in people:
        notebook = answers.filled(released, essays if chance.random() < 0.9 else {})
        notebook = answers.filled(notebook, _answers(lesson, chance))
        for late, name, content in _as_sent(notebook, lesson, chance):
            number += 1
            yield f"{student.in_canvas.replace('_', '_LATE_' if late else '_', 1)}_{number}_{name}", content
        for name in expected_files(released):
            if chance.random() < 0.8:
                number += 1
                yield f"{student.in_canvas}_{number}_{name}", good if chance.random() < 0.7 else poor


def _answers(lesson: Lesson, chance: random.Random) -> dict[str, str]:
    """Right, right in another way, with mistakes, or unfinished. Some mistakes are more frequent than others."""
    kind = chance.choices(("right", "variant", "one", "two", "unfinished"), (15, 10, 45, 15, 15))[0]
    if kind == "right":
        return answers.solutions(lesson)
    if kind == "variant":
        return answers.variants(lesson)
    if kind == "unfinished":
        return answers.first(lesson, chance.randrange(len(lesson.exercises)))
    banks = [exercise for exercise in lesson.exercises if exercise.mistakes]
    held = {}
    for exercise in chance.sample(banks, min(len(banks), 1 if kind == "one" else 2)):
        weights = [1 / (rank + 1) for rank in range(len(exercise.mistakes))]
        held[exercise.cell] = chance.choices(exercise.mistakes, weights)[0].id
    return answers.with_mistakes(lesson, held)


def _as_sent(notebook: NotebookNode, lesson: Lesson, chance: random.Random) -> Iterator[tuple[bool, str, bytes]]:
    """(late, file name, content) of each file that one student sends in."""
    late, name = chance.random() < 0.1, f"{lesson.id}.ipynb"
    way = chance.choices(
        ("plain", "colab", "copy", "twice", "doubled", "no tests", "zip", "other"), (55, 15, 8, 8, 4, 4, 4, 2)
    )
    cells = [cell for cell, _ in lesson.cells if cell]
    match way[0]:
        case "colab":
            notebook = as_colab_saves(notebook)
        case "copy":
            name = f"Copy of {name}"
        case "doubled":
            notebook = answers.doubled(notebook, chance.choice(cells), "pass  # first try")
        case "no tests":
            tests = [
                c.metadata.nbgrader.grade_id for c in notebook.cells if c.metadata.get("nbgrader", {}).get("points")
            ]
            notebook = answers.without_tests(notebook, tuple(chance.sample(tests, min(2, len(tests)))))
        case "twice":
            yield late, name, _text(answers.filled(notebook, dict.fromkeys(cells[-1:], "# not done yet")))
            name = f"{lesson.id}-1.ipynb"
        case "zip":
            yield late, f"{lesson.id}.zip", _zip({f"my work/{name}": _text(notebook)})
            return
        case "other":
            yield late, "notes.pdf", b"%PDF-1.4 not a notebook"
            return
    yield late, name, _text(notebook)


def _text(notebook: NotebookNode) -> bytes:
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode()


def _zip(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _roster(people: Sequence[Student]) -> str:
    rows = [(p.number, p.login, f"{p.first} {p.last}", f"{p.login}@school.example") for p in people]
    return _csv([("lms_user_id", "id", "name", "email"), *rows])


def _gradebook(people: Sequence[Student], lesson_ids: Sequence[str]) -> str:
    """As Canvas exports it: the assignments' columns are empty."""
    columns = [f"{lesson_id} ({7000 + n})" for n, lesson_id in enumerate(lesson_ids)]
    blank = [""] * len(columns)
    return _csv(
        [
            ("Student", "ID", "SIS Login ID", "Section", *columns),
            ("    Points Possible", "", "", "", *blank),
            *((f"{p.last}, {p.first}", p.number, p.login, "A", *blank) for p in people),
        ]
    )


def _csv(rows: Sequence[Sequence[object]]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows(rows)
    return made.getvalue()
