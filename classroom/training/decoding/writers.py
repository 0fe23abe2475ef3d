"""Three ways of asking a model for its next word, behind one face: with a cache, with a state, and from the start."""

from __future__ import annotations

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from classroom import parts

PAD = 0


class Writer(Protocol):
    """A model in the middle of writing. Every row is a sentence that is being written."""

    def step(self, words: Tensor) -> Tensor:
        """Read one more word in each row, int64 (B,). Returns the scores (B, V) of the words that may follow."""

    def choose(self, rows: Tensor) -> None:
        """Go on with these rows, int64: an old row may be left out, or taken twice."""


class CachedWriter:
    """A finished Transformer that reads each target word once: the keys and values of what was read are kept.

    It goes through the parts by the names that the course gives them. Row b of what is kept belongs to sentence b.
    """

    def __init__(self, model: parts.Transformer, source: Tensor, copies: int, longest: int) -> None:
        """source: int64 (B, S); copies: how many rows write a translation of each; longest: words that a row may
        read."""
        self.model, self.layers, self.read = model, model.decoder.layers, 0
        encoded = model.encode(source).repeat_interleave(copies, dim=0)
        self.visible = source.ne(PAD).repeat_interleave(copies, dim=0)[:, None, None, :]
        self.cross = [
            (_heads(layer.cross_attention.W_k(encoded), layer), _heads(layer.cross_attention.W_v(encoded), layer))
            for layer in self.layers
        ]
        room = (len(encoded), self._num_heads, longest, encoded.size(-1) // self._num_heads)
        self.own = [(encoded.new_zeros(room), encoded.new_zeros(room)) for _ in self.layers]

    @property
    def _num_heads(self) -> int:
        return self.layers[0].self_attention.num_heads

    def step(self, words: Tensor) -> Tensor:
        model, width = self.model, self.model.embedding.embedding_dim
        y = model.embedding(words)[:, None] * width**0.5 + model.positions.table[self.read]
        for layer, own, cross in zip(self.layers, self.own, self.cross, strict=True):
            y = self._through(layer, y, own, cross)
        self.read += 1
        if model.decoder.norm is not None:
            y = model.decoder.norm(y)
        return F.linear(y[:, 0], model.embedding.weight)

    def choose(self, rows: Tensor) -> None:
        for kept in self.own:
            for tensor in kept:
                tensor[:, :, : self.read] = tensor[rows, :, : self.read]
        self.cross = [(key[rows], value[rows]) for key, value in self.cross]
        self.visible = self.visible[rows]

    def _through(self, layer: nn.Module, y: Tensor, own: tuple[Tensor, Tensor], cross: tuple[Tensor, Tensor]) -> Tensor:
        """One layer of the decoder: y (B, 1, D) to (B, 1, D)."""

        def to_itself(x: Tensor) -> Tensor:
            attention, here = layer.self_attention, slice(self.read, self.read + 1)
            own[0][:, :, here] = _heads(attention.W_k(x), layer)
            own[1][:, :, here] = _heads(attention.W_v(x), layer)
            return _attended(attention, x, own[0][:, :, : here.stop], own[1][:, :, : here.stop], layer)

        def to_the_source(x: Tensor) -> Tensor:
            return _attended(layer.cross_attention, x, *cross, layer, self.visible)

        for norm, sublayer in (
            (layer.norm_1, to_itself),
            (layer.norm_2, to_the_source),
            (layer.norm_3, layer.feed_forward),
        ):
            y = y + sublayer(norm(y)) if layer.norm_first else norm(y + sublayer(y))
        return y


def _heads(x: Tensor, layer: nn.Module) -> Tensor:
    """(B, N, D) to (B, H, N, D / H)."""
    return x.unflatten(-1, (layer.self_attention.num_heads, -1)).transpose(1, 2)


def _attended(
    attention: nn.Module, x: Tensor, key: Tensor, value: Tensor, layer: nn.Module, visible: Tensor | None = None
) -> Tensor:
    query = _heads(attention.W_q(x), layer)
    mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=visible)
    return attention.W_o(mixed.transpose(1, 2).flatten(2))


class RecurrentWriter:
    """A translator of lesson 02: what it has read is its state."""

    def __init__(self, model: nn.Module, source: Tensor, copies: int) -> None:
        self.model = model
        self.reading = model.start(source.repeat_interleave(copies, dim=0))

    def step(self, words: Tensor) -> Tensor:
        scores, self.reading = self.model.step(words, self.reading)
        return scores

    def choose(self, rows: Tensor) -> None:
        self.reading = type(self.reading)(*(tensor[rows] for tensor in self.reading))


class PlainWriter:
    """Any model with `encode(source)` and `decode(target, memory, source)`: it reads everything again at each step."""

    def __init__(self, model: nn.Module, source: Tensor, copies: int) -> None:
        self.model = model
        self.source = source.repeat_interleave(copies, dim=0)
        self.encoded = model.encode(source).repeat_interleave(copies, dim=0)
        self.words = source.new_zeros((len(self.source), 0))

    def step(self, words: Tensor) -> Tensor:
        self.words = torch.cat([self.words, words[:, None]], dim=1)
        return self.model.decode(self.words, self.encoded, self.source)[:, -1]

    def choose(self, rows: Tensor) -> None:
        self.words, self.source, self.encoded = self.words[rows], self.source[rows], self.encoded[rows]
