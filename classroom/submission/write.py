"""`submit_model`: a trained translator in one file that says of itself what it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from classroom.corpus import VERSION, TranslationCorpus
from classroom.models.load import UnfitModel
from classroom.submission.card import LARGEST, Card
from classroom.submission.judgement import NAME
from classroom.submission.opened import CARD, open_model

NEAR = 1e-3  # how far the scores of a student's own Transformer may lie from the finished one's with the same weights


def submit_model(model: nn.Module, corpus: TranslationCorpus, record: Any, path: Path | str = NAME) -> None:
    """Write the trained model to `path`, as float16, with its sizes, its vocabulary and the record of its training.

    model: what `classroom.training.translator` gave, built from your own parts or from the finished ones. record: what
    `fit` returned. The file gets another name until it is whole. Prints one sentence. Raises UnfitModel (a ValueError),
    in one sentence, where the grader could not judge it.
    """
    sizes = getattr(model, "sizes", None)
    if sizes is None:
        raise UnfitModel("The model does not say its sizes: build it with `classroom.training.translator`.")
    version = VERSION if corpus.name == "korean_english" else ""
    kept = {name: getattr(sizes, name) for name in (*LARGEST, "norm_first")}
    card = Card(corpus.name, version, kept, corpus.vocabulary, record.as_dict())
    weights = _weights(model, card)
    halves = {name: weight.to("cpu", torch.float16).contiguous() for name, weight in weights.items()}
    content = save(halves, {CARD: card.text()})
    open_model(content)
    _compare(model, card, weights)
    _write(Path(path), content)
    count = sum(weight.numel() for weight in halves.values())
    print(f"{path}: {len(content) / 1e6:.1f} MB, {count:,} weights. Hand it in together with this notebook.")


def _weights(model: nn.Module, card: Card) -> dict[str, Tensor]:
    """The model's weights by the names that the finished Transformer has for them."""
    found, shapes = dict(model.named_parameters()), card.shapes()
    wrong = sorted(n for n in shapes.keys() | found.keys() if n not in found or shapes.get(n) != tuple(found[n].shape))
    if wrong:
        raise UnfitModel(
            f"The model's weights are not those of the course's Transformer of its sizes: {wrong[0]} is another, or "
            "missing. The grader builds the course's own, so train one that has the course's names."
        )
    return {name: found[name].detach() for name in shapes}


@torch.no_grad()
def _compare(model: nn.Module, card: Card, weights: dict[str, Tensor]) -> None:
    """A student's own Transformer may have all the names and compute something else: better to hear it now."""
    device = next(model.parameters()).device
    with torch.random.fork_rng([]):
        ours = card.build().to(device).eval()
    ours.load_state_dict({**ours.state_dict(), **weights})
    words = 4 + torch.arange(12, device=device).reshape(2, 6) % max(1, len(card.vocabulary) - 4)
    training = model.training
    difference = (model.eval()(words, words[:, :4]) - ours(words, words[:, :4])).abs().max().item()
    model.train(training)
    if not difference <= NEAR * max(1.0, max(weight.abs().max().item() for weight in weights.values())):
        raise UnfitModel(
            f"With the same weights the course's own Transformer gives other scores than this model (the largest "
            f"difference is {difference:.2g}). The grader builds the course's own: compare yours in lesson 8."
        )


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
