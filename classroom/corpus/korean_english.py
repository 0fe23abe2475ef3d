"""Pairs of a Korean sentence and its English translation, with gold alignment, drawn from a grammar."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from classroom.corpus.drawing.clauses import draw_frame
from classroom.corpus.drawing.dice import Dice, NothingFits
from classroom.corpus.grammar.english import english
from classroom.corpus.grammar.frames import Frame, Word, combinations
from classroom.corpus.grammar.korean import korean
from classroom.corpus.words.company import Company
from classroom.corpus.words.predicates import ADJECTIVES, VERBS

VERSION = "1.0"
SHA256 = "9111bcae868a48e2a3ffbbc9c2eb6a5d1adb898fb96669c081f375a0eb387c5f"  # of the first 1,000 pairs of train, seed 0

SPLITS = ("train", "iid", "comb", "long")
LONGEST = 30  # morphemes in a Korean sentence of train, iid or comb; every one of long has more
EIGHTH = 8  # one combination in so many is held out of training, and one sentence in so many
FRUITLESS = 10_000  # draws without a new sentence before it is said that there are no more


@dataclass(frozen=True)
class Pair:
    """A Korean sentence and its translation.

    source: Korean morphemes; one that begins with "##" has no space before it. target: English words, lower case;
    "##'s" too has no space before it. links: the gold alignment, sorted (source position, target position) pairs; a
    morpheme may have none (particles of subject and object, endings of style), one or several.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    links: tuple[tuple[int, int], ...]


def korean_english(count: int, split: str = "train", seed: int = 0, longest: int | None = None) -> list[Pair]:
    """`count` different pairs of a split; the same ones for the same arguments, on every machine.

    split: "train"; "iid", new sentences made of combinations (verb + object, adjective + noun) that training has;
    "comb", sentences with a combination that training never has; "long", three or four clauses and more than
    LONGEST morphemes, where training has at most two clauses. longest: at most that many Korean morphemes.
    The first pairs of a longer list are those of a shorter one. Raises ValueError where there are no such pairs.
    """
    if split not in SPLITS:
        raise ValueError(f"There is no split {split!r}; the splits are {', '.join(SPLITS)}.")
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError(f"count is how many pairs are wanted, a whole number from 0; it was {count!r}.")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed must be a whole number from 0; it was {seed!r}.")
    if longest is not None and (isinstance(longest, bool) or not isinstance(longest, int) or longest < 1):
        raise ValueError(f"longest is a number of Korean morphemes, from 1; it was {longest!r}.")
    if split == "long" and longest is not None and longest <= LONGEST:
        raise ValueError(
            f"Every sentence of the split 'long' has more than {LONGEST} morphemes; longest was {longest}."
        )
    pairs: list[Pair] = []
    seen: set[tuple[str, ...]] = set()
    fruitless = 0
    for frame in frames(split, seed):
        if len(pairs) == count:
            return pairs
        pair = _within(frame, split, longest)
        if pair is None or pair.source in seen:
            fruitless += 1
            if fruitless == FRUITLESS:
                limit = "" if longest is None else f" of at most {longest} morphemes"
                raise ValueError(f"Only {len(pairs)} different {split!r} pairs{limit} were found; {count} were wanted.")
            continue
        fruitless = 0
        seen.add(pair.source)
        pairs.append(pair)
    return pairs


def fingerprint(pairs: Sequence[Pair]) -> str:
    """The sha256 of the pairs, links and all: two lists of pairs are the same where their fingerprints are."""
    lines = (f"{' '.join(p.source)}\t{' '.join(p.target)}\t{' '.join(f'{i}-{j}' for i, j in p.links)}\n" for p in pairs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def readable(tokens: Sequence[str]) -> str:
    """The tokens as a line of text: ("고양이", "##가", "왔", "##다") -> "고양이가 왔다"."""
    return " ".join(tokens).replace(" ##", "").removeprefix("##")


def realised(frame: Frame) -> Pair:
    """The frame in both languages. A morpheme and a word are linked where they come from the same slot."""
    return _linked(korean(frame), english(frame))


def _linked(source: list[Word], target: list[Word]) -> Pair:
    positions: dict[str, list[int]] = {}
    for j, (_, slots) in enumerate(target):
        for slot in slots:
            positions.setdefault(slot, []).append(j)
    links = {(i, j) for i, (_, slots) in enumerate(source) for slot in slots for j in positions.get(slot, ())}
    return Pair(tuple(w for w, _ in source), tuple(w for w, _ in target), tuple(sorted(links)))


def held_out(combination: str) -> bool:
    """Whether training never has this combination: "verb|eat|apple", "adjective|red|apple"."""
    return zlib.crc32(combination.encode()) % EIGHTH == 0 and combination.split("|")[1] not in _narrow()


def is_new(target: Sequence[str]) -> bool:
    """Whether an English sentence, and with it every Korean one that it translates, is kept out of training."""
    return zlib.crc32(" ".join(target).encode()) % EIGHTH == 0


def _within(frame: Frame, split: str, longest: int | None) -> Pair | None:
    """The frame's pair, if it is one of the split."""
    if split == "comb" and not any(map(held_out, combinations(frame))):
        return None
    target = english(frame)
    if split in ("train", "iid") and is_new([word for word, _ in target]) != (split == "iid"):
        return None
    pair = _linked(korean(frame), target)
    size = len(pair.source)
    if (size > LONGEST) != (split == "long") or (longest is not None and size > longest):
        return None
    return pair


def frames(split: str, seed: int) -> Iterator[Frame]:
    """Frames without end: of train and iid without held-out combinations."""
    dice = Dice(seed * len(SPLITS) + SPLITS.index(split))  # one stream of chances for each split and seed
    company = _company(split in ("train", "iid"))
    while True:
        clauses = 3 + dice.below(2) if split == "long" else 1 + dice.chance(0.3)
        with suppress(NothingFits):
            yield draw_frame(dice, company, clauses)


@cache
def _company(trained: bool) -> Company:
    return Company((lambda combination: not held_out(combination)) if trained else (lambda combination: True))


@cache
def _narrow() -> frozenset[str]:
    """The verbs and adjectives with few partners, of which none is held out: each needs to be learned from some."""
    few = {verb.english[0] for verb in VERBS if len(verb.objects) < EIGHTH}
    return frozenset(few | {adjective.english for adjective in ADJECTIVES if len(adjective.nouns) < EIGHTH})
