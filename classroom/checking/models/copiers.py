"""Small models that write word by word, for lesson 08: a student's greedy decoding is tested on them.

They are used as the lesson's Transformer is: `encode(source)`, then `decode(target, memory, source)`. What they write
is known beforehand: a copy of the source, or, of the kind "adder", the source with something added to each word.
They stop what no greedy decoding should do: encoding the same source twice, and going on when all is written.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


class Copier(nn.Module):
    """Writes its source, whose sentences end in eos. Words are 3 to V - 1.

    add: each word is moved on by the sum of what was written before it, so that it hangs on all of it.
    In train mode every second word comes out wrong, as dropout would have it by chance. So does every word if the
    first one it reads is not bos.
    """

    def __init__(self, vocabulary: int, add: bool, bos: int = 1, eos: int = 2) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.vocabulary, self.add, self.bos, self.eos = vocabulary, add, bos, eos
        self.read: list[Tensor] = []

    def encode(self, source: Tensor) -> Tensor:
        """source: (B, S). Returns (B, S, V). Raises RuntimeError where it has read that source before."""
        if any(torch.equal(source, before) for before in self.read):
            raise RuntimeError("encode was called again for the same source, though its memory does not change")
        self.read.append(source.clone())
        return nn.functional.one_hot(source, self.vocabulary) + 0 * self.weight  # hangs in a graph, as a real one's

    def decode(self, target: Tensor, memory: Tensor, source: Tensor) -> Tensor:
        """target: (B, T); memory: (B, S, V); source: (B, S). Returns scores (B, T, V). Raises ValueError where these
        are not what is handed over, and RuntimeError where every sentence is written already."""
        if target.is_floating_point() or target.dim() != 2 or memory.dim() != 3 or memory.shape[:2] != source.shape:
            shapes = ", ".join(str(tuple(x.shape)) for x in (target, memory, source))
            raise ValueError(f"decode takes target (B, T), memory (B, S, V) and source (B, S); it was handed {shapes}")
        if (target[:, 1:] == self.eos).any(dim=1).all():
            raise RuntimeError("decode was called again, though every sentence of the batch has its eos")
        best = torch.stack([self._word(target[:, :t], memory.argmax(-1)) for t in range(1, target.size(1) + 1)], dim=1)
        return 0 * self.weight - (torch.arange(self.vocabulary) - best[..., None]).abs().to(memory.dtype)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        return self.decode(target, self.encode(source), source)

    def _word(self, written: Tensor, words: Tensor) -> Tensor:
        """The word behind `written`, for each sentence (B,)."""
        place = written.size(1) - 1
        word = words[:, place] if place < words.size(1) else torch.zeros_like(words[:, 0])
        moved = word + (written[:, 0] - self.bos) + (place % 2 if self.training else 0)
        moved = moved + (written[:, 1:].sum(dim=1) if self.add else 0)
        moved = 3 + (moved - 3) % (self.vocabulary - 3)
        go_on = 3 + place % (self.vocabulary - 3)  # who asks on after the end is told words, not padding
        return torch.where(word == self.eos, word, torch.where(word == 0, go_on, moved))


COPIERS: dict[str, Callable[..., Copier]] = {
    "copier": lambda vocabulary, bos=1, eos=2: Copier(vocabulary, False, bos, eos),
    "adder": lambda vocabulary, bos=1, eos=2: Copier(vocabulary, True, bos, eos),
}
