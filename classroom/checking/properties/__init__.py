"""Judges one case: are the answers what was asked for? Only data come in; no student code runs here."""

from __future__ import annotations

from collections.abc import Callable

from classroom.checking.properties.form import as_asked, form, input_name
from classroom.checking.properties.hidden_words import hides
from classroom.checking.properties.invariants import exposes, moved, permuted, raises, reach, rows, same
from classroom.checking.properties.modules import dropped, drops, parameters, spread
from classroom.checking.properties.notes import note_on, undefined
from classroom.checking.properties.numbers import numbers
from classroom.checking.properties.values import values
from classroom.checking.questions import Answer, Case, Failure, Finding
from classroom.checking.wording import failure_sentence, is_unwritten


def judge(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """What is wrong with `answers` to the questions of `case`, or None if nothing is.

    name: the student's object, for messages. expected: the right answers, one a question.
    """
    for answer in answers:
        if case.kind == "raises" and answer.failure and answer.failure.kind != "NotImplementedError":
            return raises(name, case, answer.failure)
        if answer.failure:
            return _failed(name, answer.failure)
    if case.kind == "raises":
        return raises(name, case, None)
    answers = tuple(as_asked(right, answer) for right, answer in zip(expected, answers, strict=True))
    if answers[0].changed:
        return _changed(name, case, answers[0].changed[0])
    for right, answer in zip(expected, answers, strict=True):
        finding = form(name, case, right, answer)
        if finding:
            return finding
    return KINDS[case.kind](name, case, expected, answers)


def _failed(name: str, failure: Failure) -> Finding:
    unwritten = is_unwritten(failure)
    note = "" if unwritten else note_on(failure)
    missing = _part_of(failure, name) if unwritten else undefined(failure)
    return Finding(failure_sentence(name, failure), unwritten=unwritten, note=note, missing=missing)


def _part_of(failure: Failure, name: str) -> str:
    """The function or class in which a placeholder still stands, where it is not the student's object itself."""
    part = failure.message.split(".")[0]
    return part if part.isidentifier() and part != name else ""


def _changed(name: str, case: Case, position: int) -> Finding:
    """An input was written into: a list by one of its methods, a tensor by an operation in place."""
    given = case.questions[0].args[position]
    if isinstance(given, list):
        advice = "make a new list (`list(x)` copies one; `append`, `pop`, `sort` and `x[i] = ...` change the old one)"
    else:
        advice = (
            "compute a new tensor (`x / y` makes one; `x /= y`, `x[...] = y` and methods ending in `_` write into the "
            "old one)"
        )
    return Finding(
        f"`{name}` changed its input `{input_name(case, position)}` in place. The caller still needs it: {advice}."
    )


KINDS: dict[str, Callable[[str, Case, tuple[Answer, ...], tuple[Answer, ...]], Finding | None]] = {
    "values": values,
    "numbers": numbers,
    "rows": rows,
    "same": same,
    "moved": moved,
    "permuted": permuted,
    "parameters": parameters,
    "reach": reach,
    "drops": drops,
    "dropped": dropped,
    "spread": spread,
    "exposes": exposes,
    "hides": hides,
}
