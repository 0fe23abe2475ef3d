"""Lesson 01: an activation that does not use its parameter."""

from __future__ import annotations

import torch
from torch import Tensor


def elu_with_a_bug(x, alpha=1.0):
    """ELU: x where x > 0, alpha * (e^x - 1) elsewhere."""
    return torch.where(x > 0, x, torch.exp(x.clamp(max=0)) - 1)


def alpha_matters(outputs: tuple) -> str:
    """Empty if elu_with_a_bug is off by more than 0.1 somewhere on (x, alpha); else what is missing."""
    if len(outputs) != 2:
        return "Return two things: x, a tensor, and alpha, a number."
    x, alpha = outputs
    if isinstance(alpha, Tensor) and alpha.numel() == 1 and isinstance(x, Tensor):
        alpha = alpha.item()
    wanting = _no_real_tensor(x, alpha)
    if wanting:
        return wanting
    if isinstance(alpha, bool) or not isinstance(alpha, int | float):
        return f"`alpha` should be a number; {_named(alpha)} came back."
    if not (x.abs() <= 100).all() or not abs(alpha) <= 100:
        return "Keep `x` and `alpha` between -100 and 100."
    missing = (alpha - 1.0) * torch.expm1(x.double()).clamp(max=0.0)
    if missing.abs().max() > 0.1:
        return ""
    if not (x < 0).any():
        return "For your `x` the function is right, whatever alpha is. On which side of 0 does alpha matter?"
    return (
        f"There the function is off by {missing.abs().max().item():.3g} at most; make it more than 0.1. For which "
        "alpha is it right everywhere?"
    )


def _no_real_tensor(x, alpha) -> str:
    """Empty if x is a tensor of real numbers; else what it is instead."""
    if not isinstance(x, Tensor) and isinstance(alpha, Tensor):
        return f"`x` should be a tensor; {_named(x)} came back, and a tensor for `alpha`: x first, then alpha."
    if not isinstance(x, Tensor):
        return f"`x` should be a tensor; {_named(x)} came back: put the numbers into `torch.tensor([...])`."
    if not x.is_floating_point():
        return f"`x` should hold real numbers; it holds {x.dtype}: write -1.0, not -1."
    if not x.numel():
        return "`x` has no entries: put at least one number into it."
    return ""


def _named(value) -> str:
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
