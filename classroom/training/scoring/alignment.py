"""How well the cross-attention of a translator says which source word a target word comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from classroom import parts
from classroom.corpus import Pair, TranslationCorpus, padded

CELLS = 8_000


def alignments(model: nn.Module, pairs: Sequence[Pair], corpus: TranslationCorpus) -> list[Tensor]:
    """For each pair the weights (T, S) of its target words on its source words: the last decoder layer's, the mean of
    its heads.

    The decoder reads the right translation, so that row j, of the step that predicts word j, has read word j - 1.
    The column of eos is left out, and rows are not made to sum to 1 again. A GRUTranslator with attention gives its
    own weights. Raises ValueError for a model without cross-attention.
    """
    vocabulary, device = corpus.vocabulary, next(model.parameters()).device
    training, found = model.training, []
    model.eval()
    try:
        with torch.no_grad():
            for group in _groups(pairs):
                source = padded([[*vocabulary.encode(pair.source), vocabulary.eos] for pair in group]).to(device)
                read = padded([[vocabulary.bos, *vocabulary.encode(pair.target)] for pair in group]).to(device)
                weights = _weights(model, source, read).cpu()
                for pair, looked in zip(group, weights, strict=True):
                    found.append(looked[: len(pair.target), : len(pair.source)].clone())
    finally:
        model.train(training)
    return found


def alignment_accuracy(weights: Iterable[Tensor], pairs: Sequence[Pair]) -> float:
    """Of the target words that have a gold link, the share whose largest weight lies on one of them."""
    right = words = 0
    for looked, pair in zip(weights, pairs, strict=True):
        gold: dict[int, set[int]] = {}
        for i, j in pair.links:
            gold.setdefault(j, set()).add(i)
        guess = looked.argmax(dim=-1).tolist() if gold else []
        right += sum(guess[j] in places for j, places in gold.items())
        words += len(gold)
    if not words:
        raise ValueError("No pair has gold links: only the embedded corpus says which word comes from which.")
    return right / words


def error_rate(weights: Iterable[Tensor], pairs: Sequence[Pair]) -> float:
    """The alignment error rate (Och and Ney, 2003) of linking each target word to the source word of its largest
    weight, over all pairs, every gold link being a sure one: 1 - 2 |A and G| / (|A| + |G|)."""
    both = sizes = 0
    for looked, pair in zip(weights, pairs, strict=True):
        if not pair.links:
            continue
        guessed = {(i, j) for j, i in enumerate(looked.argmax(dim=-1).tolist())}
        both += len(guessed & set(pair.links))
        sizes += len(guessed) + len(pair.links)
    if not sizes:
        raise ValueError("No pair has gold links: only the embedded corpus says which word comes from which.")
    return 1 - 2 * both / sizes


def _weights(model: nn.Module, source: Tensor, read: Tensor) -> Tensor:
    if hasattr(model, "weights"):
        return model.weights(source, read)
    with parts.watch(model) as seen:
        model(source, read)
    names = [name for name in seen if name.endswith("cross_attention")]
    if not names:
        raise ValueError("This model has no part called cross_attention whose weights could be looked at.")
    return seen[names[-1]].mean(dim=1)


def _groups(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    widest = max((max(len(pair.source), len(pair.target)) for pair in pairs), default=0) + 1
    size = max(1, CELLS // widest)
    return [pairs[i : i + size] for i in range(0, len(pairs), size)]
