"""The recurrent translator of lesson 02: an encoder and a decoder made of GRUs, with attention or without."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

# attention(query (B, T, H), states (B, S, H), mask (B, S)) -> context (B, T, H), weights (B, T, S)
Attention = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


class Reading(NamedTuple):
    """What the decoder goes on with: the encoder's states (B, S, H), where its words are real (B, S), and the
    decoder's own state (B, H), which is the encoder's last one at first."""

    states: Tensor
    mask: Tensor
    state: Tensor


class GRUTranslator(nn.Module):
    """Source words to scores for target words (Cho et al., 2014). Token 0 is padding, which changes nothing.

    source_size, target_size: how many words the vocabularies hold. width: of word vectors and states. attention: how
    the decoder looks at the encoder's states (Luong et al., 2015), or None: then it knows the last one only.
    """

    def __init__(self, source_size: int, target_size: int, width: int = 96, attention: Attention | None = None) -> None:
        super().__init__()
        self.source_vectors = nn.Embedding(source_size, width)
        self.target_vectors = nn.Embedding(target_size, width)
        self.encoder = nn.GRU(width, width, batch_first=True)
        self.decoder = nn.GRU(width, width, batch_first=True)
        self.attention = attention
        if attention is not None:
            self.join = nn.Linear(2 * width, width)
        self.scores = nn.Linear(width, target_size)
        for vectors in (self.source_vectors, self.target_vectors):
            nn.init.normal_(vectors.weight, std=0.2)  # torch's own 1.0 makes training start slowly

    def start(self, source: Tensor) -> Reading:
        """Read the source sentences, int64 (B, S). What comes back is what the first `step` takes."""
        mask = source != 0
        states, _ = self.encoder(self.source_vectors(source))
        last = mask.sum(dim=1).clamp(min=1) - 1
        return Reading(states, mask, states[torch.arange(len(source), device=source.device), last])

    def forward(self, source: Tensor, read: Tensor) -> Tensor:
        """Scores (B, T, V) for each next word, where the decoder reads `read` (B, T): teacher forcing."""
        reading = self.start(source)
        own, _ = self.decoder(self.target_vectors(read), reading.state[None])
        return self._scores(own, reading)

    def step(self, words: Tensor, reading: Reading) -> tuple[Tensor, Reading]:
        """One step of writing: `words` (B,) are read; scores (B, V) for the next ones, and what the next step takes."""
        own, state = self.decoder(self.target_vectors(words)[:, None], reading.state[None])
        return self._scores(own, reading)[:, 0], reading._replace(state=state[0])

    def weights(self, source: Tensor, read: Tensor) -> Tensor:
        """How much each step looks at each source word, (B, T, S): row t belongs to the step that reads read[:, t].

        Raises ValueError for a translator without attention."""
        if self.attention is None:
            raise ValueError("This translator has no attention, so it has no weights to show.")
        reading = self.start(source)
        own, _ = self.decoder(self.target_vectors(read), reading.state[None])
        return self.attention(own, reading.states, reading.mask)[1]

    def _scores(self, own: Tensor, reading: Reading) -> Tensor:
        if self.attention is not None:
            seen, _ = self.attention(own, reading.states, reading.mask)
            own = torch.tanh(self.join(torch.cat([seen, own], dim=-1)))
        return self.scores(own)
