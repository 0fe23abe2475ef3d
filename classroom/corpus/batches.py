"""From sentences to tensors: a vocabulary, padding, and batches of sentences of like length."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from classroom.corpus.korean_english import Pair

PAD, BOS, EOS, UNK = 0, 1, 2, 3
SPECIAL = ("<pad>", "<bos>", "<eos>", "<unk>")


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of one language; a token's id is its place in `tokens`.

    The first four are special: pad=0 fills up a batch, bos=1 begins a target, eos=2 ends a sentence, unk=3 stands for
    every token that the vocabulary does not hold.
    """

    tokens: tuple[str, ...]
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    pad, bos, eos, unk = PAD, BOS, EOS, UNK

    def __post_init__(self) -> None:
        if self.tokens[: len(SPECIAL)] != SPECIAL or len(set(self.tokens)) < len(self.tokens):
            raise ValueError(f"A vocabulary begins with {', '.join(SPECIAL)} and holds no token twice.")
        object.__setattr__(self, "ids", {token: i for i, token in enumerate(self.tokens)})

    @classmethod
    def build(cls, sentences: Iterable[Sequence[str]]) -> Vocabulary:
        """The vocabulary of these sentences (each a sequence of tokens), the most frequent token first."""
        counts: Counter[str] = Counter()
        for sentence in sentences:
            if isinstance(sentence, str):
                raise ValueError(
                    f"A sentence is a sequence of tokens, such as pair.source; it was the text {sentence!r}."
                )
            counts.update(sentence)
        found = sorted(counts.keys() - set(SPECIAL), key=lambda token: (-counts[token], token))
        return cls((*SPECIAL, *found))

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """The ids of the tokens, without bos and eos."""
        if isinstance(tokens, str):
            raise ValueError(
                f"encode takes a sequence of tokens, such as pair.source; it was given the text {tokens!r}."
            )
        return [self.ids.get(token, UNK) for token in tokens]

    def decode(self, ids: Sequence[int] | Tensor) -> list[str]:
        """The tokens of the ids up to the first eos; pad and bos are left out."""
        found: list[str] = []
        for i in ids.tolist() if isinstance(ids, Tensor) else ids:
            if not 0 <= i < len(self.tokens):
                raise ValueError(f"{i} is not an id of this vocabulary: they go from 0 to {len(self.tokens) - 1}.")
            if i == EOS:
                break
            if i not in (PAD, BOS):
                found.append(self.tokens[i])
        return found


@dataclass(frozen=True)
class Batch:
    """Sentences of like length.

    source: int64 (B, S), each row the morphemes, eos, then pad. target: int64 (B, T), each row bos, the words, eos,
    then pad: a decoder reads target[:, :-1] and predicts target[:, 1:]. index: where each row's pair stands in the list
    that the batches were made of, so that pairs[batch.index[row]].links are its gold links.
    """

    source: Tensor
    target: Tensor
    index: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.index)


def padded(sentences: list[list[int]], pad: int = PAD) -> Tensor:
    """Sentences as one int64 tensor (B, longest), filled up with `pad` on the right; of none, (0, 0)."""
    longest = max(map(len, sentences), default=0)
    rows = [sentence + [pad] * (longest - len(sentence)) for sentence in sentences]
    return torch.tensor(rows, dtype=torch.int64).reshape(len(rows), longest)


def batches(
    pairs: Sequence[Pair], source_vocabulary: Vocabulary, target_vocabulary: Vocabulary, cells: int, seed: int
) -> list[Batch]:
    """All pairs in batches, in random order.

    Pairs of like length go together, so that little of a batch is padding. cells: the most that a batch may hold, in
    cells of its larger tensor, B * max(S, T). Another seed makes other batches: use a new one each epoch. Raises
    ValueError where a pair alone is larger than a batch.
    """
    if isinstance(cells, bool) or not isinstance(cells, int) or cells < 1:
        raise ValueError(f"cells is how many cells a batch may hold, a whole number from 1; it was {cells!r}.")
    rows = [
        ([*source_vocabulary.encode(pair.source), EOS], [BOS, *target_vocabulary.encode(pair.target), EOS])
        for pair in pairs
    ]
    draw = random.Random(seed).random  # of random, what Python promises never to change
    size = [max(len(source), len(target)) for source, target in rows]
    if size and max(size) > cells:
        raise ValueError(
            f"The longest sentence fills {max(size)} cells, and a batch may hold {cells}: allow more cells."
        )
    ties = [draw() for _ in rows]
    groups: list[list[int]] = []
    for i in sorted(range(len(rows)), key=lambda i: (size[i], ties[i])):  # ascending: the last one is the longest
        if not groups or (len(groups[-1]) + 1) * size[i] > cells:
            groups.append([])
        groups[-1].append(i)
    order = sorted(range(len(groups)), key=[draw() for _ in groups].__getitem__)
    return [
        Batch(padded([rows[i][0] for i in group]), padded([rows[i][1] for i in group]), tuple(group))
        for group in (groups[k] for k in order)
    ]
