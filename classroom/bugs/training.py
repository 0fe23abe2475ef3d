"""Lesson 09: gradients gathered over several small batches, and updates that are made at the wrong ones."""

from __future__ import annotations

import torch
from torch import Tensor


def accumulate_with_a_bug(gradients, k):
    """The gradient of each update, where an update is made for every k small batches. gradients: (N,), one a batch."""
    updates, total = [], 0.0
    for i, gradient in enumerate(gradients):
        total = total + gradient / k
        if i % k == 0:
            updates.append(total)
            total = 0.0
    return torch.stack(updates)


def batches_are_lost(outputs: tuple) -> str:
    """Empty if on (gradients, k) the bug makes its first update too early and leaves the last batch out; else what is
    missing."""
    if len(outputs) != 2 or type(outputs[0]) is not Tensor:
        return "Return two things: gradients, a tensor, and k, a whole number."
    gradients, k = outputs
    if isinstance(k, bool) or not isinstance(k, int):
        return "`k` should be a whole number: how many small batches an update is made for."
    if not gradients.is_floating_point() or gradients.dim() != 1 or not 0 < len(gradients) <= 100:
        return "`gradients` should be a row of real numbers, one for each small batch: torch.tensor([1.0, 2.0])."
    if not gradients.isfinite().all() or gradients.abs().max() > 1000:
        return "Keep all numbers between -1000 and 1000."
    if not 1 <= k <= len(gradients):
        return f"There are {len(gradients)} small batches: k should be from 1 to {len(gradients)}."
    if len(gradients) % k:
        return f"Let it come out even: {len(gradients)} small batches cannot be shared out into groups of {k}."
    if k == 1:
        return (
            "With k = 1 an update is made for every batch, and that is right. When is i % k equal to 0 for a larger k?"
        )
    wanted, found = gradients.double().reshape(-1, k).mean(dim=1), accumulate_with_a_bug(gradients.double(), k)
    if torch.allclose(wanted[0], found[0]):
        return "The first update is right by chance: change the numbers, so that it shows how many batches are in it."
    if gradients[-1] == 0:
        return "The last batch is left out, but its gradient is 0, so nobody can tell."
    return ""
