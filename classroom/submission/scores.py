"""What is measured of a handed-in translator, on sentences that somebody else chooses."""

from __future__ import annotations

import time
from collections.abc import Sequence

from classroom.corpus import Pair, korean_english, load_corpus, readable, vocabulary_hash
from classroom.models.load import UnfitModel
from classroom.submission.opened import Submitted
from classroom.training import alignments, translate
from classroom.training.scoring import alignment_accuracy, bleu, exact_match

SPLITS = ("iid", "comb")
SENTENCES = 250  # of each split: 500 tell BLEU within 0.4 points
SLICE = 100  # sentences between two looks at the clock
MORE = 5  # words that a translation may be longer than the longest right one


def scores(submitted: Submitted, seed: int, seconds: float | None = None) -> dict[str, float]:
    """The measures that `goals` speaks of, in percent (BLEU: 0 to 100), each to a tenth.

    seed: of the sentences of the embedded corpus. seconds: of this process's CPU, after which it is given up.
    Raises UnfitModel where the model is too slow, or was trained on Multi30k and that is not on this machine.
    """
    until = None if seconds is None else time.process_time() + seconds
    found = _korean_english(submitted, seed, until) if submitted.card.corpus == "korean_english" else None
    found = _multi30k(submitted, until) if found is None else found
    return {name: round(value, 1) for name, value in found.items()}


def _korean_english(submitted: Submitted, seed: int, until: float | None) -> dict[str, float]:
    tests = {split: korean_english(SENTENCES, split, seed) for split in SPLITS}
    written = {split: _translated(submitted, pairs, until) for split, pairs in tests.items()}
    found = {f"exact {split}": 100 * exact_match(written[split], pairs) for split, pairs in tests.items()}
    both = [pair for pairs in tests.values() for pair in pairs]
    texts = [readable(tokens) for split in SPLITS for tokens in written[split]]
    found["bleu"], _ = bleu(texts, [readable(pair.target) for pair in both])
    found["alignment"] = 100 * alignment_accuracy(alignments(submitted.model, both, submitted), both)
    return found


def _multi30k(submitted: Submitted, until: float | None) -> dict[str, float]:
    try:
        corpus = load_corpus("multi30k", download=False)
    except (OSError, ValueError):
        raise UnfitModel(
            "It was trained on Multi30k, which is not on the machine that judges it: the instructor puts it there, and "
            "grades again."
        ) from None
    if vocabulary_hash(corpus.vocabulary) != vocabulary_hash(submitted.vocabulary):
        raise UnfitModel(
            'Its vocabulary is not the one that the course makes of Multi30k: train it on `load_corpus("multi30k")`.'
        )
    written = _translated(submitted, corpus.tests["test"], until)
    points, _ = bleu([corpus.text(tokens) for tokens in written], corpus.references("test"))
    return {"bleu": points}


def _translated(submitted: Submitted, pairs: Sequence[Pair], until: float | None) -> list[list[str]]:
    longest = max(len(pair.target) for pair in pairs) + MORE
    found: list[list[str]] = []
    for start in range(0, len(pairs), SLICE):
        if until is not None and time.process_time() > until:
            raise UnfitModel("It takes longer to translate the test sentences than the grader waits for.")
        sources = [pair.source for pair in pairs[start : start + SLICE]]
        found += translate(submitted.model, sources, submitted.vocabulary, max_len=longest)
    return found
