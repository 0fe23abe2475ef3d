"""Numbers worked out by hand, judged by digests: the right numbers are not in the student's copy."""

from __future__ import annotations

import hashlib
from typing import Any

import torch

from classroom.checking.questions import Answer, Case, Finding


def numbers(name: str, case: Case, expected: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding | None:
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
