"""Tells known mistakes apart by what they answer.

A mistake is stored as one fingerprint of all its answers to a probe: a digest of their form (errors, shapes, types,
entries that are not finite, inputs changed in place), and four fixed sums of their numbers. Two mistakes that answer
differently practically never share one, and nothing can be read back from it.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from classroom.checking.properties.hidden_words import habits
from classroom.checking.properties.values import as_lists
from classroom.checking.questions import Answer, Case

_SUMS = 4
_ROUNDING = 3e-5  # the sums are kept to five decimals
_SLACK = 2e-3  # what float32 may differ from the recording's float64, over all answers of a probe

Fingerprint = tuple[str, list[float]]


def fingerprint(cases: Sequence[Case], answers: Sequence[Sequence[Answer]]) -> Fingerprint:
    """Of all answers to a probe, case by case and question by question: the digest of their form, and the sums.

    answers: for each case, or for the first of them, the answers to its questions."""
    form, total = [], torch.zeros(_SUMS, dtype=torch.float64)
    given = [(case, answer) for case, theirs in zip(cases, answers, strict=False) for answer in theirs]
    for number, (case, answer) in enumerate(given):
        if len(case.names) > 1 and answer.came_as == "list":  # of several outputs a list is as right as a tuple
            answer = replace(answer, came_as="tuple")
        if case.kind == "hides" and not answer.failure:  # what is drawn by chance is told by its habits
            shown = tuple(f"{habit}: {seen}" for habit, seen in habits(case, answer).items())
            answer = replace(answer, outputs=shown or answer.outputs)
        shape, sums = _of(answer, case.kind == "values", case.options.get("ordered", False))
        if case.kind == "raises" and answer.failure:  # the words of the message are the student's own
            shape = ["error", answer.failure.kind]
        form.append(shape)
        total += sums * torch.cos(torch.arange(_SUMS) + 0.7 * number)
    digest = hashlib.sha256(json.dumps(form).encode()).hexdigest()[:16]
    return digest, [float(f"{x:.5f}") for x in total.tolist()]


def nearest(mine: Fingerprint, known: Iterable[Fingerprint], slack: float = 0.0) -> int | None:
    """Which of the known fingerprints is of the same answers: its number, or None; slack widens what the sums may
    differ. Of several that are near enough the nearest counts, and of equally near ones the first."""
    apart = [(_apart(mine, theirs), number) for number, theirs in enumerate(known)]
    distance, number = min(apart, default=(math.inf, 0))
    return number if distance <= _SLACK + slack else None


def same(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two fingerprints, both taken in float64, are of the same answers."""
    return _apart(one, other) <= _ROUNDING


def _apart(one: Fingerprint, other: Fingerprint) -> float:
    if one[0] != other[0]:
        return math.inf
    return max(abs(a - b) for a, b in zip(one[1], other[1], strict=True))


def _of(answer: Answer, computed: bool, ordered: bool) -> tuple[list, Tensor]:
    """The form of an answer and its sums. ordered: two outputs of one shape, exchanged, are another answer."""
    if answer.failure:
        message = answer.failure.message
        words = re.sub(r"[\W\d_]+", " ", message)[:60]
        return ["error", answer.failure.kind, words, re.findall(r"\d+", message)[:6]], torch.zeros(
            _SUMS, dtype=torch.float64
        )
    values = [*answer.outputs, *(answer.grads[key] for key in sorted(answer.grads))]
    shapes = [[name, list(shape)] for name, shape in sorted(answer.parameters.items())]
    if computed:  # the last digits of a number hang on how it was computed
        values = [torch.tensor([x], dtype=torch.float64) if type(x) is float else x for x in values]
    parts = [_of_value(value) for value in values]
    if ordered:
        parts = [(shape, sums * (1 + number)) for number, (shape, sums) in enumerate(parts)]
    form = [answer.came_as, [part[0] for part in parts], shapes, list(answer.changed)]
    if answer.buffers:
        form.append([[name, list(shape)] for name, shape in sorted(answer.buffers.items())])
    return form, sum((part[1] for part in parts), torch.zeros(_SUMS, dtype=torch.float64))


def _of_value(value: Any) -> tuple[list, Tensor]:
    if isinstance(value, dict):
        try:
            value = torch.cat([torch.as_tensor(value[key]).double().flatten() for key in sorted(value)])
        except (TypeError, ValueError, RuntimeError):
            value = str(value)
    if isinstance(value, list | tuple):
        return ["value", str(as_lists(value))], torch.zeros(_SUMS, dtype=torch.float64)
    if not isinstance(value, Tensor):
        return ["value", str(value)[:40]], torch.zeros(_SUMS, dtype=torch.float64)
    x = value.detach().double().flatten()
    finite = x.isfinite()
    form = [value.dtype == torch.bool, value.is_floating_point(), list(value.shape), int((~finite).sum())]
    x = torch.where(finite, x, 0.0)
    x = x / (1.0 + x.abs().max()) if x.numel() else x
    waves = torch.cos(torch.outer(torch.arange(1.0, _SUMS + 1), torch.arange(1.0, x.numel() + 1)).double())
    return form, waves @ x
