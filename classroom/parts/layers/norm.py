"""Layer normalization, the finished part of lesson 06."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LayerNorm(nn.Module):
    """Layer normalization over the features of each word (Ba et al., 2016), by torch's own function.

    Its parameters are called gamma and beta, (D,), as the lesson has them.
    """

    def __init__(self, d_model: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(d_model)), nn.Parameter(torch.zeros(d_model))
        self.epsilon = eps

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., D). Returns (..., D)."""
        return F.layer_norm(x, self.gamma.shape, self.gamma, self.beta, self.epsilon)
