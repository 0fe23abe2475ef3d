"""Judges one case: are the answers what was asked for? Only data come in; no student code runs here."""

from __future__ import annotations

from collections.abc import Callable

from classroom.checking.properties.form import as_asked, form, input_name
from classroom.checking.properties.hidden_words import hides
from classroom.checking.properties.invariants import exposes, moved, permuted, raises, reach, rows, same
from classroom.checking.properties.modules import dropped, drops, parameters, spread
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
        word = input_name(case, answers[0].changed[0])
        return Finding(
            f"`{name}` changed its input `{word}` in place. The caller still needs it: compute a new tensor "
            "(`x / y` makes one; `x /= y` and methods ending in `_` write into the old one)."
        )
    for right, answer in zip(expected, answers, strict=True):
        finding = form(name, case, right, answer)
        if finding:
            return finding
    return KINDS[case.kind](name, case, expected, answers)


def _failed(name: str, failure: Failure) -> Finding:
    return Finding(failure_sentence(name, failure), unwritten=is_unwritten(failure))


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
