"""Sinusoidal positions, the finished part of lesson 03."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PositionalEncoding(nn.Module):
    """Adds to each word the encoding of its position (Vaswani et al., 2017, section 3.5), then applies dropout.

    Its buffer is called `table`, (max_len, d_model), as the lesson has it. It has no parameters.
    """

    def __init__(self, d_model: int, max_len: int = 5000, dropout: float = 0.1) -> None:
        super().__init__()
        turns = 10_000 ** -(torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
        angles = torch.arange(max_len, dtype=torch.float64)[:, None] * turns
        hands = torch.polar(torch.ones_like(angles), angles)  # of clocks: (cos, sin) of every angle
        waves = torch.view_as_real(hands).flip(-1).flatten(1)[:, :d_model]
        self.register_buffer("table", waves.to(torch.get_default_dtype()))
        self.drop_out = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, T, D). Returns (B, T, D). Raises ValueError where T is larger than max_len."""
        if x.size(1) > len(self.table):
            raise ValueError(f"A sentence of {x.size(1)} words is longer than max_len = {len(self.table)}.")
        return self.drop_out(x + self.table[: x.size(1)])
