"""Judges one case: are the answers what was asked for? Only data come in; no student code runs here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from classroom import bugs
from classroom.checking.questions import Answer, Case, Failure, Finding
from classroom.checking.wording import a_or_an, failure_sentence, numbers, numbers_apart, place, shape_words


def judge(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """What is wrong with `answers` to the questions of `case`, or None if nothing is.

    name: the student's object, for messages. expected: the right answers, one a question.
    """
    for answer in answers:
        if answer.failure:
            return _failed(name, answer.failure)
    if answers[0].changed:
        word = _input_name(case, answers[0].changed[0])
        return Finding(
            f"`{name}` changed its input `{word}` in place. The caller still needs it: compute a new tensor "
            "(`x / y` makes one; `x /= y` and methods ending in `_` write into the old one)."
        )
    for right, answer in zip(expected, answers, strict=True):
        finding = _form(name, case, right, answer)
        if finding:
            return finding
    return KINDS[case.kind](name, case, expected, answers)


def _failed(name: str, failure: Failure) -> Finding:
    return Finding(failure_sentence(name, failure), unwritten=failure.kind == "NotImplementedError")


def _form(name: str, case: Case, right: Answer, answer: Answer) -> Finding | None:
    """Number of outputs, their types, shapes and dtypes."""
    asked = " and ".join(f"`{n}`" for n in case.names)
    if answer.came_as == "None":
        return Finding(f"`{name}` returned None. Is a `return` missing?")
    if len(right.outputs) == 1 and right.came_as == "tensor" and answer.came_as != "tensor":
        return Finding(f"`{name}` should return one tensor; it returned {a_or_an(answer.came_as)}.")
    if len(answer.outputs) != len(right.outputs):
        what = "a tuple of " if len(right.outputs) > 1 else ""
        got = f"{len(answer.outputs)} values" if answer.came_as in ("tuple", "list") else f"one {answer.came_as}"
        return Finding(f"`{name}` should return {what}{asked}; it returned {got}.")
    if len(right.outputs) == 1 and answer.came_as != right.came_as:
        return Finding(f"`{name}` should return {a_or_an(right.came_as)}; it returned {a_or_an(answer.came_as)}.")
    for label, want, got in zip(case.names, right.outputs, answer.outputs, strict=False):
        if not isinstance(want, Tensor):
            continue
        if not isinstance(got, Tensor):
            return Finding(f"`{label}` should be a tensor; a {type(got).__name__} came back.")
        if got.shape != want.shape:
            return Finding(
                f"`{label}` has the wrong shape{_with_story(case)}.",
                shape_words(want.shape),
                shape_words(got.shape),
            )
        if want.dtype == torch.bool and got.dtype != torch.bool:
            return Finding(f"`{label}` should hold booleans (dtype torch.bool); it holds {got.dtype}.")
        if want.is_floating_point() and not got.is_floating_point():
            return Finding(f"`{label}` should hold real numbers; it holds {got.dtype}.")
        asked_dtype = case.options.get("dtype")
        if asked_dtype and str(got.dtype) != asked_dtype:
            return Finding(
                f"`{label}` came back as {got.dtype}, though the input is {asked_dtype}: keep the input's type."
            )
    return None


def _values(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """Every output (and every gradient asked for) equals the right one. NaN in the right one: any finite number.

    Of several outputs that are wrong, the one named by `options["cause"]` is told: the cause before its effects.
    """
    cause = case.options.get("cause")
    for right, answer in zip(expected, answers, strict=True):
        pairs = sorted(zip(case.names, right.outputs, answer.outputs, strict=True), key=lambda pair: pair[0] != cause)
        for label, want, got in pairs:
            finding = _compare(label, want, got, case)
            if finding:
                return finding
        for key, want in right.grads.items():
            label = _input_name(case, key)
            if want.abs().max() > 0 and answer.grads[key].abs().max() == 0:
                return Finding(
                    f"No gradient reaches `{label}`. Something on the way left the graph: `.detach()`, `.item()`, "
                    "`.numpy()` or `torch.tensor(...)`?"
                )
            finding = _compare(f"gradient of {label}", want, answer.grads[key], case)
            if finding:
                return finding
    return None


def _compare(label: str, want: Any, got: Any, case: Case) -> Finding | None:
    if not isinstance(want, Tensor):
        return None if want == got else Finding(f"`{label}` is not right.", str(want), str(got))
    wrong = _differs(want, got, case)
    if not wrong.any():
        return None
    broken = wrong & ~got.isfinite() if got.is_floating_point() else torch.zeros_like(wrong)
    spot = (broken if broken.any() else wrong).nonzero()[0].tolist()[:-1] if want.dim() else []
    row, right_row = got[tuple(spot)], want[tuple(spot)]
    if broken.any():
        kind = "NaN (not a number)" if row.isnan().any() else "an infinite number"
        sentence = f"{place(label, spot)} holds {kind}{_with_story(case)}."
    else:
        sentence = f"{place(label, spot)} is wrong{_with_story(case)}."
    if right_row.is_floating_point() and right_row.isnan().all():
        return Finding(sentence, "any finite numbers", numbers(row))
    return Finding(sentence, *numbers_apart(right_row, row))


def _differs(want: Tensor, got: Tensor, case: Case) -> Tensor:
    if want.dtype == torch.bool:
        return want != got
    want, got = want.double(), got.double()
    free = want.isnan()
    off = (got - want.nan_to_num()).abs() > case.atol + case.rtol * want.nan_to_num().abs()
    return torch.where(free, ~got.isfinite(), off | got.isnan())


def _numbers(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """A dictionary of numbers that the student worked out by hand, right to two decimals.

    The right numbers are not here: `options["digests"]` holds, for each entry and each of its numbers, the digests of
    the two-decimal values that count as right (see `digests`).
    """
    got = answers[0].outputs[0]
    for key, lists in case.options["digests"].items():
        if key not in got:
            return Finding(f"The entry {key!r} is missing.")
        mine = got[key]
        if mine is None or mine is ...:
            return Finding(f"The entry {key!r} of `{name}` is not filled in yet.", unwritten=True)
        try:
            flat = torch.as_tensor(mine).double().flatten().tolist()
        except (TypeError, ValueError, RuntimeError):
            return Finding(f"The entry {key!r} should hold numbers; it holds {mine!r}.")
        if len(flat) != len(lists):
            return Finding(f"The entry {key!r} should hold {len(lists)} numbers; it holds {len(flat)}.")
        for place_in, (number, good) in enumerate(zip(flat, lists, strict=True)):
            if digest(key, place_in, number) not in good:
                which = f"number {place_in + 1} of " if len(flat) > 1 else ""
                return Finding(f"In `{name}`, {which}{key!r} is not right: you have {number:.2f}.")
    return None


def digest(key: str, position: int, number: float) -> str:
    """A short digest of a number rounded to two decimals, for the entry `key`."""
    text = f"{key} {position} {number + 0.0:.2f}".replace("-0.00", "0.00")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digests(right: dict[str, Any]) -> dict[str, list[list[str]]]:
    """For each number of each entry, the digests that count as right: the value to two decimals, give or take 0.02.

    (Who rounds the weights before mixing the values is off by that much.)
    """
    return {
        key: [
            [digest(key, i, number + step) for step in (-0.02, -0.01, 0.0, 0.01, 0.02)]
            for i, number in enumerate(torch.as_tensor(value).double().flatten().tolist())
        ]
        for key, value in right.items()
    }


def _rows(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
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
        f"Not every row of `{label}` sums to 1{_with_story(case)}.",
        "sum 1.000",
        f"{place(label, spot)} sums to {row.sum().item():.3f}",
    )


def _same(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The outputs of the two questions are equal: what was changed between them must not matter."""
    return _compare_two(case, answers, want_equal=True)


