"""The sealed check: asked at grading only, on inputs no student has seen, against answers worked out on the spot."""

from __future__ import annotations

import functools
import zlib
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


def sealed(name: str, target: Any) -> None:
    """Ask `target` the sealed questions of the probe `name`. Shows what held; raises CheckFailed where a case fails.

    The inputs hang on the submission (its student and lesson), so that grading again asks the same. What was wanted is
    not shown: the name of the case, and of a mistake that is known, must do.
    """
    lesson, exercise, probe = _declared(name)
    seed = zlib.crc32((SUBMISSION or "/".join(Path.cwd().parts[-2:])).encode())
    verdict = None
    for known_mistakes in (0, 1):  # mistakes are asked only where there is one to name
        recording = sealed_recording(lesson, exercise, probe, seed, known_mistakes)
        verdict = examine(recording, lambda question: ask(target, question), part="sealed")
        if verdict.passed:
            break
    if not verdict.passed:
        sentence = verdict.finding.sentence.split(", in the line")[0]
        verdict = replace(verdict, asked="", printed="", finding=Finding(sentence, unwritten=verdict.finding.unwritten))
    announce(verdict)


def preload(lesson_id: str) -> None:
    """Read what the checks of a lesson need, once, before a process is forked for each submission."""
    for name, lesson in records.names().items():
        if lesson == lesson_id:
            records.load(name)
            _declared(name)


@functools.cache
def _declared(name: str) -> tuple[lessons.Lesson, Exercise, Probe]:
    lesson = lessons.read_built(Course.find(), records.names()[name])
    for exercise in lesson.exercises:
        for probe in exercise.probes:
            if probe.name == name:
                return lesson, exercise, probe
    raise KeyError(f"no probe {name!r} in {lesson.id}")
