"""What a student hears for every wrong solution of the bank: all of a check's messages, to be read in one sitting."""

from __future__ import annotations

from autograder.authoring.lesson import Lesson, namespace
from autograder.authoring.probes import Draw, Exercise
from autograder.authoring.proof.prove import PROOF_SEED
from autograder.authoring.record import VISIBLE_SEED, record, sealed, wrong_sources
from classroom.check import examine
from classroom.checking.records import Recording
from classroom.checking.runner import ask
from classroom.checking.verdict import Verdict


def heard(lesson: Lesson) -> str:
    """Markdown: for each exercise its wrong solutions and the message for each, alike messages together.

    The message is that of the instant check; where all of those pass, that of the sealed one, as the feedback shows it.
    """
    out = [f"# {lesson.id}"]
    for exercise in lesson.exercises:
        out.append(f"\n## {exercise.cell}: `{exercise.target}`")
        for message, wrong in _messages(lesson, exercise).items():
            out.append(f"\n**{', '.join(wrong)}**\n```\n{message}\n```")
    return "\n".join(out) + "\n"


def _messages(lesson: Lesson, exercise: Exercise) -> dict[str, list[str]]:
    """What is said -> the wrong solutions that hear it."""
    open_ones = [
        record(lesson, exercise, p, tuple(p.cases(Draw(VISIBLE_SEED))), known_mistakes=1) for p in exercise.probes
    ]
    hidden = [sealed(lesson, exercise, p, PROOF_SEED) for p in exercise.probes]
    found: dict[str, list[str]] = {}
    for mistake, number, source in wrong_sources(exercise, lesson.solution(exercise.cell)):
        label = mistake.id + (f" (way {number + 1})" if number else "")
        target = namespace(lesson, {exercise.cell: source})[exercise.target]
        verdict = _first_failed(target, open_ones, "visible") or _first_failed(target, hidden, "sealed")
        found.setdefault(_short(verdict), []).append(label)
    return found


def _first_failed(target: object, recordings: list[Recording], part: str) -> Verdict | None:
    verdicts = (examine(recording, lambda question: ask(target, question), part) for recording in recordings)
    return next((verdict for verdict in verdicts if not verdict.passed), None)


def _short(verdict: Verdict | None) -> str:
    """The verdict's text without the lines that held."""
    if verdict is None:
        return "nothing: it passes"
    return "\n".join(line for line in verdict.text().splitlines() if not line.startswith("  ✓"))
