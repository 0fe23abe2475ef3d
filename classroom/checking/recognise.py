"""Tells known mistakes apart by what they answer.

A mistake is stored as one fingerprint of all its answers to a probe: a digest of their form (errors, shapes, types,
entries that are not finite, inputs changed in place), and four fixed sums of their numbers. Two mistakes that answer
differently practically never share one, and nothing can be read back from it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from classroom.checking.questions import Answer

_SUMS = 4
_SLACK = 2e-3  # what float32 may differ from the recording's float64, over all answers of a probe

Fingerprint = tuple[str, list[float]]


def fingerprint(answers: Sequence[Sequence[Answer]]) -> Fingerprint:
    """Of all answers to a probe, case by case and question by question: the digest of their form, and the sums."""
    form, total = [], torch.zeros(_SUMS, dtype=torch.float64)
    for number, answer in enumerate(answer for case in answers for answer in case):
        shape, sums = _of(answer)
        form.append(shape)
        total += sums * torch.cos(torch.arange(_SUMS) + 0.7 * number)
    digest = hashlib.sha256(json.dumps(form).encode()).hexdigest()[:16]
    return digest, [float(f"{x:.5f}") for x in total.tolist()]


def alike(one: Fingerprint, other: Fingerprint, slack: float = 0.0) -> bool:
    """Whether two fingerprints are of the same answers; slack widens what the sums may differ."""
    return one[0] == other[0] and all(abs(a - b) <= _SLACK + slack for a, b in zip(one[1], other[1], strict=True))


def _of(answer: Answer) -> tuple[list, Tensor]:
    if answer.failure:
        message = answer.failure.message
        words = re.sub(r"[\W\d_]+", " ", message)[:60]
        return ["error", answer.failure.kind, words, re.findall(r"\d+", message)[:6]], torch.zeros(
            _SUMS, dtype=torch.float64
        )
    values = [*answer.outputs, *(answer.grads[key] for key in sorted(answer.grads))]
    shapes = [[name, list(shape)] for name, shape in sorted(answer.parameters.items())]
    parts = [_of_value(value) for value in values]
    form = [answer.came_as, [part[0] for part in parts], shapes, list(answer.changed)]
    return form, sum((part[1] for part in parts), torch.zeros(_SUMS, dtype=torch.float64))


def _of_value(value: Any) -> tuple[list, Tensor]:
    if isinstance(value, dict):
        try:
            value = torch.cat([torch.as_tensor(value[key]).double().flatten() for key in sorted(value)])
        except (TypeError, ValueError, RuntimeError):
            value = str(value)
    if not isinstance(value, Tensor):
        return ["value", str(value)[:40]], torch.zeros(_SUMS, dtype=torch.float64)
    x = value.detach().double().flatten()
    finite = x.isfinite()
    form = [value.dtype == torch.bool, value.is_floating_point(), list(value.shape), int((~finite).sum())]
    x = torch.where(finite, x, 0.0)
    x = x / (1.0 + x.abs().max()) if x.numel() else x
    waves = torch.cos(torch.outer(torch.arange(1.0, _SUMS + 1), torch.arange(1.0, x.numel() + 1)).double())
    return form, waves @ x
