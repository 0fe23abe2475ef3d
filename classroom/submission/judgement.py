"""`check_model`: what a handed-in translator reaches, and what that is worth. The same words at grading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classroom.check import CheckFailed, show
from classroom.checking.questions import Finding
from classroom.checking.verdict import Line, Verdict
from classroom.models.load import UnfitModel
from classroom.submission.goals import GOALS
from classroom.submission.opened import LARGEST, open_model
from classroom.submission.scores import scores

PUBLIC_SEED = 0  # of the sentences that a student's own check asks; the grader's hang on the file
NAME = "translator.safetensors"
SHARES = "Full points from the goal on, none at half of it or below, and in between in proportion."


@dataclass(frozen=True)
class Judgement:
    """What a model reaches, goal by goal, and its points."""

    verdict: Verdict
    points: float


def check_model(name: str = NAME) -> float:
    """Judge the model in the file `name`, beside the notebook: show what it reaches, and return its points.

    At grading it is the file that was handed in, and the sentences are new ones. Raises CheckFailed (an
    AssertionError), in one sentence, where there is no such file or it can not be judged.
    """
    try:
        judgement = ANSWER(name)
    except (UnfitModel, ImportError) as error:
        raise CheckFailed(f"{name} could not be judged. {error}") from None
    show(judgement.verdict)
    return judgement.points


def judge(data: bytes | None, name: str, seed: int, seconds: float | None = None) -> Judgement:
    """What is to be said of a file's bytes (None: there is no file), on the sentences of this seed.

    seconds: of CPU time for translating; None = as long as it takes. Raises UnfitModel, in a sentence or two, where
    there is nothing that can be judged.
    """
    if data is None:
        raise UnfitModel("There is no such file beside the notebook. `submit_model` writes it: hand it in, too.")
    submitted = open_model(data)
    found = scores(submitted, seed, seconds)
    goals = GOALS[submitted.card.corpus]
    earned = [goal.earned(found[goal.measure]) for goal in goals]
    lines = tuple(
        Line(
            f"{goal.title}: {found[goal.measure]:.1f}{goal.unit}, the goal is {goal.reach:g}{goal.unit}; "
            f"{points:g} of {goal.points:g} point{'' if goal.points == 1 else 's'}",
            found[goal.measure] >= goal.reach,
        )
        for goal, points in zip(goals, earned, strict=True)
    )
    finding = None if all(line.held for line in lines) else Finding(SHARES)
    measured = tuple((goal.title, found[goal.measure]) for goal in goals)
    verdict = Verdict(name, lines, finding, part="model", of="goal", measured=measured)
    return Judgement(verdict, round(sum(earned), 1))


def in_public(name: str) -> Judgement:
    """The answer in a student's own notebook: the file beside it, and sentences that everybody may know."""
    path = Path(name)
    data = None
    if path.is_file():
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    return judge(data, name, PUBLIC_SEED)


ANSWER: Callable[[str], Judgement] = in_public  # the grader puts its own into this place, in its own process
