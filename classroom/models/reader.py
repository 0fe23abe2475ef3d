"""A trained model that reads English sentences of the course's corpus and shows what its heads look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import BoolTensor, Tensor

from classroom.corpus import Vocabulary, korean_english, padded
from classroom.models.masked_words import MaskedWords

AT_ONCE = 32  # sentences; each goes through the model once for each of its words


@dataclass(frozen=True)
class Reading:
    """What a model made of one input. words: T of them, <bos> and <eos> among them; weights: (layers, heads, T, T);
    second: where a second sentence begins, or None."""

    words: list[str]
    weights: Tensor
    second: int | None


@dataclass(frozen=True)
class Reader:
    """A model that guesses hidden words, its vocabulary, and the card of its file."""

    model: MaskedWords
    vocabulary: Vocabulary
    card: dict[str, Any] = field(repr=False)

    def read(self, sentence: str, second: str | None = None) -> Reading:
        """Read one sentence, or two side by side, as the model saw them in training."""
        first = ["<bos>", *self._words(sentence), "<eos>"]
        words = first if second is None else [*first, *self._words(second), "<eos>"]
        _, weights = self._run(torch.tensor([self.vocabulary.encode(words)]))
        return Reading(words, weights[0], None if second is None else len(first))

    def read_many(self, sentences: Sequence[str]) -> tuple[list[list[str]], Tensor]:
        """Read sentences one by one. Returns the words of each, <bos> and <eos> among them, and the weights
        (N, layers, heads, T, T); beyond a sentence's end they are those of padding."""
        rows = [["<bos>", *self._words(sentence), "<eos>"] for sentence in sentences]
        _, weights = self._run(padded([self.vocabulary.encode(row) for row in rows]))
        return rows, weights

    def guess(self, sentence: str, most: int = 3) -> dict[str, float]:
        """The likeliest words in the place of the one "<mask>" of a sentence, each with its probability."""
        words = ["<bos>", *self._words(sentence), "<eos>"]
        if words.count("<mask>") != 1:
            raise ValueError('guess takes a sentence with one "<mask>" in it: "the <mask> sat on the mat".')
        scores, _ = self._run(torch.tensor([self.vocabulary.encode(words)]))
        likely = torch.softmax(scores[0, words.index("<mask>")], -1).topk(most)
        return {
            self.vocabulary.tokens[i]: p for p, i in zip(likely.values.tolist(), likely.indices.tolist(), strict=True)
        }

    def loss(self, sentences: Sequence[str]) -> float:
        """How badly hidden words are guessed: each word of each sentence hidden in turn, the mean of -ln p, in nats."""
        rows: dict[int, list[Tensor]] = {}  # by their length: those of one length go through the model together
        for sentence in sentences:
            row = torch.tensor(self.vocabulary.encode(["<bos>", *self._words(sentence), "<eos>"]))
            rows.setdefault(len(row), []).append(row)
        lost, count = 0.0, 0
        for length, alike in rows.items():
            for some in torch.stack(alike).split(AT_ONCE):
                places = torch.arange(1, length - 1).repeat(len(some))
                wanted = some.repeat_interleave(length - 2, 0)
                here = torch.arange(len(wanted)), places
                given = wanted.index_put(here, torch.tensor(self.vocabulary.ids["<mask>"]))
                scores = self._run(given)[0][here]
                lost += F.cross_entropy(scores, wanted[here], reduction="sum").item()
                count += len(wanted)
        return lost / count

    def output_weight(self, layer: int) -> Tensor:
        """A copy of the matrix W_o of a layer's attention, as nn.Linear keeps it: (D, D)."""
        return self.model.layers[layer].attention.out_proj.weight.detach().clone()

    @contextmanager
    def with_output_weight(self, layer: int, W_o: Tensor) -> Iterator[Reader]:
        """Inside the `with`, the model has W_o in the place of this layer's own."""
        weight = self.model.layers[layer].attention.out_proj.weight
        kept = weight.detach().clone()
        if W_o.shape != kept.shape:
            raise ValueError(f"W_o of layer {layer} has the shape {tuple(kept.shape)}, not {tuple(W_o.shape)}.")
        try:
            with torch.no_grad():
                weight.copy_(W_o)
            yield self
        finally:
            with torch.no_grad():
                weight.copy_(kept)

    def _run(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            return self.model(tokens)

    def _words(self, sentence: str) -> list[str]:
        words = sentence.split()
        unknown = [word for word in words if word not in self.vocabulary.ids]
        if unknown or not words:
            what = f"the model has never seen the word {unknown[0]!r}" if unknown else "the sentence is empty"
            raise ValueError(f"In {sentence!r}: {what}. It knows {len(self.vocabulary) - 5} words, all lower case.")
        return words


def new_sentences(count: int) -> list[str]:
    """English sentences of the corpus that no model was trained on, nine words or so each."""
    return [" ".join(pair.target) for pair in korean_english(count, "iid", seed=1, longest=16)]


def marks(pattern: Callable[[Sequence[str]], BoolTensor], rows: Sequence[Sequence[str]]) -> BoolTensor:
    """A pattern over many sentences: bool (N, T, T), T the longest; nothing is marked beyond a sentence's end."""
    longest = max(map(len, rows))
    found = torch.zeros(len(rows), longest, longest, dtype=torch.bool)
    for number, words in enumerate(rows):
        found[number, : len(words), : len(words)] = pattern(words)
    return found
