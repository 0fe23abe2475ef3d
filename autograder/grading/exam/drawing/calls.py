"""A call of `classroom.show`, and how it is known again, on another processor too.

Processors round differently: what a solved lesson computes on one comes out apart in the last digits on the next. So
words, whole numbers and shapes of a call's arguments must be the same, which a digest says, and fractions nearly: a
tensor is known by its norm and three weighted sums, which are apart where any of its larger numbers is.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any

import torch

from autograder.grading.exam.wire.frames import encode
from classroom.checking.wire import NotData

Call = dict[str, Any]  # "is": a digest; "sums": a list for each fraction and each tensor of fractions, its size first
Outputs = list[dict[str, Any]]
NEAR = 1e-5  # of the size. Rounding is apart by a hundredth of that; what an eye can see, by a hundred times as much
LOGARITHMIC = {"by_layer", "by_length", "timing"}  # small numbers are seen as well as large ones: tensors exactly
_WAVES = (1.0, math.sqrt(2), math.sqrt(3))


def call(name: str, args: tuple, named: dict[str, Any]) -> Call | None:
    """Of a function's name and its arguments. None where one is no data, such as a function."""
    sums: list[list[float]] = []

    def plain(item: torch.Tensor) -> bool:
        return item.layout is torch.strided and item.device.type == "cpu" and name not in LOGARITHMIC

    def whole(item: Any) -> Any:
        """`item` without its fractions, whose sums are put into `sums`."""
        if type(item) is float and math.isfinite(item):
            sums.append([item])
            return {"fraction": ""}
        if type(item) in (torch.Tensor, torch.nn.Parameter) and item.is_floating_point() and plain(item):
            numbers = item.detach().double()
            finite = numbers.isfinite()
            sums.append(_sums(numbers.where(finite, torch.zeros(())).flatten()))
            odd = [] if finite.all() else [finite, numbers[~finite].to(torch.float32)]
            return ["fractions", str(item.dtype), list(item.shape), odd]
        if type(item) in (list, tuple):
            return type(item)(map(whole, item))
        if type(item) is dict:
            return {key: whole(part) for key, part in item.items()}
        return item

    try:
        return {"is": hashlib.sha256(encode(whole([name, args, named]))).hexdigest(), "sums": sums}
    except (NotData, RecursionError):
        return None


def same(one: Call, other: Call) -> bool:
    if one["is"] != other["is"] or len(one["sums"]) != len(other["sums"]):
        return False
    return all(map(_near, one["sums"], other["sums"]))


class Known:
    """What calls have shown."""

    def __init__(self, shown: Iterable[tuple[Call, Outputs]] = ()) -> None:
        self._shown: dict[str, list[tuple[Call, Outputs]]] = {}
        for each in shown:
            self.add(*each)

    def add(self, call: Call, outputs: Outputs) -> None:
        self._shown.setdefault(call["is"], []).append((call, outputs))

    def find(self, call: Call) -> Outputs | None:
        return next((outputs for known, outputs in self._shown.get(call["is"], ()) if same(known, call)), None)


def _sums(numbers: torch.Tensor) -> list[float]:
    places = torch.arange(1, len(numbers) + 1, dtype=torch.float64)
    found = [numbers.norm(), *(numbers @ torch.sin(wave * places) for wave in _WAVES)]
    return [float(f"{each.item():.7g}") for each in found]


def _near(one: list[float], other: list[float]) -> bool:
    most = NEAR * max(abs(one[0]), abs(other[0]))
    return len(one) == len(other) and all(abs(a - b) <= most for a, b in zip(one, other, strict=True))
