"""Lesson 06: a layer norm that takes its mean over all words of a sentence."""

from __future__ import annotations

import torch
from torch import Tensor


def layer_norm_with_a_bug(x, gamma, beta, eps=1e-5):
    """Layer normalization. x: (B, T, D); gamma, beta: (D,)."""
    mean = x.mean(dim=(1, 2), keepdim=True)
    variance = x.var(dim=(1, 2), correction=0, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(variance + eps) + beta


def last_word_leaks(outputs: tuple) -> str:
    """Empty if (x, other) differ in their last word only, and the bug moves the first word by more than 0.5; else what
    is missing. x, other: (T, D)."""
    if len(outputs) != 2 or not all(type(x) is Tensor and x.is_floating_point() for x in outputs):
        return "Return two tensors of real numbers: x and other."
    x, other = (tensor.double() for tensor in outputs)
    if x.dim() != 2 or x.shape != other.shape or 0 in x.shape:
        return f"Both should have the same shape (T, D), without a batch; they have {_shape(x)} and {_shape(other)}."
    if len(x) < 2:
        return "One word is no sentence: what could leak into it?"
    if not (x.isfinite().all() and other.isfinite().all()):
        return "Both should hold finite numbers only."
    if not torch.equal(x[:-1], other[:-1]):
        return "The two sentences should be equal but for their last word."
    if torch.equal(x[-1], other[-1]):
        return "The two sentences are the same. Change the last word of one of them."
    ones, zeros = torch.ones(x.size(1)).double(), torch.zeros(x.size(1)).double()
    first, second = (layer_norm_with_a_bug(tensor[None], ones, zeros)[0, 0] for tensor in (x, other))
    moved = (first - second).abs().max().item()
    if not moved > 0.5:
        return (
            f"With the bug the first word moves by {moved:.2g} at most; make it more than 0.5. One spread divides "
            "all words. What must the last word be like to change mean or spread a lot?"
        )
    return ""


def _shape(x: Tensor) -> str:
    return str(tuple(x.shape))
