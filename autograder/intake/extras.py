"""The files that a lesson asks for beside its notebook, found among what a student handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.files import write_atomically
from autograder.grading.translator.expected import LARGEST, read_file
from autograder.intake.exports.files import Handed, shown
from autograder.intake.match import lesson_in_name

NONE = "0 points where it is asked for, ask the student."


@dataclass(frozen=True)
class Extras:
    """files: the name that the lesson asks for -> the file that counts for it. when: the newest one's time, 0.0 without
    one. others: earlier files of these names."""

    files: dict[str, Path]
    when: float = 0.0
    others: tuple[Handed, ...] = ()


def find_extras(expected: Sequence[str], handed_in: Sequence[Handed]) -> Extras:
    """For each name that a lesson asks for the newest file that bears it, be it "translator (1).safetensors"."""
    found: dict[str, Handed] = {}
    others: list[Handed] = []
    for name in expected:
        stem, suffix = Path(name).stem, Path(name).suffix.lower()
        named = [file for file in handed_in if file.suffix == suffix and lesson_in_name(file.name, [stem])]
        if named:
            found[name] = max(named, key=lambda file: file.order)
            others += [file for file in named if file is not found[name]]
    files = {name: file.path for name, file in found.items()}
    return Extras(files, max((file.when for file in found.values()), default=0.0), tuple(others))


def store_extras(expected: Sequence[str], extras: Extras, folder: Path) -> list[str]:
    """Put the files beside the stored notebook, under the names that the lesson asks for; a sentence for each that is
    missing, not taken, or called otherwise. One that was collected before stays where none comes in its place."""
    notes = []
    for name in expected:
        path = extras.files.get(name)
        if path is None:
            before = (folder / name).is_file()
            notes.append(
                f"There was no {name} this time: the one collected before counts."
                if before
                else f"There is no {name} beside the notebook: {NONE}"
            )
            continue
        content = read_file(path)
        if content is None or len(content) > LARGEST:
            why = "is a link or can not be read" if content is None else f"has more than {LARGEST // 2**20} MB"
            notes.append(f"{shown(path.name)} {why}, and was not taken: {NONE}")
            continue
        write_atomically(folder / name, content)
        if path.name != name:
            notes.append(f"{shown(path.name)} was taken for {name}.")
    return notes
