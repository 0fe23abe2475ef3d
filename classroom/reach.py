"""Who can see whom: measured on any function, without reading its code."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def reach(function: Callable[[Tensor], Tensor], x: Tensor) -> torch.BoolTensor:
    """Which outputs change when an input word changes.

    function: maps x, float (S, D), to an output (T, D'). Layers with dropout belong in eval mode.
    x: float (S, D), one vector for each of S words. Random numbers, so that no gradient is 0 by accident.

    Returns bool (T, S): True at [i, j] where some entry of d output[i] / d x[j] is not zero, at this x. Word
    i of the output then depends on word j of the input: i can see j. A gradient that is NaN counts as True.
    It spreads: as in training, one NaN on the way back spoils the gradients of other words too.

    Computed in float64, where a small gradient is not yet 0; in x's own type where the function holds
    parameters of another type and refuses float64.
    """
    if x.dim() != 2:
        raise ValueError(f"reach takes one sentence x of shape (S, D), not {tuple(x.shape)}")
    try:
        return _jacobian_is_not_zero(function, x.detach().double())
    except RuntimeError as refusal:
        if not x.is_floating_point() or x.dtype == torch.float64 or "dtype" not in str(refusal).lower():
            raise
    return _jacobian_is_not_zero(function, x.detach())


def _jacobian_is_not_zero(function: Callable[[Tensor], Tensor], x: Tensor) -> torch.BoolTensor:
    with torch.enable_grad():
        x = x.clone().requires_grad_()
        output = function(x)
        if not isinstance(output, Tensor) or output.dim() != 2:
            got = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
            raise ValueError(f"reach needs a function that returns one tensor of shape (T, D'), not {got}")
        found = torch.zeros(len(output), len(x), dtype=torch.bool)
        if not output.requires_grad:  # nothing in it came from x
            return found
        for i, row in enumerate(output):
            for entry in row:
                (gradient,) = torch.autograd.grad(entry, x, retain_graph=True, allow_unused=True)
                if gradient is not None:
                    found[i] |= (gradient != 0).any(dim=1).cpu()  # NaN != 0 is True
    return found
