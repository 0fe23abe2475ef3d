"""Are the outputs, and the gradients asked for, the right ones?"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from classroom.checking.properties.form import input_name, with_story
from classroom.checking.questions import Answer, Case, Finding
from classroom.checking.wording import a_or_an, numbers, numbers_apart, place, shape_words


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
                return finding
    return None


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
            return None if close else Finding(f"`{label}` is wrong{with_story(case)}.", f"{want:.6g}", f"{got:.6g}")
        return None if want == got else Finding(f"`{label}` is not right{with_story(case)}.", str(want), str(got))
    wrong = _differs(want, got, case)
    if not wrong.any():
        return None
    broken = wrong & ~got.isfinite() if got.is_floating_point() else torch.zeros_like(wrong)
    spot = (broken if broken.any() else wrong).nonzero()[0].tolist()[:-1] if want.dim() else []
    row, right_row = got[tuple(spot)], want[tuple(spot)]
    if broken.any():
        kind = "NaN (not a number)" if row.isnan().any() else "an infinite number"
        sentence = f"{place(label, spot)} holds {kind}{with_story(case)}."
    else:
        sentence = f"{place(label, spot)} is wrong{with_story(case)}."
    if right_row.is_floating_point() and right_row.isnan().all():
        return Finding(sentence, "any finite numbers", numbers(row))
    return Finding(sentence, *numbers_apart(right_row, row))


def as_lists(value: Any) -> Any:
    """Lists, tuples and tensors of numbers, one in the other, as lists: which of them is the student's choice."""
    if isinstance(value, Tensor):
        return value.tolist()
    return [as_lists(part) for part in value] if isinstance(value, list | tuple) else value


def _compare_lists(label: str, want: list, got: Any, case: Case) -> Finding | None:
    if not isinstance(got, list):
        return Finding(f"`{label}` should be a list; {a_or_an(type(got).__name__)} came back.")
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
