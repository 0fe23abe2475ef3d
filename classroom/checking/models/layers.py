"""Layers and sublayers for lesson 06, made from the numbers that a question gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Layer = Callable[[Tensor], Tensor]


def _mixing(weights: Tensor, bias: Tensor) -> Layer:
    """x -> tanh(x @ weights.T + bias), in x's own type. The weights can be differentiated, as those of a module."""
    weights, bias = weights.clone().requires_grad_(), bias.clone().requires_grad_()
    return lambda x: torch.tanh(x @ weights.to(x.dtype).T + bias.to(x.dtype))


def _zero() -> Layer:
    """A sublayer that has nothing to say: 0 whatever comes in."""
    return torch.zeros_like


def _mixing_stack(weights: Tensor, bias: Tensor) -> list[Layer]:
    """One `mixing` layer for each matrix of weights (depth, D, D) and row of bias (depth, D)."""
    return [_mixing(w, b) for w, b in zip(weights, bias, strict=True)]


LAYERS: dict[str, Callable[..., Any]] = {
    "mixing layer": _mixing,
    "zero layer": _zero,
    "stack of mixing layers": _mixing_stack,
}
