"""Scaled dot-product attention, the finished part of lesson 04."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Attention(q, k, v) of Vaswani et al. (2017), equation 1, by torch's own function.

    q: (..., T, d_k); k: (..., S, d_k); v: (..., S, d_v).
    mask: bool, broadcastable to (..., T, S), True = may attend; None = every word may attend to every word.
    Returns output (..., T, d_v) and weights (..., T, S). A query that may attend to nothing gets finite numbers.
    """
    identity = torch.eye(k.size(-2), dtype=k.dtype, device=k.device).expand(*k.shape[:-1], k.size(-2))
    if mask is not None:
        mask = mask.expand(*q.shape[:-1], k.size(-2))
    weights = F.scaled_dot_product_attention(q, k, identity, attn_mask=mask).nan_to_num()
    return weights @ v, weights
