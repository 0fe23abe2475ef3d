"""The finished parts, by name."""

from __future__ import annotations

from typing import Any

from classroom.parts.layers.attention import attention
from classroom.parts.layers.feed_forward import PositionwiseFeedForward
from classroom.parts.layers.multi_head import MultiHeadAttention
from classroom.parts.layers.norm import LayerNorm
from classroom.parts.layers.positions import PositionalEncoding
from classroom.parts.stacks.decoder import Decoder, DecoderLayer
from classroom.parts.stacks.encoder import Encoder, EncoderLayer
from classroom.parts.stacks.masks import causal_mask, padding_mask
from classroom.parts.stacks.transformer import Transformer

_PARTS = (
    PositionalEncoding,
    attention,
    padding_mask,
    MultiHeadAttention,
    LayerNorm,
    PositionwiseFeedForward,
    EncoderLayer,
    Encoder,
    causal_mask,
    DecoderLayer,
    Decoder,
    Transformer,
)
FINISHED: dict[str, Any] = {part.__name__: part for part in _PARTS}  # in the order of the lessons
