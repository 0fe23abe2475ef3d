"""Lesson 05: heads whose scores are divided by the root of the whole width."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def heads_with_a_bug(q, k, v, num_heads):
    """Attention in every head, after the projections. q: (T, D); k, v: (S, D). One line is not what it seems."""
    outputs, weights = [], []
    for q_h, k_h, v_h in zip(*(x.chunk(num_heads, dim=-1) for x in (q, k, v)), strict=True):
        scores = q_h @ k_h.transpose(-2, -1) / math.sqrt(q.size(-1))
        weights.append(torch.softmax(scores, dim=-1))
        outputs.append(weights[-1] @ v_h)
    return torch.cat(outputs, dim=-1), torch.stack(weights)


def too_even(outputs: tuple) -> str:
    """Empty if on (q, k, num_heads) some weight is more than 0.3 off under the bug; else what is missing."""
    if len(outputs) != 3:
        return "Return three things: q and k, tensors, and num_heads, a number."
    q, k, num_heads = outputs
    if type(q) is not Tensor or type(k) is not Tensor or not (q.is_floating_point() and k.is_floating_point()):
        return "`q` and `k` should be tensors of real numbers."
    if q.dim() != 2 or k.dim() != 2 or q.size(1) != k.size(1) or 0 in (*q.shape, *k.shape):
        yours = f"{tuple(q.shape)} and {tuple(k.shape)}"
        return f"The shapes do not fit: q (T, D) and k (S, D), without a batch; yours are {yours}."
    if isinstance(num_heads, bool) or not isinstance(num_heads, int) or num_heads < 1 or q.size(1) % num_heads:
        return f"`num_heads` should be a whole number that divides D = {q.size(1)}."
    if max(q.size(0), k.size(0), q.size(1)) > 1000 or not (q.isfinite().all() and k.isfinite().all()):
        return "Keep `q` and `k` small and finite: a handful of words will do."
    q, k = q.double(), k.double()
    _, found = heads_with_a_bug(q, k, k, num_heads)
    pairs = zip(q.chunk(num_heads, dim=1), k.chunk(num_heads, dim=1), strict=True)
    right = torch.stack([torch.softmax(a @ b.T * (num_heads / q.size(1)) ** 0.5, dim=-1) for a, b in pairs])
    off = (found - right).abs().max().item()
    if off > 0.3:
        return ""
    if num_heads == 1:
        return "With one head the bug does nothing. Between which two numbers does it take the wrong one?"
    if k.size(0) == 1:
        return "With one key every weight is 1, whatever the scores. How many words are there to choose from?"
    return (
        f"There no weight is off by more than {off:.2f}; make it more than 0.3. Which scores change most when they are "
        "divided by too much?"
    )
