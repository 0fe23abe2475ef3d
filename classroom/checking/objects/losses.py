"""Losses with graphs of known shape, for lesson 02: a student's `graph_depth` walks through them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

MOST_LOOKS = 20_000


def _leaf() -> Tensor:
    return torch.tensor(0.5, requires_grad=True)


def _chain(length: int) -> Tensor:
    """`length` operations, one after the other."""
    with torch.enable_grad():
        x = _leaf()
        for _ in range(length):
            x = x.sin()
    return x


def _fork(first: int, second: int) -> Tensor:
    """Two chains of these lengths, each from a leaf of its own, added."""
    with torch.enable_grad():
        return _chain(first) + _chain(second)


def _detour(length: int) -> Tensor:
    """A leaf that reaches the loss by a chain and, past it, directly; the short way comes first, and once more last."""
    with torch.enable_grad():
        x = _leaf()
        y = x
        for _ in range(length):
            y = y.exp() * 0.1
        return x + y + x


def _shared(behind: int, extra: int, long_first: bool) -> Tensor:
    """A chain of `behind` operations that reaches the loss twice: directly, and by `extra` operations more."""
    with torch.enable_grad():
        y = _chain(behind)
        z = y
        for _ in range(extra):
            z = z.sin()
        return (z + y if long_first else y + z).sum()


def _constant() -> Tensor:
    return torch.tensor(1.5)


class _Twice(torch.autograd.Function):
    """Adds its two inputs. Its node of the graph counts how often it is asked what comes before it."""

    looks = 0

    @staticmethod
    def forward(ctx, a: Tensor, b: Tensor) -> Tensor:
        return a + b

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, Tensor]:
        return gradient, gradient


_of_the_node = _Twice._backward_cls.next_functions


def _counted(node) -> tuple:
    _Twice.looks += 1
    if _Twice.looks > MOST_LOOKS:
        raise TimeoutError(
            f"it asked {MOST_LOOKS:,} times for the next functions in a graph of 40 operations, each of which can be "
            "reached in very many ways, and was stopped"
        )
    return _of_the_node.__get__(node)


_Twice._backward_cls.next_functions = property(_counted)


def _doublings(length: int) -> Tensor:
    """y + y, again and again: `length` operations, and 2 to that power ways through them."""
    _Twice.looks = 0
    with torch.enable_grad():
        x = _leaf()
        for _ in range(length):
            x = _Twice.apply(x, x) if x.grad_fn else _Twice.apply(x, _leaf())
    return x


LOSSES: dict[str, Callable[..., Tensor]] = {
    "leaf": _leaf,
    "constant": _constant,
    "chain": _chain,
    "fork": _fork,
    "detour": _detour,
    "shared": _shared,
    "doublings": _doublings,
}
