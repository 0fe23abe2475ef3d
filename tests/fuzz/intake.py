"""A class whose every notebook is damaged, collected: who gets a verdict, and is any answer lost without a word?

python tests/fuzz/intake.py --count 1000 --seed 0 [--lesson 04_self_attention]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # tests/, as pytest has it
sys.path.insert(1, str(Path(__file__).resolve().parents[2]))

from autograder.course import Course
from autograder.demo.colab import as_colab_saves
from autograder.grading.answers import rebuild
from autograder.intake.collect import collect
from autograder.intake.receipts import Receipt
from fuzz.damage import damaged

GENERAL = ("please check the answers", "could not be read")  # what is said of a file whose answers are all in doubt


@dataclass
class Figures:
    verdicts: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)  # of what was refused
    answers: Counter = field(default_factory=Counter)  # found | said to be missing or in doubt | not in the file, said
    silent: list[str] = field(default_factory=list)  # answers lost without a word
    crashes: list[str] = field(default_factory=list)
    seconds: float = 0.0


def answered(released: NotebookNode) -> tuple[NotebookNode, dict[str, str]]:
    """The lesson with every answer filled in, and by grade_id a word that stands in this answer only."""
    nb, marks = deepcopy(released), {}
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution"):
            name = meta["grade_id"]
            marks[name] = f"answer-{len(marks)}-of-{name}"
            body = cell.source.replace("raise NotImplementedError", "return 1")
            cell.source = f"{body}\n# {marks[name]}" if cell.cell_type == "code" else f"한글. Because, {marks[name]}."
    return nb, marks


def fuzz(course: Course, lesson: str, count: int, seed: int, folder: Path) -> Figures:
    """`count` students hand in one damaged notebook each. folder: an empty one for what they hand in."""
    master = nbformat.read(course.lesson(lesson), as_version=4)
    whole, marks = answered(master)
    texts = [nbformat.writes(nb, version=nbformat.NO_CONVERT) for nb in (whole, as_colab_saves(whole))]
    made = {}
    for number in range(count):
        student = f"s{number:04}"
        made[student] = damaged(seed, number, texts[number % 2])
        (folder / student).mkdir(parents=True)
        (folder / student / f"{lesson}.ipynb").write_bytes(made[student][0])
    began, figures = time.perf_counter(), Figures()
    receipts = collect(folder, course)
    figures.seconds = time.perf_counter() - began
    by_student = {receipt.student: receipt for receipt in receipts}
    if len(by_student) != count or len(receipts) != count:
        figures.crashes.append(f"{count} files, {len(receipts)} verdicts")
    for student, (data, names) in made.items():
        try:
            _look(figures, course, master, marks, by_student[student], data, f"{student}: {', '.join(names)}")
        except Exception as error:  # what is looked for
            figures.crashes.append(f"{student}: {', '.join(names)}: {type(error).__name__}: {error}")
    return figures


def _look(
    figures: Figures,
    course: Course,
    master: NotebookNode,
    marks: dict[str, str],
    receipt: Receipt,
    data: bytes,
    what: str,
) -> None:
    figures.verdicts[receipt.verdict] += 1
    if receipt.verdict == "refused":
        assert len(receipt.notes) >= 2 and all(note.endswith(".") for note in receipt.notes[:2])
        figures.reasons[receipt.notes[0]] += 1
        return
    stored = nbformat.read(
        course.submitted / receipt.student / receipt.lesson / f"{receipt.lesson}.ipynb", as_version=4
    )
    nb, notes = rebuild(master, stored)
    nbformat.validate(nb)
    said = " ".join([*receipt.notes, *notes])
    stubs = {c.metadata.nbgrader.grade_id: c.source for c in master.cells if "nbgrader" in c.metadata}
    answers = {c.metadata.nbgrader.grade_id: c.source for c in nb.cells if "nbgrader" in c.metadata}
    for name, mark in marks.items():
        in_file = any(mark.encode(encoding) in data for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
        told = f"`{name}`" in said or any(words in said for words in GENERAL)
        if mark in answers[name]:
            figures.answers["found"] += 1
        elif told:
            figures.answers["in the file, said to be in doubt" if in_file else "not in the file, said"] += 1
        elif in_file or answers[name] == stubs[name]:
            figures.silent.append(f"{what}: {name}")
        else:
            figures.answers["damaged in itself"] += 1


def main() -> int:
    from small_course import LESSON, small_course

    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--lesson", help="one of the course's own lessons (default: the small one of the tests)")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        course = Course(Course.find().root, room / "class") if chosen.lesson else small_course(room / "course")
        figures = fuzz(course, chosen.lesson or LESSON, chosen.count, chosen.seed, room / "in")
    print(f"{chosen.count} damaged notebooks, seed {chosen.seed}: collected in {figures.seconds:.1f} s")
    for title, counter in (("verdicts", figures.verdicts), ("refused", figures.reasons), ("answers", figures.answers)):
        print(f"{title}:")
        for name, number in counter.most_common():
            print(f"  {number:>6}  {name}")
    print(f"lost without a word: {len(figures.silent)}", *figures.silent, sep="\n  ")
    print(f"crashes: {len(figures.crashes)}", *figures.crashes, sep="\n  ")
    return 1 if figures.silent or figures.crashes else 0


if __name__ == "__main__":
    sys.exit(main())
