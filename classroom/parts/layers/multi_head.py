"""Multi-head attention, the finished part of lesson 05."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """MultiHead(Q, K, V) of Vaswani et al. (2017), section 3.2.2, by torch's own function.

    Its layers are called W_q, W_k, W_v and W_o, as the lesson has them: each nn.Linear(d_model, d_model), with a bias.
    """

    def __init__(self, d_model: int, num_heads: int) -> None:
        """d_model: width D; num_heads: H. Raises ValueError where D is not a multiple of H."""
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"d_model = {d_model} is not a multiple of num_heads = {num_heads}.")
        self.d_model, self.num_heads = d_model, num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """query: (B, T, D); key and value: (B, S, D). mask: bool, (T, S), (B, 1, S) or (B, T, S), True = may attend.

        Returns output (B, T, D) and the weights of every head (B, H, T, S). A query that may attend to nothing gets
        finite numbers: what comes of weights that are all 0.
        """
        inputs = (query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1))
        layers = (self.W_q, self.W_k, self.W_v)
        hidden = None if mask is None else hidden_from_torch(mask, query.size(0), query.size(1), key.size(1))
        mixed, weights = F.multi_head_attention_forward(
            *inputs,
            embed_dim_to_check=self.d_model,
            num_heads=self.num_heads,
            in_proj_weight=None,
            in_proj_bias=torch.cat([layer.bias for layer in layers]),
            bias_k=None,
            bias_v=None,
            add_zero_attn=False,
            dropout_p=0.0,
            out_proj_weight=self.W_o.weight,
            out_proj_bias=self.W_o.bias,
            training=self.training,
            need_weights=True,
            attn_mask=None if hidden is None else hidden.repeat_interleave(self.num_heads, dim=0),
            use_separate_proj_weight=True,
            q_proj_weight=self.W_q.weight,
            k_proj_weight=self.W_k.weight,
            v_proj_weight=self.W_v.weight,
            average_attn_weights=False,
        )
        mixed = mixed.transpose(0, 1)
        if mask is not None:
            blind = ~mask.expand(query.size(0), query.size(1), key.size(1)).any(dim=-1, keepdim=True)
            mixed = torch.where(blind, self.W_o.bias, mixed)
            weights = weights.masked_fill(blind.unsqueeze(1), 0.0)
        return mixed, weights


def hidden_from_torch(mask: Tensor, batch: int, targets: int, sources: int) -> Tensor:
    """Our mask as torch's layers want it: bool (B, T, S), True = may NOT attend.

    A query that may attend to nothing is let see everything, since torch would answer it with NaN.
    """
    allowed = mask.expand(batch, targets, sources)
    return ~(allowed | ~allowed.any(dim=-1, keepdim=True))
