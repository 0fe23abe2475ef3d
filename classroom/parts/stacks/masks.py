"""The two masks of a Transformer: bool, True = may attend."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def padding_mask(tokens: Tensor, pad: int = 0) -> Tensor:
    """Every query may attend to what is no padding. tokens: (B, S) of ids. Returns bool, (B, 1, S)."""
    return tokens.ne(pad)[..., None, :]


def causal_mask(T: int, device: torch.device | str | None = None) -> Tensor:
    """A word may attend to itself and to those before it (Vaswani et al., 2017, section 3.2.3). Bool, (T, T)."""
    return nn.Transformer.generate_square_subsequent_mask(T, device=device).isfinite()
