"""Questions and answers as plain data, and back. What comes from the student's process is checked field by field."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from torch import Tensor

from classroom.checking.questions import Answer, Failure, Question
from classroom.checking.wire import NotData

_LONGEST = 2000  # characters of a message


def from_question(question: Question) -> dict[str, Any]:
    return {f.name: getattr(question, f.name) for f in fields(Question)}


def to_question(data: dict[str, Any]) -> Question:
    return Question(**data)


def from_answer(answer: Answer) -> dict[str, Any]:
    found = {f.name: getattr(answer, f.name) for f in fields(Answer)}
    if answer.failure is not None:
        found["failure"] = [getattr(answer.failure, f.name)[:_LONGEST] for f in fields(Failure)]
    return found


def to_answer(data: Any) -> Answer:
    """Raises NotData where it is not an answer."""
    fits = isinstance(data, dict) and data.keys() == {f.name for f in fields(Answer)}
    fits = fits and isinstance(data["outputs"], tuple) and _words(data["came_as"]) and _words(data["printed"])
    fits = fits and _named(data["grads"], lambda x: isinstance(x, Tensor))
    fits = fits and _named(data["parameters"], _whole) and _named(data["buffers"], _whole) and _whole(data["changed"])
    failure = data["failure"] if fits else None
    if failure is not None:
        fits = isinstance(failure, list) and len(failure) == len(fields(Failure)) and all(map(_words, failure))
    if not fits:
        raise NotData("not an answer")
    return Answer(**{**data, "failure": Failure(*failure) if failure is not None else None})


def _words(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _named(value: Any, is_right: Any) -> bool:
    return isinstance(value, dict) and all(map(is_right, value.values()))


def _whole(value: Any) -> bool:
    return isinstance(value, tuple) and all(type(n) is int for n in value)
