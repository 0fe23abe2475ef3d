"""Proves the checks: every wrong solution of the bank must fail and be named, every right one must pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from autograder.authoring.lesson import Lesson, namespace, variant_source
from autograder.authoring.probes import Exercise, Probe
from autograder.authoring.record import sealed, visible, wrong_sources
from classroom.check import examine
from classroom.checking.records import Recording
from classroom.checking.runner import Built, ask
from classroom.checking.verdict import Verdict

PROOF_SEED = 20_170_612
RIGHT_SEEDS = range(16)  # a right solution must pass on whatever inputs a submission happens to get


@dataclass
class Tally:
    """The figures of a proof. survivors: wrong solutions that passed. rejected: right ones that failed.
    misnamed: wrong ones caught but not given their name."""

    wrong: int = 0
    caught_visible: int = 0
    caught: int = 0
    named: int = 0
    right: int = 0
    accepted: int = 0
    survivors: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.survivors and not self.rejected and self.wrong > 0 and self.right > 0

    def add(self, other: Tally) -> None:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True)
class Row:
    """One variant of one exercise, and what the checks said of it."""

    exercise: str
    variant: str
    wrong: bool
    visible: str
    sealed: str
    named: str
    well: bool


def prove(
    lesson: Lesson, seen_by_students: Callable[[Lesson, Exercise, Probe], Recording] = visible
) -> tuple[Tally, list[Row]]:
    """Run every wrong and right variant of a lesson through its visible and its sealed checks.

    seen_by_students: where the visible checks come from: recorded anew, or those that are built already."""
    tally, rows = Tally(), []
    for exercise in lesson.exercises:
        asked = [
            (seen_by_students(lesson, exercise, p), sealed(lesson, exercise, p, PROOF_SEED)) for p in exercise.probes
        ]
        for mistake, number, source in wrong_sources(exercise, lesson.solution(exercise.cell)):
            label = f"{exercise.cell}: {mistake.id}" + (f" (way {number + 1})" if number else "")
            seen, hidden = _run(lesson, exercise, source, asked)
            name = _name(seen) or _name(hidden)
            failed_visible, failed = not _passed(seen), not (_passed(seen) and _passed(hidden))
            tally.wrong += 1
            tally.caught_visible += failed_visible
            tally.caught += failed
            tally.named += failed and name == mistake.name
            if not failed:
                tally.survivors.append(label)
            elif name != mistake.name:
                tally.misnamed.append(f"{label} -> {name or 'no name'}")
            rows.append(_row(exercise, mistake.id, True, seen, hidden, name, failed and name == mistake.name))
        asked = [(visible_one, None) for visible_one, _ in asked] + [
            (None, sealed(lesson, exercise, p, seed, known_mistakes=0)) for p in exercise.probes for seed in RIGHT_SEEDS
        ]
        for variant in (None, *exercise.right):
            source = variant_source(variant, exercise.target) if variant else None
            seen, hidden = _run(lesson, exercise, source, asked)
            good = _passed(seen) and _passed(hidden)
            label = variant.__name__ if variant else "the solution"
            tally.right += 1
            tally.accepted += good
            if not good:
                why = next(v.summary() for v in seen + hidden if not v.passed)
                tally.rejected.append(f"{exercise.cell}: {label} ({why})")
            rows.append(_row(exercise, label, False, seen, hidden, _name(seen) or _name(hidden), good))
    return tally, rows


def table(rows: list[Row]) -> str:
    """The proof as text: one line a variant."""
    head = f"{'exercise':<22}{'variant':<34}{'visible':<9}{'sealed':<9}named"
    lines = [head, "-" * len(head)]
    for row in rows:
        mark = "" if row.well else "   <-- look"
        lines.append(f"{row.exercise:<22}{row.variant[:32]:<34}{row.visible:<9}{row.sealed:<9}{row.named}{mark}")
    return "\n".join(lines)


def _run(
    lesson: Lesson, exercise: Exercise, source: str | None, asked: list[tuple[Recording | None, Recording | None]]
) -> tuple[list[Verdict], list[Verdict]]:
    target = namespace(lesson, {exercise.cell: source} if source else None)[exercise.target]
    built: Built = {}
    seen, hidden = [], []
    for open_recording, sealed_recording in asked:
        if open_recording:
            seen.append(examine(open_recording, lambda question: ask(target, question, built)))
        if sealed_recording:
            hidden.append(examine(sealed_recording, lambda question: ask(target, question, built), part="sealed"))
    return seen, hidden


def _passed(verdicts: list[Verdict]) -> bool:
    return all(v.passed for v in verdicts)


def _name(verdicts: list[Verdict]) -> str:
    """The name that the first failing check gives; an unnamed failure is passed over for a named one."""
    for verdict in verdicts:
        if verdict.mistakes:
            return " and ".join(name for _, name, _ in verdict.mistakes)
    return ""


def _row(
    exercise: Exercise, variant: str, wrong: bool, seen: list[Verdict], hidden: list[Verdict], name: str, well: bool
) -> Row:
    def word(verdicts: list[Verdict]) -> str:
        return "passes" if _passed(verdicts) else "fails"

    return Row(exercise.cell, variant, wrong, word(seen), word(hidden), name, well)
