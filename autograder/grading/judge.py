"""The sealed check: asked at grading only, on inputs no student has seen, against answers worked out on the spot."""

from __future__ import annotations

import ast
import contextlib
import functools
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.authoring import lesson as lessons
from autograder.authoring.probes import Exercise, Probe
from autograder.authoring.record import sealed as sealed_recording
from autograder.course import Course
from classroom.check import announce, examine
from classroom.checking import records
from classroom.checking.questions import Finding
from classroom.checking.runner import ask

SUBMISSION = ""  # "student/lesson", where the grader says it; else the folder is asked
VERSIONS = 8  # of the sealed inputs: neighbours have others, and a warm process works each out once


def sealed(name: str, target: Any) -> None:
    """Ask `target` the sealed questions of the probe `name`. Shows what held; raises CheckFailed where a case fails.

    Which of the VERSIONS of the inputs it is hangs on the submission (its student and lesson), so that grading again
    asks the same. What was wanted is not shown: the name of the case, and of a mistake that is known, must do.
    """
    which = version(SUBMISSION or "/".join(Path.cwd().parts[-2:]))
    verdict = None
    for known_mistakes in (0, 1):  # mistakes are asked only where there is one to name
        recording = _recording(name, which, known_mistakes)
        verdict = examine(recording, lambda question: ask(target, question), part="sealed")
        if verdict.passed:
            break
    if not verdict.passed:
        sentence = verdict.finding.sentence.split(", in the line")[0]
        verdict = replace(verdict, asked="", printed="", finding=Finding(sentence, unwritten=verdict.finding.unwritten))
    announce(verdict)


def preload(lesson_id: str, submission: str, tests: Iterable[str]) -> None:
    """Read and work out what the checks of a lesson need, once, before a process is forked for each submission.

    tests: the sources of its test cells, which say what is asked sealed.
    """
    for name, lesson in records.names().items():
        if lesson == lesson_id:
            records.load(name)
            _declared(name)
    for name in sorted({name for test in tests for name in _asked_sealed(test)}):
        with contextlib.suppress(Exception):  # the test that asks for it says what is wrong with it
            _recording(name, version(submission), 0)


def _asked_sealed(test: str) -> list[str]:
    """The names in its calls `sealed("name", ...)`."""
    try:
        tree = ast.parse(test)
    except SyntaxError:  # a magic of IPython
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "sealed"]
    return [name.value for name in named if isinstance(name, ast.Constant) and isinstance(name.value, str)]


def version(submission: str) -> int:
    """Which of the VERSIONS of its inputs a submission ("student/lesson") is asked."""
    return zlib.crc32(submission.encode()) % VERSIONS


@functools.cache
def _recording(name: str, version: int, known_mistakes: int) -> records.Recording:
    return sealed_recording(*_declared(name), version, known_mistakes)


@functools.cache
def _declared(name: str) -> tuple[lessons.Lesson, Exercise, Probe]:
    lesson = lessons.read_built(Course.find(), records.names()[name])
    for exercise in lesson.exercises:
        for probe in exercise.probes:
            if probe.name == name:
                return lesson, exercise, probe
    raise KeyError(f"no probe {name!r} in {lesson.id}")
