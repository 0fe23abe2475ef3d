"""A small encoder that guesses hidden words, as BERT does, and hands out the weights of every head on the way.

Built on torch's own layers, so that it gives nothing away of what the lessons ask for.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class MaskedWords(nn.Module):
    """An encoder over words: embedding, sinusoidal positions, `layers` pre-norm layers, and a guess at every place.

    The guess compares what the encoder has at a place with the embedding of every word of the vocabulary.
    """

    def __init__(self, vocabulary: int, d_model: int, heads: int, layers: int, d_ff: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding_dim=d_model)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)
        self.layers = torch.nn.ModuleList(Layer(d_model, heads, d_ff) for _ in range(layers))
        self.norm = nn.LayerNorm(d_model)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, tokens: Tensor, pad: int = 0) -> tuple[Tensor, Tensor]:
        """tokens: int64 (B, T). Returns the scores of every word at every place, float (B, T, V), and the attention
        weights, float (B, layers, heads, T, T). Nobody looks at padding."""
        d_model = self.embedding.embedding_dim
        x = self.embedding(tokens) * math.sqrt(d_model) + _positions(tokens.size(1), d_model).to(tokens.device)
        weights = []
        for block in self.layers:
            x, looked = block(x, tokens == pad)
            weights.append(looked)
        scores = self.norm(x) @ self.embedding.weight.T + self.bias
        return scores, torch.stack(weights, dim=1)


class Layer(nn.Module):
    """One layer: attention, then a feed-forward network, each around a residual connection, the norm first."""

    def __init__(self, d_model: int, heads: int, d_ff: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.attention = nn.MultiheadAttention(d_model, heads, batch_first=True)
        self.feed_forward = nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model))

    def forward(self, x: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """x: (B, T, D); hidden: bool (B, T), True = padding, as nn.MultiheadAttention has it. Returns x and weights."""
        normed = self.norm_1(x)
        y, weights = self.attention(normed, normed, normed, key_padding_mask=hidden, average_attn_weights=False)
        x = x + y
        return x + self.feed_forward(self.norm_2(x)), weights


def _positions(length: int, d_model: int) -> Tensor:
    """The sines and cosines of Vaswani et al. (2017), section 3.5: float (length, d_model)."""
    angles = torch.arange(length)[:, None] * 10_000 ** (-torch.arange(0, d_model, 2) / d_model)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
