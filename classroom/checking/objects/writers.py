"""A small model that writes word by word, for lesson 02: a student's `accuracy` is tested on it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def _table(rows: int, columns: int, number: float) -> Tensor:
    """Fixed numbers with nothing special about them."""
    count = torch.arange(rows * columns, dtype=torch.float64)
    return 1.5 * torch.cos(0.7 * count**2 + number).reshape(rows, columns)


def writer(vocabulary: int, width: int) -> Step:
    """step(words (B,), state (B, width)) -> logits (B, vocabulary), the next state. What it writes next hangs on the
    word it reads and on its state; it never writes words 0 and 1 (pad and bos)."""
    mix, words_in = _table(width, width, 1.0), _table(vocabulary, width, 2.0)
    out = _table(width, vocabulary, 3.0)

    def step(words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        state = torch.tanh(state @ mix.to(state.dtype) + words_in.to(state.dtype)[words])
        # Rounded: rows that are equal stay equal on every processor, and of equal scores the first is taken.
        logits = (state @ out.to(state.dtype)).round(decimals=4)
        return torch.cat([logits[:, :2] - 100, logits[:, 2:]], dim=1), state

    return step


WRITERS: dict[str, Callable[..., Step]] = {"writer": writer}
