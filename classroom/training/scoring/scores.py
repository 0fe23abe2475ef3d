"""How good a translator is: sentences without a mistake, BLEU, and alignment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from classroom.corpus import Pair, TranslationCorpus
from classroom.training.decoding.translate import translate
from classroom.training.scoring.alignment import alignment_accuracy, alignments, error_rate


@dataclass(frozen=True)
class Scores:
    """exact: the share of sentences without a mistake. bleu: 0 to 100, and how sacreBLEU computed it. alignment, aer:
    accuracy and error rate on gold links; None where the corpus or the model has none."""

    exact: float
    bleu: float
    signature: str
    alignment: float | None
    aer: float | None


def score(
    model: nn.Module, corpus: TranslationCorpus, split: str, beam: int = 1, sentences: int | None = None
) -> Scores:
    """Translate the sentences of a test split ("iid", "comb", "long" or "test", or "valid") and compare.

    sentences: only so many, the first ones. Raises ValueError where there is no such split.
    """
    pairs = _pairs(corpus, split)[:sentences]
    written = translate(model, [pair.source for pair in pairs], corpus, beam)
    references = corpus.references(split)[: len(pairs)]
    points, signature = bleu([corpus.text(tokens) for tokens in written], references)
    alignment = aer = None
    if any(pair.links for pair in pairs) and getattr(model, "attention", True) is not None:
        looked = alignments(model, pairs, corpus)
        alignment, aer = alignment_accuracy(looked, pairs), error_rate(looked, pairs)
    return Scores(exact_match(written, pairs), points, signature, alignment, aer)


def quick_score(model: nn.Module, corpus: TranslationCorpus, sentences: int) -> dict[str, float]:
    """Exact match and BLEU on the first sentences of the validation part, written greedily: for the live curves."""
    pairs = corpus.valid[:sentences]
    written = translate(model, [pair.source for pair in pairs], corpus)
    points, _ = bleu([corpus.text(tokens) for tokens in written], corpus.references("valid")[: len(pairs)])
    return {"exact": exact_match(written, pairs), "bleu": points}


def exact_match(written: Sequence[Sequence[str]], pairs: Sequence[Pair]) -> float:
    """The share of translations that are, token for token, the target."""
    same = sum(tuple(tokens) == tuple(pair.target) for tokens, pair in zip(written, pairs, strict=True))
    return same / len(pairs)


def bleu(written: Sequence[str], references: Sequence[str]) -> tuple[float, str]:
    """BLEU of the whole corpus by sacreBLEU (Post, 2018), and the signature that says how it was computed."""
    try:
        from sacrebleu.metrics import BLEU
    except ImportError:
        raise ImportError('BLEU is computed by sacreBLEU, which is missing here: "pip install sacrebleu".') from None
    metric = BLEU()
    points = metric.corpus_score(list(written), [list(references)]).score
    return points, str(metric.get_signature())


def _pairs(corpus: TranslationCorpus, split: str) -> list[Pair]:
    if split == "valid":
        return corpus.valid
    if split not in corpus.tests:
        raise ValueError(f"There is no split {split!r} of {corpus.name}: there are valid, {', '.join(corpus.tests)}.")
    return corpus.tests[split]
