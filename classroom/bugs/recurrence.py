"""Lesson 02: attention whose weights do not depend on what they are weights of."""

from __future__ import annotations

import torch
from torch import Tensor


def attend_with_a_bug(query, states, W):
    """Attention of one decoder state over the encoder's. query: (H,); states: (S, H), S at most H; W: (H, H)."""
    scores = (W @ query)[: len(states)]
    weights = torch.softmax(scores, dim=0)
    return weights @ states, weights


def best_word_is_missed(outputs: tuple) -> str:
    """Empty if on (query, states, W) one word deserves more than 0.9 and gets less than 0.1; else what is missing."""
    if len(outputs) != 3 or not all(type(x) is Tensor and x.is_floating_point() for x in outputs):
        return "Return three tensors of real numbers: query, states and W."
    query, states, W = (x.double() for x in outputs)
    H = query.size(0) if query.dim() == 1 else 0
    if not H or states.dim() != 2 or states.size(1) != H or W.shape != (H, H):
        return "The shapes do not fit: query (H,), states (S, H), W (H, H), without a batch."
    if not 1 <= len(states) <= H:
        return f"There are {len(states)} states; for the bug to run, S must be from 1 to H, here {H}."
    if not all(x.isfinite().all() and x.abs().max() <= 1000 for x in (query, states, W)):
        return "Keep all numbers between -1000 and 1000."
    if len(states) == 1:
        return "With one word there is nothing to choose: it gets the whole weight, bug or no bug."
    deserved = torch.softmax(states @ (W @ query), dim=0)
    given = attend_with_a_bug(query, states, W)[1]
    best = int(deserved.argmax())
    if not deserved[best] > 0.9:
        return (
            f"On your input the word that fits best deserves only {deserved[best].item():.2f} of the weight; make its "
            "state fit better, until it deserves more than 0.9."
        )
    if not given[best] < 0.1:
        return (
            f"Word {best} deserves {deserved[best].item():.2f} of the weight, and the bug gives it "
            f"{given[best].item():.2f}: by chance it is not wrong there. Which entry of W @ query does the bug take "
            f"for word {best}, and which word should stand in its place?"
        )
    return ""
