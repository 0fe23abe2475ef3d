"""The whole machine, the finished part of lesson 08: encoder and decoder, and one embedding for all of its words."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from classroom.parts.layers.positions import PositionalEncoding
from classroom.parts.stacks.decoder import Decoder
from classroom.parts.stacks.encoder import Encoder
from classroom.parts.stacks.masks import causal_mask

PAD = 0


class Transformer(nn.Module):
    """The model of Vaswani et al. (2017), figure 1, from words to the scores of the next word. Padding is 0.

    Its parts are called embedding, positions, encoder and decoder, as the lesson has them. Source, target and output
    share the embedding (section 3.4).
    """

    def __init__(
        self,
        vocabulary: int,
        d_model: int,
        num_heads: int,
        d_ff: int,
        num_layers: int,
        dropout: float = 0.1,
        norm_first: bool = False,
    ) -> None:
        """vocabulary: V; d_model: width D; num_heads: H; d_ff: inner width of the feed-forward networks.

        The embedding is drawn with variance 1 / D, so that scores begin near variance 1, not D.
        """
        super().__init__()
        sizes = num_layers, d_model, num_heads, d_ff, dropout, norm_first
        parts = {
            "embedding": nn.Embedding(vocabulary, d_model),
            "positions": PositionalEncoding(d_model, dropout=dropout),
            "encoder": Encoder(*sizes),
            "decoder": Decoder(*sizes),
        }
        for name, part in parts.items():
            self.add_module(name, part)
        nn.init.normal_(self.embedding.weight, std=d_model**-0.5)

    def embed(self, tokens: Tensor) -> Tensor:
        """tokens: (B, N) ids. Returns (B, N, D): what enters a stack, the embedding times √D, with positions."""
        words = self.embedding(tokens)
        return self.positions(words * words.size(-1) ** 0.5)

    def encode(self, source: Tensor) -> Tensor:
        """source: (B, S) ids. Returns memory (B, S, D)."""
        return self.encoder(self.embed(source), src_key_padding_mask=source.eq(PAD))

    def decode(self, target: Tensor, memory: Tensor, source: Tensor) -> Tensor:
        """target: (B, T) ids read so far; memory: (B, S, D) of source (B, S). Returns scores (B, T, V)."""
        hidden = {"tgt_key_padding_mask": target.eq(PAD), "memory_key_padding_mask": source.eq(PAD)}
        ahead = causal_mask(target.size(1), device=target.device)
        return F.linear(self.decoder(self.embed(target), memory, ahead, **hidden), self.embedding.weight)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """source: (B, S) ids; target: (B, T) ids that the decoder reads. Returns scores (B, T, V)."""
        memory = self.encode(source)
        return self.decode(target, memory, source)
