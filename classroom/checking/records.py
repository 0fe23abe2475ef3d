"""The recorded checks of a lesson, as data in `assets/probes`: questions, right answers, fingerprints of mistakes.

`autograder build` writes them; `check` reads them. There is no code in them and none is run to read them.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save

from classroom.checking.questions import Answer, Case, Failure, Question
from classroom.checking.recognise import Fingerprint
from classroom.checking.wire import pack, unpack

PROBES_VARIABLE = "TRANSFORMER_LESSONS_PROBES"  # another folder of recordings: the build tries new ones so


@dataclass(frozen=True)
class Recording:
    """What `check` needs for one probe.

    cases, and the right answers, one a question. mistakes: ids of a known mistake, or of two made at once, and the
    fingerprint of all their answers. words: id -> (name, hint), where the hint does not give the answer.
    """

    probe: str
    target: str
    lesson: str
    cases: tuple[Case, ...]
    expected: tuple[tuple[Answer, ...], ...]
    mistakes: tuple[tuple[tuple[str, ...], Fingerprint], ...] = ()
    words: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerCell:
    """A cell of a lesson that a student fills in.

    id: its grade_id. checks: the names of the checks that ask what it defines. given: of a written answer, the text
    that stands there before it is written; None for code.
    """

    id: str
    checks: tuple[str, ...] = ()
    given: str | None = None


def folder() -> Path:
    """Where the recordings lie: `assets/probes` of the course, or inside the installed package."""
    package = Path(__file__).resolve().parent.parent
    if os.environ.get(PROBES_VARIABLE):
        return Path(os.environ[PROBES_VARIABLE])
    for place in (package.parent / "assets" / "probes", package / "_assets" / "probes"):
        if place.is_dir():
            return place
    raise FileNotFoundError("The recorded checks are missing: the folder assets/probes is not beside classroom/.")


@functools.cache
def names() -> dict[str, str]:
    """The name of every probe of the course -> its lesson."""
    found = {}
    for path in sorted(folder().glob("*.json")):
        for probe in json.loads(path.read_text(encoding="utf-8"))["probes"]:
            found[probe] = path.stem
    return found


@functools.cache
def load(probe: str) -> Recording:
    """The recording of one probe. Raises KeyError when no lesson has it."""
    lesson = names()[probe]
    tree = json.loads((folder() / f"{lesson}.json").read_text(encoding="utf-8"))["probes"][probe]
    data = unpack(tree["data"], load_file(folder() / f"{lesson}.safetensors"))
    return Recording(
        probe=probe,
        target=tree["target"],
        lesson=lesson,
        cases=tuple(_case(x) for x in data["cases"]),
        expected=tuple(tuple(_answer(x) for x in answers) for answers in data["expected"]),
        mistakes=tuple((tuple(ids), (digest, sums)) for ids, digest, sums in tree["mistakes"]),
        words={id: (name, hint) for id, (name, hint) in tree["words"].items()},
    )


@functools.cache
def answer_cells(lesson: str) -> tuple[AnswerCell, ...]:
    """The answer cells of a lesson, in its order. Raises KeyError when there is no such lesson."""
    cells = _lesson(lesson)["answers"]
    return tuple(AnswerCell(cell["id"], tuple(cell.get("checks", ())), cell.get("given")) for cell in cells)


@functools.cache
def files(lesson: str) -> tuple[str, ...]:
    """The files that are handed in beside the notebook of a lesson. Raises KeyError when there is no such lesson."""
    return tuple(_lesson(lesson)["files"])


def lessons() -> list[str]:
    """The lessons of the course, in order."""
    return sorted({*names().values()})


def _lesson(lesson: str) -> dict[str, Any]:
    if lesson not in lessons():
        raise KeyError(lesson)
    return json.loads((folder() / f"{lesson}.json").read_text(encoding="utf-8"))


def dump(lesson: str, recordings: list[Recording]) -> tuple[str, bytes]:
    """The two files of a lesson's recordings: JSON text and safetensors bytes. Same recordings, same bytes."""
    probes: dict[str, Any] = {}
    tensors: dict[str, Any] = {}
    for number, recording in enumerate(recordings):
        data = {
            "cases": [_fields(case) for case in recording.cases],
            "expected": [[_fields(answer) for answer in answers] for answers in recording.expected],
        }
        tree, table = pack(data)
        tensors |= {f"{number}.{name}": x for name, x in table.items()}
        probes[recording.probe] = {
            "target": recording.target,
            "data": _renamed(tree, number),
            "words": recording.words,
            "mistakes": [[ids, *print] for ids, print in recording.mistakes],
        }
    return _text({"lesson": lesson, "probes": probes}), save(tensors)


def with_answers(text: str, answers: list[AnswerCell], files: tuple[str, ...]) -> str:
    """The JSON text of a lesson's recordings, with its answer cells, and the files that are handed in beside it."""
    cells = [{name: x for name, x in dataclasses.asdict(cell).items() if x not in (None, ())} for cell in answers]
    return _text({**json.loads(text), "answers": cells, "files": files})


def _text(tree: dict[str, Any]) -> str:
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    return text.replace('[["', '\n[["').replace('"words":', '\n"words":').replace('"answers":', '\n"answers":') + "\n"


def _fields(record: Any) -> dict[str, Any]:
    """A dataclass as a dictionary, one level at a time, without the fields that hold their default."""
    found = {}
    for f in dataclasses.fields(record):
        value = getattr(record, f.name)
        default = f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default
        if value is default or (type(value) in (str, bool, float, tuple, dict) and value == default):
            continue
        if f.name == "questions":
            value = tuple(_fields(question) for question in value)
        if isinstance(value, Failure):
            value = {key: x for key, x in dataclasses.asdict(value).items() if x or key != "place"}
        found[f.name] = value
    return found


def _case(data: dict[str, Any]) -> Case:
    return Case(**{**data, "questions": tuple(Question(**q) for q in data["questions"])})


def _answer(data: dict[str, Any]) -> Answer:
    if "failure" in data:
        data = {**data, "failure": Failure(**data["failure"])}
    return Answer(**data)


def _renamed(tree: Any, number: int) -> Any:
    if isinstance(tree, dict):
        if "tensor" in tree and len(tree) == 1:
            return {"tensor": f"{number}.{tree['tensor']}"}
        return {key: _renamed(part, number) for key, part in tree.items()}
    return [_renamed(part, number) for part in tree] if isinstance(tree, list) else tree
