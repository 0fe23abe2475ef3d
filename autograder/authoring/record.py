"""Asks the reference solution, and every known mistake, the questions of a probe, and keeps what they answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from autograder.authoring.lesson import Lesson, edited, namespace
from autograder.authoring.probes import Draw, Edit, Exercise, Mistake, Probe
from autograder.errors import Stop
from classroom.checking.properties.numbers import digests
from classroom.checking.questions import Answer, Case, Failure, Question
from classroom.checking.recognise import Fingerprint, fingerprint, same
from classroom.checking.records import Recording
from classroom.checking.runner import ask

VISIBLE_SEED = 2017  # the year of the paper
DRAWS, NEXT = 20, 1_000_003  # how often inputs are drawn anew, and from a seed how far away
MARGIN = 4  # how many times larger than the solution's own a right answer's rounding error may be


def visible(lesson: Lesson, exercise: Exercise, probe: Probe) -> Recording:
    """What the student's copy holds: the cases drawn from the public seed."""
    cases = tuple(probe.cases(Draw(VISIBLE_SEED)))
    return record(lesson, exercise, probe, cases, known_mistakes=2)


def sealed(lesson: Lesson, exercise: Exercise, probe: Probe, seed: int, known_mistakes: int = 1) -> Recording:
    """What is asked at grading: the same cases on inputs of another seed, and the sealed cases.

    Now and then inputs are such that float32 itself errs by as much as an answer may be off (a layer norm of three
    numbers that are nearly the same): those tell nothing of a student, and others are drawn.
    """
    for number in range(DRAWS):
        draw = Draw(seed + number * NEXT)
        cases = tuple(probe.cases(draw)) + tuple(probe.sealed(draw) if probe.sealed else ())
        if _well_conditioned(lesson, exercise, cases):
            break
    return record(lesson, exercise, probe, cases, known_mistakes)


def _well_conditioned(lesson: Lesson, exercise: Exercise, cases: tuple[Case, ...]) -> bool:
    """Whether the solution, in the questions' own precision, is within a quarter of what a right answer may be off."""
    judged = tuple(case for case in cases if case.kind == "values" and not case.options.get("single"))
    exact = _answers(lesson, exercise, None, judged)
    rounded = _answers(lesson, exercise, None, judged, in_double=False)
    return all(
        _near(x, y, case)
        for case, ours, theirs in zip(judged, exact, rounded, strict=True)
        for one, other in zip(ours, theirs, strict=True)
        for x, y in (*zip(one.outputs, other.outputs, strict=False), *_pairs(one.grads, other.grads))
    )


def _pairs(one: dict[str, Tensor], other: dict[str, Tensor]) -> list[tuple[Tensor, Tensor]]:
    return [(one[name], other[name]) for name in one if name in other]


def _near(exact: Any, rounded: Any, case: Case) -> bool:
    if not (isinstance(exact, Tensor) and isinstance(rounded, Tensor) and exact.is_floating_point()):
        return True
    off = {"rtol": case.rtol / MARGIN, "atol": case.atol / MARGIN}
    return torch.allclose(rounded.double(), exact.double(), equal_nan=True, **off)


def record(lesson: Lesson, exercise: Exercise, probe: Probe, cases: tuple[Case, ...], known_mistakes: int) -> Recording:
    """Right answers to `cases`, and the fingerprints of the known mistakes: 0 none, 1 each, 2 each and every pair."""
    right = _answers(lesson, exercise, exercise_source=None, cases=cases)
    for case, answers in zip(cases, right, strict=True):
        for answer in answers:
            if answer.failure and case.kind != "raises":
                raise Stop(f"The solution of {exercise.cell} fails on {probe.name!r}, {case.title!r}: {answer.failure}")
    expected = tuple(
        tuple(_kept(case, question, answer) for question, answer in zip(case.questions, answers, strict=True))
        for case, answers in zip(cases, right, strict=True)
    )
    mistakes = _mistakes(lesson, exercise, cases, fingerprint(cases, right), known_mistakes)
    cases = tuple(
        replace(case, options={**case.options, "digests": digests(answers[0].outputs[0])})
        if case.kind == "numbers"
        else case
        for case, answers in zip(cases, right, strict=True)
    )
    words = {m.id: (m.name, m.hint) for m in exercise.mistakes if any(m.id in ids for ids, _ in mistakes)}
    return Recording(probe.name, exercise.target, lesson.id, cases, expected, mistakes, words)


