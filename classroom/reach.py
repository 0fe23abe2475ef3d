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


def reach_of_words(function: Callable[[Tensor], Tensor], words: Tensor) -> torch.BoolTensor:
    """Which outputs change when a word of the input is exchanged for another: the reach map of a model that reads
    whole numbers, through which no gradient goes.

    function: maps words, int (S,), to an output (T, D'). Layers with dropout belong in eval mode.
    words: int (S,), the numbers of the words. Word 3 is put in the place of each in turn, and 4 in the place of a 3;
    padding, 0, stays, and its column is False.

    Returns bool (T, S): True at [i, j] where some entry of output[i] moves as word j is exchanged. NaN counts as
    moved. Numbers that differ by less than a millionth of the largest (in float64, a billionth) are taken as equal.
    """
    if words.dim() != 1 or words.is_floating_point():
        raise ValueError(f"reach_of_words takes one sentence of word numbers (S,), not {tuple(words.shape)}")
    with torch.no_grad():
        before = function(words)
        found = torch.zeros(len(before), len(words), dtype=torch.bool)
        slack = (1e-9 if before.dtype == torch.float64 else 1e-6) * float(before.abs().max())
        for j in (words != 0).nonzero().flatten().tolist():
            changed = words.clone()
            changed[j] = 4 if words[j] == 3 else 3
            moved = (function(changed) - before).abs()
            found[:, j] = ~(moved <= slack).all(dim=1).cpu()  # NaN <= slack is False
    return found
