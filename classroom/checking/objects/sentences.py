"""Sentences of token ids, many and random but always the same, for lesson 07: what `mask_tokens` hides is counted."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

BOS, EOS = 1, 2


def _sentences(rows: int, length: int, first_word: int, mask: int) -> Tensor:
    """int64 (rows, length): bos, words (first_word to mask - 1), eos, then padding (0) in every second row, where it
    fills the last quarter. One word in 50 is the last special token (first_word - 1: with 4 the unknown word)."""
    place = torch.arange(rows * length).reshape(rows, length)
    words = first_word + (place * 7919 + place // 13) % (mask - first_word)  # 7919 is a prime: no word is rare
    tokens = torch.where(place % 50 == 17, first_word - 1, words)
    tokens[:, 0] = BOS
    tokens[:, -1] = EOS
    short = 3 * length // 4
    tokens[1::2, short - 1] = EOS
    tokens[1::2, short:] = 0
    return tokens


SENTENCES: dict[str, Callable[..., Tensor]] = {"sentences": _sentences}
