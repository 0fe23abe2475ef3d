"""Torch's operations counted, for lesson 04: a loop over the queries takes more of them for more queries, one matrix
product for all takes as many for two as for seven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

FEW = 2  # queries of the first call


class _Counted(TorchDispatchMode):
    """Counts the operations of torch that are done inside."""

    steps = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.steps += 1
        return func(*args, **(kwargs or {}))


def _counted_steps(by_word: Callable[..., Any], q: Tensor, k: Tensor, v: Tensor) -> tuple[str]:
    """Which of the two the student's function does, called with a few of the queries and with all of them."""
    steps = []
    for queries in (q[:FEW], q):
        with _Counted() as counted:
            by_word(queries.clone(), k.clone(), v.clone())
        steps.append(counted.steps)
    return (
        "more steps for more queries" if steps[1] > steps[0] else f"as many steps for {len(q)} queries as for {FEW}",
    )


COUNTED_STEPS: dict[str, Callable[..., tuple[Any, ...]]] = {"counted steps": _counted_steps}
