"""Are the outputs, and the gradients asked for, the right ones?"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from classroom.checking.properties.form import came, input_name, with_story
from classroom.checking.questions import Answer, Case, Finding
from classroom.checking.runner import uneven
from classroom.checking.wording import MOST, first_apart, numbers, numbers_apart, place, shape_words


def values(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
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
            label = input_name(case, key)
            if want.abs().max() > 0 and answer.grads[key].abs().max() == 0:
                return Finding(
                    f"No gradient reaches `{label}`. Something on the way left the graph: `.detach()`, `.item()`, "
                    "`.numpy()` or `torch.tensor(...)`?"
                )
            finding = _compare(f"gradient of {label}", want, answer.grads[key], case)
            if finding:
                return replace(finding, sentence=f"{finding.sentence} {_from_above(case, right)}")
    return None


def _from_above(case: Case, right: Answer) -> str:
    """Of what the gradient is taken: of the first output, times numbers that are all different."""
    output = right.outputs[0]
    if output.numel() > MOST:
        u = f"[cos 1, cos 2, cos 3, ...] in the shape of `{case.names[0]}`"
    else:
        u = ", ".join(f"{x:.3f}" for x in uneven(output.shape, torch.float64).flatten().tolist())
        u = f"[{u}]" if output.dim() else u
    return f"It is asked of `(u * {case.names[0]}).sum()`, where u, the gradient that comes from above, is {u}."


def _compare(label: str, want: Any, got: Any, case: Case) -> Finding | None:
    if isinstance(want, list):
        return _compare_lists(label, want, as_lists(got), case)
    if not isinstance(want, Tensor):
        if isinstance(got, Tensor):  # one number in a tensor stands for the number
            if got.numel() != 1:
                return Finding(f"`{label}` should be a single number; a tensor of shape {shape_words(got.shape)} came.")
            got = got.item()
        if isinstance(want, float) and type(got) is int:
            got = float(got)
        if isinstance(want, float) and isinstance(got, float):
            close = math.isclose(want, got, rel_tol=case.rtol, abs_tol=case.atol)
            return None if close else Finding(f"`{label}` is wrong{with_story(case)}.", *_apart(want, got))
        return None if want == got else _not_equal(label, want, got, case)
    wrong = _differs(want, got, case)
    if not wrong.any():
        return None
    broken = wrong & ~got.isfinite() if got.is_floating_point() else torch.zeros_like(wrong)
    spot = (broken if broken.any() else wrong).nonzero()[0].tolist()[:-1] if want.dim() else []
    row, right_row = got[tuple(spot)], want[tuple(spot)]
    if broken.any():
        fault = f"holds {'NaN (not a number)' if row.isnan().any() else 'an infinite number'}"
    else:
        fault = "is wrong"
    first = first_apart(right_row, row)
    where = (
        f", first at {place(label, [*spot, first])}" if first >= MOST else ""
    )  # else the row is shown from its start
    sentence = f"{place(label, spot)} {fault}{with_story(case)}{where}."
    if right_row.is_floating_point() and right_row.isnan().all():
        return Finding(sentence, "any finite numbers", numbers(row))
    return Finding(sentence, *numbers_apart(right_row, row))


def _apart(want: float, got: float) -> tuple[str, str]:
    """Two numbers, to as many digits as it takes to tell them apart: four, or up to six."""
    for digits in (4, 5, 6):
        pair = f"{want:.{digits}g}", f"{got:.{digits}g}"
        if pair[0] != pair[1]:
            break
    return pair


def _not_equal(label: str, want: Any, got: Any, case: Case) -> Finding:
    """Of dictionaries the first entry that differs is shown, of other values they themselves."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in want:
            if key not in got:
                return Finding(f"`{label}` has no entry {key!r}; its entries are: {', '.join(map(repr, got))}.")
        if want.keys() != got.keys():
            extra = next(key for key in got if key not in want)
            return Finding(f"`{label}` has an entry that was not asked for: {extra!r}.")
        key = next(key for key in want if want[key] != got[key])
        label, want, got = f"{label}[{key!r}]", want[key], got[key]
    return Finding(f"`{label}` is not right{with_story(case)}.", _plain(want), _plain(got))


def _plain(value: Any) -> str:
    """A value in words; a large whole number as 1,050,624."""
    return f"{value:,}" if type(value) is int and abs(value) >= 10_000 else str(value)


def as_lists(value: Any) -> Any:
    """Lists, tuples and tensors of numbers, one in the other, as lists: which of them is the student's choice."""
    if isinstance(value, Tensor):
        return value.tolist()
    return [as_lists(part) for part in value] if isinstance(value, list | tuple) else value


def _compare_lists(label: str, want: list, got: Any, case: Case) -> Finding | None:
    if not isinstance(got, list):
        return Finding(f"`{label}` should be a list; {came(got)} came back.")
    if want == got:
        return None
    return Finding(f"`{label}` is not right{with_story(case)}.", _listed(want), _listed(got))


def _listed(value: list, most: int = 90) -> str:
    text = str(value)
    return text if len(text) <= most else f"{text[:most]} ..."


def _differs(want: Tensor, got: Tensor, case: Case) -> Tensor:
    if want.dtype == torch.bool:
        return want != got
    want, got = want.double(), got.double()
    free = want.isnan()
    off = (got - want.nan_to_num()).abs() > case.atol + case.rtol * want.nan_to_num().abs()
    return torch.where(free, ~got.isfinite(), off | got.isnan())
