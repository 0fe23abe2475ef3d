"""A corpus as a translator is trained on it: pairs of tokens, one vocabulary, and the way back to text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from classroom.corpus.batches import SPECIAL, Vocabulary
from classroom.corpus.downloads import multi30k
from classroom.corpus.korean_english import Pair, korean_english, readable
from classroom.corpus.subwords import Subwords

TRAIN = 60_000  # pairs of the embedded corpus, where no other number is asked for
VALID = 500
TEST = 1_000
PIECES = 6_000
NAMES = ("korean_english", "multi30k")


@dataclass(frozen=True)
class TranslationCorpus:
    """Sentence pairs of two languages, in tokens.

    train, valid, and tests by their names ("iid", "comb" and "long", or "test"). vocabulary: one for source and
    target, as a Transformer with one embedding needs it. text: tokens of either language -> a line of text.
    languages: of source and target. The links of a pair, its gold alignment, are known for the embedded corpus only.
    """

    name: str
    train: list[Pair]
    valid: list[Pair]
    tests: dict[str, list[Pair]]
    vocabulary: Vocabulary
    languages: tuple[str, str]
    text: Callable[[Sequence[str]], str]

    def references(self, split: str) -> list[str]:
        """The right translations of "valid" or of a test, as lines of text. Raises ValueError for another split."""
        pairs = {"valid": self.valid, **self.tests}.get(split)
        if pairs is None:
            raise ValueError(f"{self.name} has no test {split!r}; it has {', '.join(['valid', *self.tests])}.")
        return [self.text(pair.target) for pair in pairs]

    def gloss(self, pair: Pair) -> str:
        """The source, piece by piece, each with the words of the target that came from it, no word twice; "" where
        nobody knows."""
        words = [dict.fromkeys(pair.target[t] for s, t in pair.links if s == n) for n in range(len(pair.source))]
        pieces = [
            f"{self.text([piece])} ({' '.join(said)})" if said else self.text([piece])
            for piece, said in zip(pair.source, words, strict=True)
        ]
        return " · ".join(pieces) if pair.links else ""


def load_corpus(
    name: str, *, train: int | None = None, folder: Path | str | None = None, download: bool = True
) -> TranslationCorpus:
    """The corpus "korean_english", which the course generates, or "multi30k" (German to English), a download.

    train: how many training pairs (default: 60,000 generated ones, all 29,000 of Multi30k). folder, download: as for
    `multi30k`. Raises ValueError for a name or number that there is not, NotFetched where Multi30k is not to be had.
    """
    if name not in NAMES:
        raise ValueError(f"There is no corpus {name!r}; there are {' and '.join(NAMES)}.")
    if train is not None and (isinstance(train, bool) or not isinstance(train, int) or train < 1):
        raise ValueError(f"train is how many pairs to train on, a whole number from 1; it was {train!r}.")
    return (
        _korean_english(TRAIN if train is None else train) if name == NAMES[0] else _multi30k(train, folder, download)
    )


def vocabulary_hash(vocabulary: Vocabulary) -> str:
    """The sha256 of the tokens in their order: two vocabularies give tokens the same ids where their hashes are one."""
    return hashlib.sha256("\n".join(vocabulary.tokens).encode()).hexdigest()


def _korean_english(count: int) -> TranslationCorpus:
    train, new = korean_english(count), korean_english(TEST + VALID, "iid")
    return TranslationCorpus(
        name="korean_english",
        train=train,
        valid=new[TEST:],
        tests={"iid": new[:TEST], "comb": korean_english(TEST, "comb"), "long": korean_english(TEST, "long")},
        vocabulary=Vocabulary.build(tokens for pair in train for tokens in (pair.source, pair.target)),
        languages=("Korean", "English"),
        text=readable,
    )


def _multi30k(count: int | None, folder: Path | str | None, download: bool) -> TranslationCorpus:
    lines = {split: multi30k(split, folder, download) for split in ("train", "valid", "test")}
    subwords = Subwords.train((line for pair in lines["train"] for line in pair), PIECES)

    def pairs(split: str) -> list[Pair]:
        return [Pair(tuple(subwords.split(de)), tuple(subwords.split(en)), ()) for de, en in lines[split]]

    return TranslationCorpus(
        name="multi30k",
        train=pairs("train")[:count],
        valid=pairs("valid"),
        tests={"test": pairs("test")},
        vocabulary=Vocabulary((*SPECIAL, *subwords.tokens)),
        languages=("German", "English"),
        text=subwords.join,
    )
