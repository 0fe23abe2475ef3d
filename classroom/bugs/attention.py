"""Lesson 04: a mask that fills hidden scores with a number near 0."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor


def attention_with_a_bug(q, k, v, mask=None, e=1e-12):
    """Scaled dot-product attention; True in the mask = may attend. One line is not what it seems."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -e)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights


def hidden_word_wins(outputs: tuple) -> str:
    """Empty if (q, k, v, mask) gives a hidden word more than 0.9 of some word's weight; else what is missing."""
    if len(outputs) != 4 or not all(type(x) is Tensor for x in outputs):
        return "Return four tensors: q, k, v and mask."
    q, k, v, mask = outputs
    if mask.dtype != torch.bool:
        return "`mask` should hold booleans: True = may attend."
    if q.dim() != 2 or k.dim() != 2 or v.dim() != 2 or q.size(1) != k.size(1) or k.size(0) != v.size(0):
        return "The shapes do not fit: q (T, d_k), k (S, d_k), v (S, d_v), without a batch."
    if mask.shape != (q.size(0), k.size(0)):
        return f"`mask` should have the shape (T, S) = {(q.size(0), k.size(0))}; it has {tuple(mask.shape)}."
    if not mask.any(-1).all():
        return "A row of your mask hides every word. Leave each query at least one word to attend to."
    if mask.all():
        return "Your mask hides nothing, so the line with the bug changes nothing."
    weights: Any = attention_with_a_bug(q.double(), k.double(), v.double(), mask)[1]
    most = weights[~mask].max().item()
    if not most > 0.9:
        return (
            f"Under the bug no single hidden word of your input gets more than {most:.2f} of the weight; "
            "make it more than 0.9. Which score does the bug give a hidden word, and what must the others be?"
        )
    return ""
