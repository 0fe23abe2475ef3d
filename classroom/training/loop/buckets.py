"""A whole corpus on the device, and batches of sentences of like length cut from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from classroom.corpus import Pair, Vocabulary, padded


@dataclass(frozen=True)
class Cut:
    """One batch of an epoch: rows start to end of the epoch's order; its width in source and target; its words."""

    start: int
    end: int
    source_width: int
    target_width: int
    words: int


class Buckets:
    """Pairs as two tensors on the device, made once: a batch is then a cut of them, without a copy from the CPU.

    source: int64 (N, S), each row the tokens, eos, padding; target: int64 (N, T), bos, the tokens, eos, padding.
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        vocabulary: Vocabulary,
        device: torch.device | str,
        longest: int | None = None,
    ) -> None:
        """longest: pairs with more tokens on either side are left out. Raises ValueError where none remain."""
        kept = [p for p in pairs if longest is None or max(len(p.source), len(p.target)) <= longest]
        if not kept:
            raise ValueError("There is no pair to train on: the corpus is empty, or every pair is too long.")
        sources = [[*vocabulary.encode(pair.source), vocabulary.eos] for pair in kept]
        targets = [[vocabulary.bos, *vocabulary.encode(pair.target), vocabulary.eos] for pair in kept]
        self.source, self.target = padded(sources).to(device), padded(targets).to(device)
        self.source_lengths = np.array([len(row) for row in sources])
        self.target_lengths = np.array([len(row) for row in targets])

    def __len__(self) -> int:
        return len(self.source_lengths)

    def epoch(self, cells: int, seed: int, number: int) -> tuple[Tensor, list[Cut]]:
        """The order of the pairs in epoch `number`, (N,) on the device, and its batches in the order of training.

        A batch holds at most `cells` cells, sentences times its longest side. The same arguments give the same
        batches. Raises ValueError where a pair alone is larger than a batch.
        """
        size = np.maximum(self.source_lengths, self.target_lengths)
        if size.max() > cells:
            raise ValueError(
                f"The longest sentence fills {size.max()} cells, and a batch may hold {cells}: allow more."
            )
        draw = np.random.default_rng((seed, number))
        order = np.lexsort((draw.random(len(size)), self.target_lengths, size))
        cuts = [self._cut(order, start, end) for start, end in _spans(size[order], cells)]
        draw.shuffle(cuts)
        return torch.from_numpy(order).to(self.source.device), cuts

    def batch(self, order: Tensor, cut: Cut) -> tuple[Tensor, Tensor]:
        """The batch's source (B, S) and target (B, T)."""
        rows = order[cut.start : cut.end]
        return self.source[rows, : cut.source_width], self.target[rows, : cut.target_width]

    def _cut(self, order: np.ndarray, start: int, end: int) -> Cut:
        source, target = self.source_lengths[order[start:end]], self.target_lengths[order[start:end]]
        return Cut(start, end, int(source.max()), int(target.max()), int((target - 1).sum()))


def _spans(size: np.ndarray, cells: int) -> Iterator[tuple[int, int]]:
    """Where to cut ascending sizes: each span as long as rows times its last size allow."""
    start = 0
    while start < len(size):
        ahead = size[start : start + cells]  # a sentence fills one cell at least
        filled = np.arange(1, len(ahead) + 1) * ahead
        end = start + int(np.searchsorted(filled, cells, side="right"))
        yield start, end
        start = end
