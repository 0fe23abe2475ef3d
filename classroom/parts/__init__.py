"""Finished parts of earlier lessons, built on torch's own layers: a lesson never depends on an earlier mistake.

Each takes and returns what the lesson's own exercise says, and its weights have the same names.
"""

from classroom.parts.finished import (
    Decoder,
    DecoderLayer,
    Encoder,
    EncoderLayer,
    LayerNorm,
    MultiHeadAttention,
    PositionalEncoding,
    PositionwiseFeedForward,
    Transformer,
    attention,
    causal_mask,
    padding_mask,
)
from classroom.parts.torch_names import torch_names
from classroom.parts.use import use
from classroom.parts.watch import watch

__all__ = [
    "Decoder",
    "DecoderLayer",
    "Encoder",
    "EncoderLayer",
    "LayerNorm",
    "MultiHeadAttention",
    "PositionalEncoding",
    "PositionwiseFeedForward",
    "Transformer",
    "attention",
    "causal_mask",
    "padding_mask",
    "torch_names",
    "use",
    "watch",
]
