"""Lesson 03: positions counted along the batch, in code written for tensors with the words in front."""

from __future__ import annotations

import torch
from torch import Tensor


def add_positions_with_a_bug(x, table):
    """Add a position to every word. x: (B, T, D); table: (max_len, D), a row for each position."""
    return x + table[: x.size(0)].unsqueeze(1)


def equal_sentences_differ(outputs: tuple) -> str:
    """Empty if x holds two equal sentences that come out different under the bug; else what is missing."""
    if len(outputs) != 1 or type(outputs[0]) is not Tensor or not outputs[0].is_floating_point():
        return "Return one tensor of real numbers: x."
    x = outputs[0].double()
    if x.dim() != 3 or 0 in x.shape:
        return f"`x` should have three dimensions, (B, T, D); it has the shape {tuple(x.shape)}."
    if x.size(0) > 1000 or x.size(2) > 1000:
        return "Keep `x` small: a handful of sentences will do."
    if not x.isfinite().all():
        return "`x` should hold finite numbers only."
    if len(x) == 1:
        return "There is one sentence in your batch. What must stand beside it for the batch to matter?"
    table = torch.cos(torch.arange(x.size(0) * x.size(2)).double()).reshape(x.size(0), x.size(2))
    came_out = add_positions_with_a_bug(x, table)
    for one in range(len(x)):
        for other in range(one):
            if torch.equal(x[one], x[other]) and not torch.allclose(came_out[one], came_out[other]):
                return ""
    return "No two sentences of your batch are equal, so nothing is wrong if they come out different."
