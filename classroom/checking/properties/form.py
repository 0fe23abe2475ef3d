"""The form of an answer: how many outputs, of which types, shapes and dtypes; and words that messages share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from classroom.checking.questions import Answer, Case, Finding
from classroom.checking.wording import a_or_an, shape_words


def as_asked(right: Answer, answer: Answer) -> Answer:
    """The answer, with a single number or truth value in the type that was asked for: a tensor of one entry stands
    for its entry, 3.0 for 3."""
    if right.came_as not in ("bool", "int", "float") or len(answer.outputs) != 1:
        return answer
    value = answer.outputs[0]
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool) is not (right.came_as == "bool") or not isinstance(value, bool | int | float):
        return answer
    if right.came_as == "float" or (right.came_as == "int" and value == value // 1):
        value = {"float": float, "int": int}[right.came_as](value)
    return replace(answer, outputs=(value,), came_as=type(value).__name__)


def form(name: str, case: Case, right: Answer, answer: Answer) -> Finding | None:
    """Number of outputs, their types, shapes and dtypes."""
    asked = _listed([f"`{n}`" for n in case.names])
    if answer.came_as in ("None", "NoneType"):  # the second where one output is asked for whole
        return Finding(f"`{name}` returned None. Is a `return` missing?")
    if len(right.outputs) == 1 and right.came_as == "tensor" and answer.came_as != "tensor":
        return Finding(f"`{name}` should return one tensor; it returned {a_or_an(answer.came_as)}.")
    if len(answer.outputs) != len(right.outputs):
        what = "a tuple of " if len(right.outputs) > 1 else ""
        several = answer.came_as in ("tuple", "list")
        got = f"a {answer.came_as} of {len(answer.outputs)}" if several else f"one {answer.came_as}"
        return Finding(f"`{name}` should return {what}{asked}; it returned {got}.")
    if right.came_as == "list" and answer.came_as == "tuple":  # of a list asked for whole a tuple is as right
        answer = replace(answer, came_as="list")
    if len(right.outputs) == 1 and answer.came_as != right.came_as:
        return Finding(f"`{name}` should return {a_or_an(right.came_as)}; it returned {a_or_an(answer.came_as)}.")
    for label, want, got in zip(case.names, right.outputs, answer.outputs, strict=False):
        if not isinstance(want, Tensor):
            continue
        if not isinstance(got, Tensor):
            return Finding(f"`{label}` should be a tensor; {came(got)} came back.")
        if got.shape != want.shape:
            return Finding(
                f"`{label}` has the wrong shape{with_story(case)}.",
                shape_words(want.shape),
                shape_words(got.shape),
            )
        if want.dtype == torch.bool and got.dtype != torch.bool:
            return Finding(f"`{label}` should hold booleans (dtype torch.bool); it holds {got.dtype}.")
        if want.is_floating_point() and not got.is_floating_point():
            return Finding(f"`{label}` should hold real numbers; it holds {got.dtype}.")
        if want.dtype == torch.int64 and got.is_floating_point():
            return Finding(f"`{label}` should hold whole numbers (dtype torch.int64); it holds {got.dtype}.")
        asked_dtype = case.options.get("dtype")
        if asked_dtype and str(got.dtype) != asked_dtype:
            return Finding(
                f"`{label}` came back as {got.dtype}, though the input is {asked_dtype}: keep the input's type."
            )
    return None


def came(value: Any) -> str:
    """What came in the place of something: `a float`, `None`."""
    return "None" if value is None else a_or_an(type(value).__name__)


def _listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])


def input_name(case: Case, position: int | str) -> str:
    text = str(position)
    if text.isdigit() and int(text) < len(case.inputs):
        return case.inputs[int(text)]
    return text


def with_story(case: Case) -> str:
    return f" ({case.story})" if case.story else ""
