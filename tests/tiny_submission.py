"""The file of a tiny translator with random weights, changed in any way that a stranger might."""

from __future__ import annotations

import functools
import json
import struct
from typing import Any

import torch
from safetensors.torch import save

from classroom.corpus import Vocabulary, korean_english, vocabulary_hash
from classroom.submission.card import Card

NAME = "translator.safetensors"
SIZES = {"d_model": 16, "num_heads": 2, "d_ff": 32, "num_layers": 1, "norm_first": True}


@functools.cache
def tiny_card() -> Card:
    pairs = korean_english(300)
    words = Vocabulary.build([p.source for p in pairs] + [p.target for p in pairs])
    return Card("korean_english", "1.0", SIZES, words, {"updates": 0})


@functools.cache
def tiny_weights() -> dict[str, torch.Tensor]:
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        return {name: weight.detach().half() for name, weight in tiny_card().build().named_parameters()}


def tiny_model(weights: dict[str, Any] | None = None, **card: Any) -> bytes:
    """A file as `submit_model` writes it. weights: over its own, None = without it; card: fields over its card's."""
    kept = {name: weight for name, weight in (tiny_weights() | (weights or {})).items() if weight is not None}
    said = {**json.loads(tiny_card().text()), **card}
    if "tokens" in card and "vocabulary" not in card:
        said["vocabulary"] = vocabulary_hash(Vocabulary(tuple(card["tokens"])))
    return save(kept, {"card": json.dumps(said)})


def with_header(change: Any) -> bytes:
    """The tiny file with its header, a dict, changed by `change`; the numbers stay."""
    content = tiny_model()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content[8 + length :]