def wrong_sources(exercise: Exercise, solution: str) -> list[tuple[Mistake, int, str]]:
    """Every wrong solution of the bank: (mistake, which way of writing it, source). Raises Stop for an edit that
    does not fit the solution any more."""
    found = []
    for mistake in exercise.mistakes:
        for number, edits in enumerate((mistake.edits, *mistake.also)):
            source = edited(solution, edits)
            if source is None:
                raise Stop(
                    f"The mistake {mistake.id!r} (way {number}) does not fit the solution of {exercise.cell}: "
                    f"each of these must stand in it exactly once: {[old for old, _ in edits]}."
                )
            found.append((mistake, number, source))
    return found


def _mistakes(
    lesson: Lesson, exercise: Exercise, cases: tuple[Case, ...], right: Fingerprint, depth: int
) -> tuple[tuple[tuple[str, ...], Fingerprint], ...]:
    solution = lesson.solution(exercise.cell)
    known: list[tuple[tuple[str, ...], Fingerprint]] = []

    def keep(ids: tuple[str, ...], source: str) -> None:
        print = fingerprint(cases, _answers(lesson, exercise, source, cases))
        if not same(print, right) and not any(same(print, other) for _, other in known):
            known.append((ids, print))

    for mistake, _, source in wrong_sources(exercise, solution) if depth else ():
        keep((mistake.id,), source)
    for one, two in combinations(exercise.mistakes, 2) if depth > 1 else ():
        source = _composed(solution, one.edits, two.edits)
        if source is not None:
            keep((one.id, two.id), source)
    return tuple(known)


def _composed(solution: str, one: tuple[Edit, ...], two: tuple[Edit, ...]) -> str | None:
    """Both edits, where they touch different pieces of the text (and so give the same in either order)."""
    first, second = edited(solution, one + two), edited(solution, two + one)
    return first if first == second else None


def _answers(
    lesson: Lesson,
    exercise: Exercise,
    exercise_source: str | None,
    cases: tuple[Case, ...],
    in_double: bool = True,
) -> list[tuple[Answer, ...]]:
    scope = namespace(lesson, {exercise.cell: exercise_source} if exercise_source else None)
    target, built = scope[exercise.target], {}
    return [
        tuple(
            ask(target, _in_double(question) if in_double and not case.options.get("single") else question, built)
            for question in case.questions
        )
        for case in cases
    ]


def _in_double(question: Question) -> Question:
    """Recordings are made in float64 and rounded, so that they are the same to the byte on every processor. (Not those
    of a case with the option `single`, which asks where float32 overflows: there the answers are 0, 1 and NaN.)"""
    weights = {name: _double(x) for name, x in question.weights.items()} if question.weights else None
    return replace(question, args=tuple(_double(x) for x in question.args), weights=weights)


def _double(x: Any) -> Any:
    return x.double() if isinstance(x, Tensor) and x.is_floating_point() else x


def _kept(case: Case, question: Question, answer: Answer) -> Answer:
    """The right answer as it is stored: rounded, in the type of the question; nothing where a property is judged."""
    if case.kind == "numbers":
        return replace(answer, outputs=({},))
    if case.kind == "raises" and answer.failure:
        return Answer(failure=Failure(answer.failure.kind, ""))
    if case.kind in ("exposes", "hides", "spread"):  # its own input is an answer, what it drew by chance is none
        return replace(answer, outputs=(None,) * len(answer.outputs))
    narrow = not any(isinstance(a, Tensor) and a.dtype == torch.float64 for a in question.args)
    free = case.options.get("free")

    def stored(x: Any) -> Any:
        if not isinstance(x, Tensor) or not x.is_floating_point():
            return x
        x = torch.round(x, decimals=6) + 0.0
        if case.kind == "values" and isinstance(free, Tensor):
            x = x.masked_fill(free[..., None], torch.nan)
        return x.float() if narrow else x

    return replace(
        answer,
        outputs=tuple(stored(x) for x in answer.outputs),
        grads={name: stored(x) for name, x in answer.grads.items()},
    )
