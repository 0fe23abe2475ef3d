"""Properties that need no right answer: rows that sum to 1, what must matter and what must not, order, reach."""

from __future__ import annotations

import torch
from torch import Tensor

from classroom import bugs
from classroom.checking.properties.form import with_story
from classroom.checking.questions import Answer, Case, Failure, Finding
from classroom.checking.wording import a_or_an, failure_sentence, place


def rows(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """Every row of the named output is a distribution: no entry below 0, sum 1. `free` rows are not looked at."""
    index = case.options["output"]
    weights = answers[0].outputs[index].double()
    free = case.options.get("free")
    sums = weights.sum(-1)
    bad = (sums - 1).abs() > 1e-4
    bad |= sums.isnan() | (weights < -1e-6).any(-1)
    if isinstance(free, Tensor):
        bad &= ~free
    if not bad.any():
        return None
    spot = bad.nonzero()[0].tolist()
    row = weights[tuple(spot)]
    label = case.names[index]
    return Finding(
        f"Not every row of `{label}` sums to 1{with_story(case)}.",
        "sum 1.000",
        f"{place(label, spot)} sums to {row.sum().item():.3f}",
    )


def same(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The outputs of the two questions are equal: what was changed between them must not matter."""
    return _compare_two(case, answers, want_equal=True)


def moved(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The outputs of the two questions differ: what was changed between them must matter."""
    return _compare_two(case, answers, want_equal=False)


def _compare_two(case: Case, answers: tuple[Answer, ...], want_equal: bool) -> Finding | None:
    index = case.options.get("output", 0)
    first, second = answers[0].outputs[index], answers[1].outputs[index]
    keep = case.options.get("where")
    if isinstance(keep, Tensor):
        first, second = first[keep], second[keep]
    equal = torch.allclose(first.double(), second.double(), rtol=1e-4, atol=1e-5)
    if equal == want_equal:
        return None
    label = case.names[index]
    if want_equal:
        off = (first - second).abs().flatten().nan_to_num(torch.inf).max().item()
        return Finding(f"{case.story} But `{label}` moved by up to {off:.3g}.")
    return Finding(f"{case.story} But `{label}` stayed exactly as it was.")


def permuted(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """Reordering the words of the input reorders the output in the same way, and does nothing else."""
    index, dim, order = case.options.get("output", 0), case.options["dim"], case.options["order"]
    first, second = answers[0].outputs[index], answers[1].outputs[index]
    if torch.allclose(first.index_select(dim, torch.tensor(order)).double(), second.double(), rtol=1e-4, atol=1e-5):
        return None
    return Finding(f"{case.story} But the rows of `{case.names[index]}` did not just change places.")


def reach(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """Who can see whom: the reach map (Jacobian not 0) equals the right one."""
    want, got = expected[0].outputs[0], answers[0].outputs[0]
    free = case.options.get("free")
    wrong = want != got
    if isinstance(free, Tensor):
        wrong &= ~free[:, None]
    if not wrong.any():
        return None
    row, column = wrong.nonzero()[0].tolist()
    if got[row, column]:
        return Finding(
            f"Word {row} can see word {column}, though the mask hides it: change word {column}, and the "
            f"output at word {row} moves."
        )
    return Finding(f"Word {row} cannot see word {column}, though the mask allows it.")


def raises(name: str, case: Case, failure: Failure | None) -> Finding | None:
    """The call ended in the error asked for; `failure` is what it ended in, if in one."""
    wanted = case.options["error"]
    if failure is None:
        asked = f"`{name}` should raise {a_or_an(wanted)} here{with_story(case)}"
        return Finding(f"{asked}; it returned as if all were well.")
    if failure.kind == "ReturnedError":
        return Finding(failure_sentence(name, failure))
    if failure.kind != wanted:
        return Finding(
            f"`{name}` should raise {a_or_an(wanted)} here{with_story(case)}; {a_or_an(failure.kind)} came out of it."
        )
    if failure.message.strip() in ("", "None"):
        return Finding(f"`{name}` raises the {wanted}, but without a word: what is wrong should stand in it.")
    return None


def exposes(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The student's input makes a named bug show (see `bugs`)."""
    outputs = answers[0].outputs
    sentence = bugs.SYMPTOMS[case.options["bug"]](outputs)
    for label, value in zip(case.names, outputs, strict=False):
        if sentence and isinstance(value, list):
            return Finding(
                f"`{label}` should be a tensor; a list came back: put the numbers into `torch.tensor([...])`."
            )
    return Finding(sentence) if sentence else None
