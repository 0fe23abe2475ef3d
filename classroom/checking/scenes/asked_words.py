"""A model that is asked for its next word again and again, for lesson 09: a student's `next_words_of` is tested so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from classroom.checking.models.copiers import COPIERS


def _asked_words(
    next_words_of: Callable[..., Any], vocabulary: int, source: Tensor, beginnings: list[list[int]]
) -> tuple[Any, ...]:
    """Hand a model in train mode over, and ask what comes back for the word behind each of the beginnings.

    source: (S,) ids. Returns an answer for each beginning, as it came, and whether the last one hangs in a graph.
    """
    model = COPIERS["adder"](vocabulary).to(torch.float64).train()
    with torch.enable_grad():
        ask = next_words_of(model, source)
        answers = tuple(ask(list(words)) for words in beginnings)
    hangs = any(isinstance(answer, Tensor) and answer.requires_grad for answer in answers)
    return *(answer.detach() if isinstance(answer, Tensor) else answer for answer in answers), hangs


ASKED_WORDS: dict[str, Callable[..., tuple[Any, ...]]] = {"asked words": _asked_words}
