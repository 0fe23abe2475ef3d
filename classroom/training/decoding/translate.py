"""Sentences in, sentences out: batches, the right writer for the model, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from classroom import parts
from classroom.corpus import TranslationCorpus, Vocabulary, padded
from classroom.training.decoding.search import beam as beam_search
from classroom.training.decoding.search import greedy
from classroom.training.decoding.writers import CachedWriter, PlainWriter, RecurrentWriter, Writer

PAD, BOS = 0, 1
CELLS = {"cpu": 4_000, "cuda": 40_000}  # of source ids in a batch that is translated, divided among the beams
NEAR = 1e-3  # how far the scores of a student's model may lie from those of ours with the same weights


def translate(
    model: nn.Module,
    sources: Sequence[Sequence[str]],
    corpus: TranslationCorpus | Vocabulary,
    beam: int = 1,
    length_penalty: float = 0.6,
    max_len: int | None = None,
) -> list[list[str]]:
    """The translations of tokenized sentences, as tokens, in their order.

    model: a Transformer of the course (with cached keys and values; a student's own too, if its weights in ours give
    the same scores), a GRUTranslator, or any model with `encode` and `decode`. beam: 1 = greedy. max_len: the most
    words of a translation; None = twice its source and ten more. Runs on the model's device, without dropout.
    """
    if beam < 1:
        raise ValueError(f"beam is how many translations are followed at once, from 1; it was {beam!r}.")
    vocabulary = corpus if isinstance(corpus, Vocabulary) else corpus.vocabulary
    device = next(model.parameters()).device
    rows = [[*vocabulary.encode(source), vocabulary.eos] for source in sources]
    limits = [2 * len(row) + 8 if max_len is None else max_len for row in rows]
    found: list[list[str]] = [[] for _ in rows]
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for group in _groups([len(row) for row in rows], CELLS.get(device.type, CELLS["cpu"]) // beam):
                source = padded([rows[i] for i in group]).to(device)
                longest = max(limits[i] for i in group)
                written = search(
                    writer(model, source, beam, longest), len(group), longest, device, beam, length_penalty
                )
                for i, ids in zip(group, written.tolist(), strict=True):
                    found[i] = vocabulary.decode(ids[: limits[i]])
    finally:
        model.train(training)
    return found


def search(
    writing: Writer, sentences: int, longest: int, device: torch.device, beam: int = 1, length_penalty: float = 0.6
) -> Tensor:
    """The ids (B, N) that the writer writes: greedily, or with a beam."""
    if beam == 1:
        return greedy(writing, sentences, longest, device)
    return beam_search(writing, sentences, longest, device, beam, length_penalty)


def writer(model: nn.Module, source: Tensor, copies: int, longest: int) -> Writer:
    """What writes translations of `source` (B, S), `copies` rows each, with this model: the fastest there is for it."""
    if hasattr(model, "start") and hasattr(model, "step"):
        return RecurrentWriter(model, source, copies)
    ours = model if type(model) is parts.Transformer else _twin(model, source)
    return PlainWriter(model, source, copies) if ours is None else CachedWriter(ours, source, copies, longest)


def _twin(model: Any, source: Tensor) -> parts.Transformer | None:
    """The finished Transformer with the model's weights; None where there is none that gives the model's scores."""
    sizes = getattr(model, "sizes", None)
    if sizes is None:
        return None
    with torch.random.fork_rng([]), torch.device(source.device):
        ours = parts.Transformer(
            len(model.embedding.weight), sizes.d_model, sizes.num_heads, sizes.d_ff, sizes.num_layers, 0.0,
            sizes.norm_first,
        ).eval()  # fmt: skip
    try:
        ours.load_state_dict({**ours.state_dict(), **dict(model.named_parameters())})
    except RuntimeError:
        return None
    few, read = source[:2], source[:2].roll(1, dims=1)
    read[:, 0] = BOS
    words = read.ne(PAD)  # at padding any score will do
    near = torch.allclose(ours(few, read)[words], model(few, read)[words], rtol=NEAR, atol=NEAR)
    return ours if near else None


def _groups(lengths: Sequence[int], cells: int) -> list[list[int]]:
    """Sentences of like length together, the longest first: memory that is enough at first is enough."""
    groups: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if not groups or (len(groups[-1]) + 1) * lengths[groups[-1][0]] > cells:
            groups.append([])
        groups[-1].append(i)
    return groups