def _moved(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
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


def _permuted(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """Reordering the words of the input reorders the output in the same way, and does nothing else."""
    index, dim, order = case.options.get("output", 0), case.options["dim"], case.options["order"]
    first, second = answers[0].outputs[index], answers[1].outputs[index]
    if torch.allclose(first.index_select(dim, torch.tensor(order)).double(), second.double(), rtol=1e-4, atol=1e-5):
        return None
    return Finding(f"{case.story} But the rows of `{case.names[index]}` did not just change places.")


def _parameters(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The module has the right parameters: names and shapes."""
    want, got = expected[0].parameters, answers[0].parameters
    if want == got:
        return None
    missing = [key for key in want if key not in got]
    extra = [key for key in got if key not in want]
    if extra:
        words = ", ".join(f"`{key}` {shape_words(got[key])}" for key in extra)
        return Finding(f"`{name}` has parameters that were not asked for: {words}.")
    if missing:
        return Finding(f"`{name}` has no parameter `{missing[0]}`.")
    key = next(key for key in want if want[key] != got[key])
    return Finding(f"The parameter `{key}` has the wrong shape.", shape_words(want[key]), shape_words(got[key]))


def _reach(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
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


def _drops(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """In train mode dropout has acted on the weights, each by itself, and on nothing else.

    The question makes the values [I, I], so the output shows the weights that mixed them, twice: every entry must be
    0 or weight / (1 - p), some of each, and both halves must be alike. It hangs on no random stream.
    """
    output, weights = (answers[0].outputs[case.options[key]].double() for key in ("output", "weights_output"))
    left, right = output.tensor_split(2, dim=-1)
    kept = weights / (1.0 - case.options["p"])
    some = bool((left == 0).any()) and bool((left != 0).any())
    each = bool(((left == 0) | torch.isclose(left, kept, rtol=1e-4, atol=1e-6)).all())
    if some and each and torch.allclose(left, right):
        return None
    return Finding(
        "In train mode with p = 0.5, each weight that mixes the values should by chance be 0 or doubled, and nothing "
        "else be touched. Your output was not made of such weights."
    )


def _exposes(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
    """The student's input makes a named bug show (see `bugs`)."""
    sentence = bugs.SYMPTOMS[case.options["bug"]](answers[0].outputs)
    return Finding(sentence) if sentence else None


KINDS: dict[str, Callable[[str, Case, tuple[Answer, ...], tuple[Answer, ...]], Finding | None]] = {
    "values": _values,
    "numbers": _numbers,
    "rows": _rows,
    "same": _same,
    "moved": _moved,
    "permuted": _permuted,
    "parameters": _parameters,
    "reach": _reach,
    "drops": _drops,
    "exposes": _exposes,
}


def _input_name(case: Case, position: int | str) -> str:
    text = str(position)
    if text.isdigit() and int(text) < len(case.inputs):
        return case.inputs[int(text)]
    return text


def _with_story(case: Case) -> str:
    return f" ({case.story})" if case.story else ""
