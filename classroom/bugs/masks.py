"""Lesson 07: a stack whose mask travels with the words, and is lost behind the first layer. Lesson 08: cross-attention
that is handed the mask of the target."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def plain_layer(x, mask=None):
    """An encoder layer with nothing to learn: x + attention. x: (B, T, D); mask: bool (B, 1, T)."""
    return x + F.scaled_dot_product_attention(x, x, x, attn_mask=mask)


def encode_with_a_bug(x, mask, layers):
    """Layer after layer. The mask travels with the words, in one dictionary. One line is not what it seems."""
    batch = {"words": x, "mask": mask}
    for run in layers:
        batch = {"words": run(batch["words"], batch.get("mask"))}
    return batch["words"]


def padding_moves_a_word(outputs: tuple) -> str:
    """Empty if (x, other, words, num_layers) moves a real word by more than 1 under the bug; else what is missing.

    x, other: (T, D), equal in their first `words` rows; what stands behind them is padding.
    """
    if len(outputs) != 4:
        return "Return four things: x and other, tensors, and words and num_layers, whole numbers."
    x, other, words, num_layers = outputs
    if not all(type(t) is Tensor and t.is_floating_point() for t in (x, other)):
        kinds = {str(t.dtype) if isinstance(t, Tensor) else type(t).__name__ for t in (x, other)}
        found = " and ".join(sorted(kinds))
        return f"`x` and `other` should be tensors of real numbers; yours: {found}. Write 1.0, not 1."
    if x.dim() != 2 or x.shape != other.shape or 0 in x.shape:
        yours = f"{tuple(x.shape)} and {tuple(other.shape)}"
        return f"`x` and `other` should have the same shape (T, D), without a batch; they have {yours}."
    if any(isinstance(n, bool) or not isinstance(n, int) for n in (words, num_layers)):
        return "`words` and `num_layers` should be whole numbers."
    if not 1 <= words < len(x):
        return f"Of the {len(x)} rows, at least one should be a word and at least one padding; words is {words}."
    if not 1 <= num_layers <= 12 or max(x.shape) > 100:
        return "Keep it small: from 1 to 12 layers, and a handful of words."
    x, other = x.double(), other.double()
    if not (x.isfinite().all() and other.isfinite().all()) or max(x.abs().max(), other.abs().max()) > 1000:
        return "Keep all numbers between -1000 and 1000."
    if not torch.equal(x[:words], other[:words]):
        return "The words themselves must be the same in both: only what stands at the padding may differ."
    if torch.equal(x, other):
        return "The two are the same. Change what stands at the padding in one of them."
    mask = (torch.arange(len(x)) < words)[None, None]
    one, two = (encode_with_a_bug(sentence[None], mask, [plain_layer] * num_layers)[0] for sentence in (x, other))
    moved = (one - two)[:words].abs().max().item()
    if moved > 1:
        return ""
    if num_layers == 1:
        return "With one layer the padding changes nothing: there the mask is obeyed. What must come behind it?"
    return (
        f"With the bug a word moves by {moved:.2g} at most; make it more than 1. What must stand at the padding for a "
        "word to look there, and to take much from it?"
    )


def masks_with_a_bug(source, target, pad=0):
    """The masks of a decoder layer: for self-attention and for cross-attention. True = may attend."""
    T = target.size(1)
    causal = torch.ones(T, T, dtype=torch.bool).tril()
    target_mask = (target != pad).unsqueeze(1) & causal
    memory_mask = target_mask
    return target_mask, memory_mask


def blind_and_misled(outputs: tuple) -> str:
    """Empty if on (source, target), of one sentence each, the bug hides a source word from a target word and shows a
    target word padding of the source; else what is missing."""
    if len(outputs) != 2 or not all(type(x) is Tensor for x in outputs):
        return "Return two tensors: source and target."
    source, target = outputs
    if any(x.is_floating_point() or x.dtype == torch.bool for x in outputs):
        return "Both should hold whole numbers: torch.tensor([[5, 2, 0]])."
    if any(x.dim() != 2 or len(x) != 1 or not 0 < x.size(1) <= 100 for x in outputs):
        return f"One sentence each, (1, N); the shapes are {tuple(source.shape)} and {tuple(target.shape)}."
    if source.shape != target.shape:
        return "For the function to run at all, source and target have the same length, padding included."
    for name, x in (("source", source), ("target", target)):
        real = (x[0] != 0).long()
        if not real[0] or (real.diff() > 0).any():
            return f"`{name}` should begin with a word, and have its padding, 0, at the end only."
    allowed = masks_with_a_bug(source, target)[1][0][target[0] != 0]
    hides = bool((~allowed & (source[0] != 0)).any())
    shows = bool((allowed & (source[0] == 0)).any())
    if hides and shows:
        return ""
    if not hides:
        return "On your input every target word may see every source word. How many source words may the first one see?"
    if (source != 0).all():
        return "Your source has no padding, so none can be seen. What if it is shorter than the target?"
    return "No target word sees padding of the source yet. Which places of the source may the last target word see?"
