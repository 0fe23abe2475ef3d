"""The proof that the checks check: every wrong solution of the bank is caught and named, every right one accepted."""

import json
from dataclasses import replace

import pytest

from autograder.authoring.lesson import read, source_ids
from autograder.authoring.probes import Mistake
from autograder.authoring.proof.prove import prove
from autograder.authoring.record import sealed, wrong_sources
from autograder.cli import main
from autograder.course import Course
from autograder.errors import Stop
from classroom import parts
from classroom.check import examine
from classroom.checking import records
from classroom.checking.runner import ask

COURSE = Course.find()


@pytest.fixture(scope="module")
def lesson():
    return read(COURSE, "04_self_attention")


@pytest.fixture(scope="module", params=source_ids(COURSE))
def proof(request):
    """Of the recordings that students have (test_build holds them against the sources)."""
    return prove(read(COURSE, request.param), lambda lesson, exercise, probe: records.load(probe.name))


def test_every_wrong_solution_of_the_bank_is_caught(proof):
    tally, _ = proof
    assert tally.survivors == []
    assert tally.caught == tally.wrong >= 12
    assert tally.caught_visible >= 0.85 * tally.wrong


def test_nearly_every_wrong_solution_gets_its_right_name(proof):
    tally, _ = proof
    assert tally.named >= 0.95 * tally.wrong, tally.misnamed


def test_every_right_solution_is_accepted_whatever_inputs_it_draws(proof):
    tally, _ = proof
    assert tally.rejected == []
    assert tally.accepted == tally.right >= 7


def only(lesson, cell, **changes):
    [exercise] = [e for e in lesson.exercises if e.cell == cell]
    return replace(lesson, exercises=(replace(exercise, **changes),))


def test_inputs_on_which_float32_itself_errs_cost_no_student_a_point():
    """With this seed, a student's once, a layer norm of the first draw divides by nearly nothing."""
    lesson = read(COURSE, "08_decoder_and_transformer")
    exercise = next(exercise for exercise in lesson.exercises if exercise.target == "DecoderLayer")
    [probe] = exercise.probes
    recording = sealed(lesson, exercise, probe, 2_041_833_712, known_mistakes=0)
    verdict = examine(recording, lambda question: ask(parts.DecoderLayer, question), part="sealed")
    assert verdict.passed, verdict.summary()


def test_a_check_that_is_too_weak_is_reported_as_a_survivor(lesson):
    [exercise] = [e for e in lesson.exercises if e.cell == "attention"]
    weak = tuple(replace(p, cases=lambda draw: [], sealed=None) for p in exercise.probes)
    tally, _ = prove(only(lesson, "attention", probes=weak))
    assert len(tally.survivors) == tally.wrong > 0 and not tally.holds


def test_a_check_that_is_too_strict_is_reported_as_a_rejection(lesson):
    def scores(q, k):  # a right solution, so the proof believes
        return q @ k.mT

    tally, _ = prove(only(lesson, "scores", right=(scores,)))
    assert [entry for entry in tally.rejected if entry.startswith("scores: scores")] and not tally.holds


def test_a_mistake_that_no_longer_fits_the_solution_stops_the_build(lesson):
    [exercise] = [e for e in lesson.exercises if e.cell == "scores"]
    stale = replace(exercise, mistakes=(Mistake("old", "an old name", "hint", (("einsum", "matmul"),)),))
    with pytest.raises(Stop, match=r"'old'.*does not fit the solution of scores"):
        wrong_sources(stale, lesson.solution("scores"))


def test_no_hint_holds_a_line_of_the_solution(lesson):
    for exercise in lesson.exercises:
        lines = [line.strip() for line in lesson.solution(exercise.cell).splitlines()]
        lines = lines[lines.index("### BEGIN SOLUTION") + 1 :]
        for mistake in exercise.mistakes:
            assert not [line for line in lines if len(line) > 11 and line in mistake.hint], mistake.id


def test_the_command_prints_the_figures_as_json(capsys):
    assert main(["probes", "04_self_attention", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert {"wrong", "caught_visible", "caught", "named", "right", "accepted", "survivors", "rejected"} <= set(figures)
    assert figures["caught"] == figures["wrong"]
