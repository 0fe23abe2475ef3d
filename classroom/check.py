"""The instant check: `check("attention", attention)`."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from classroom import passed
from classroom.checking import records
from classroom.checking.older import older_than_its_cell
from classroom.checking.properties import judge
from classroom.checking.questions import Answer, Finding
from classroom.checking.recognise import fingerprint, nearest
from classroom.checking.records import Recording
from classroom.checking.runner import ask
from classroom.checking.uses import names_used
from classroom.checking.verdict import MIME, Line, Verdict
from classroom.checking.wording import inputs_words

WIDTH = 80  # characters of a line in nbgrader's Validate, which cuts off what is longer


class CheckFailed(AssertionError):
    """A check did not hold. It is shown as one line: what was wrong stands above it."""

    def _render_traceback_(self) -> list[str]:  # IPython's own hook, 7.34 and newer
        return [f"CheckFailed: {self}"]


class UnknownExercise(ValueError):
    """There is no exercise of that name. Shown as one line, too."""

    def _render_traceback_(self) -> list[str]:
        return [f"UnknownExercise: {self}"]


_NOTHING = object()


def check(name: str, target: Any = _NOTHING) -> None:
    """Ask `target` the questions recorded for the exercise `name`, and show what held and what did not.

    Works offline on recorded answers. Raises CheckFailed (an AssertionError) when a case fails, or where the cell that
    was last run to write `target` has stopped with an error; UnknownExercise (a ValueError), naming those there are,
    when there is no exercise of that name.
    """
    if target is _NOTHING:
        said = getattr(name, "__name__", "relu")
        raise UnknownExercise(f'Say the exercise, and what is to be checked: check("{said}", {said}).')
    if name not in records.names():
        known = ", ".join(f"{n!r}" for n in sorted(records.names()))
        raise UnknownExercise(f"There is no exercise {name!r} to check. There are: {known}.")
    older = older_than_its_cell(target)
    if older:
        passed.note(name, False)
        raise CheckFailed(older)
    verdict = examine(records.load(name), lambda question: ask(target, question))
    if not verdict.passed:
        verdict = _advised(verdict, name, target)
    passed.note(name, verdict.passed)
    announce(verdict)


def examine(recording: Recording, put: Callable[[Any], Answer], part: str = "visible") -> Verdict:
    """Put every question through `put`, judge every case, and name the mistake where it is known."""
    given: list[tuple[Answer, ...]] = []
    lines: list[Line] = []
    first: tuple[int, Finding] | None = None
    for number, (case, expected) in enumerate(zip(recording.cases, recording.expected, strict=True)):
        answers = tuple(put(question) for question in case.questions)
        given.append(answers)
        finding = judge(recording.target, case, expected, answers)
        lines.append(Line(case.title, finding is None))
        if finding and first is None:
            first = number, finding
        if finding and finding.unwritten:
            lines += [Line(rest.title, None) for rest in recording.cases[number + 1 :]]
            break
    if first is None:
        return Verdict(recording.probe, tuple(lines), part=part)
    number, finding = first
    if finding.unwritten:
        return Verdict(recording.probe, tuple(lines), finding, part=part)
    case = recording.cases[number]
    compared = finding.wanted or finding.yours or any(answer.failure for answer in given[number])
    asked = inputs_words(recording.target, case.inputs, case.questions[0]) if compared else ""
    printed = given[number][0].printed
    return Verdict(recording.probe, tuple(lines), finding, asked, _named(recording, given), printed, part=part)


def _advised(verdict: Verdict, name: str, target: Any) -> Verdict:
    """The verdict with what else this session knows: that a part which is asked for has to be run again, or where the
    mistake may lie instead."""
    missing, lesson = verdict.finding.missing, records.names()[name]
    if missing and not verdict.finding.unwritten and missing in {cell.id for cell in records.answer_cells(lesson)}:
        note = f"`{missing}` is an exercise of this lesson. Run the cell of `{missing}` again: this session lacks it."
        return replace(verdict, finding=replace(verdict.finding, note=note))
    return replace(verdict, doubt=_doubt(name, target))


def _doubt(name: str, target: Any) -> str:
    """Where the mistake may lie instead: in a part of the same lesson that `target` calls by its name, and whose check
    has not passed in this session."""
    lesson = {probe for probe, its in records.names().items() if its == records.names()[name]}
    parts = [part for part in names_used(target) if part in lesson - {name} and part not in passed.passed()]
    if not parts:
        return ""
    names = " and ".join(f"`{part}`" for part in parts)
    whose = "whose own check has" if len(parts) == 1 else "whose own checks have"
    return f"It uses your {names}, {whose} not passed in this session. Look there first: the mistake may not be here."


def announce(verdict: Verdict) -> None:
    """Show a verdict, in a notebook or as text, and raise CheckFailed if it did not pass."""
    show(verdict)
    if not verdict.passed:
        raise CheckFailed(_whole(verdict) if _validating() else verdict.summary())


def _validating() -> bool:
    """Whether nbgrader's Validate runs the notebook, which shows of a cell that failed its error alone."""
    return os.environ.get("NBGRADER_EXECUTION") == "validate"


def _whole(verdict: Verdict) -> str:
    """Its text, folded to the width that Validate prints."""
    return "\n".join(map(_folded, verdict.text().splitlines()))


def _folded(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return "\n".join(textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False))


def show(verdict: Verdict) -> None:
    """Show a verdict, in a notebook or as text."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = None
    if get_ipython is not None and get_ipython() is not None:
        display({"text/plain": verdict.text(), "text/html": verdict.html(), MIME: verdict.data()}, raw=True)
    else:
        print(verdict.text())


def _named(recording: Recording, given: list[tuple[Answer, ...]]) -> tuple[tuple[str, str, str], ...]:
    """The known mistake (or pair of them) that answers every question as the student's object did."""
    mine = fingerprint(recording.cases, given)
    slack = max(case.options.get("slack", 0.0) for case in recording.cases)
    found = nearest(mine, (theirs for _, theirs in recording.mistakes), slack)
    return () if found is None else tuple((id, *recording.words[id]) for id in recording.mistakes[found][0])
