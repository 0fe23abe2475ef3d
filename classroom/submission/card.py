"""What a handed-in translator says of itself: its corpus, sizes and vocabulary, and how it was trained."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from classroom import parts
from classroom.corpus import Vocabulary, vocabulary_hash
from classroom.models.load import UnfitModel

FORMAT = "transformer-lessons translator 1"
CORPORA = ("korean_english", "multi30k")
LARGEST = {"d_model": 512, "num_heads": 16, "d_ff": 2048, "num_layers": 6}  # of the sizes, each from 1
MOST_TOKENS, LONGEST_TOKEN = 10_000, 100
MOST_PARAMETERS = 8_000_000  # the course's largest has 5.5 million; 20 s of a CPU judge one of 8 million


@dataclass(frozen=True)
class Card:
    """corpus: name; version: of the corpus, for a person. sizes: d_model, num_heads, d_ff, num_layers, norm_first.
    record: of the training, for a person: nothing hangs on it."""

    corpus: str
    version: str
    sizes: dict[str, Any]
    vocabulary: Vocabulary
    record: dict[str, Any]

    def text(self) -> str:
        """As JSON; `read` makes the card of it again."""
        return json.dumps(
            {
                "format": FORMAT,
                "corpus": self.corpus,
                "version": self.version,
                "sizes": self.sizes,
                "tokens": self.vocabulary.tokens,
                "vocabulary": vocabulary_hash(self.vocabulary),
                "record": self.record,
            },
            ensure_ascii=False,
        )

    def build(self) -> nn.Module:
        """The finished Transformer of these sizes; its weights are not the trained ones yet."""
        s = self.sizes
        return parts.Transformer(
            len(self.vocabulary), s["d_model"], s["num_heads"], s["d_ff"], s["num_layers"], 0.0, s["norm_first"]
        )

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every weight by name, as counted from the sizes: no memory is taken.

        Raises UnfitModel where they are more numbers than the course judges.
        """
        with torch.device("meta"):
            weights = dict(self.build().named_parameters())
        count = sum(weight.numel() for weight in weights.values())
        if count > MOST_PARAMETERS:
            raise UnfitModel(f"The model has {count:,} parameters; {MOST_PARAMETERS:,} are the most that is judged.")
        return {name: tuple(weight.shape) for name, weight in weights.items()}


def read(text: object) -> Card:
    """The card in a file's metadata. Raises UnfitModel, in one sentence, for whatever `text` would not have made."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UnfitModel("It holds tensors, but no card that says what they are: write it with `submit_model`.")
    if found.get("corpus") not in CORPORA:
        raise UnfitModel(f"Its card names no corpus of the course ({', '.join(CORPORA)}).")
    sizes, record = found.get("sizes"), found.get("record")
    _check_sizes(sizes)
    vocabulary = _vocabulary(found.get("tokens"))
    if found.get("vocabulary") != vocabulary_hash(vocabulary):
        raise UnfitModel("Its vocabulary is not the one that its hash was made of: the file was changed.")
    return Card(
        found["corpus"], str(found.get("version")), sizes, vocabulary, record if isinstance(record, dict) else {}
    )


def _check_sizes(sizes: object) -> None:
    if not isinstance(sizes, dict) or sizes.keys() != {*LARGEST, "norm_first"} or type(sizes["norm_first"]) is not bool:
        raise UnfitModel(f"Its card does not give the sizes {', '.join(LARGEST)} and norm_first.")
    for name, most in LARGEST.items():
        if type(sizes[name]) is not int or not 1 <= sizes[name] <= most:
            raise UnfitModel(
                f"Its card says {name} = {str(sizes[name])[:20]}; it may be a whole number from 1 to {most}."
            )
    if sizes["d_model"] % sizes["num_heads"] or sizes["d_model"] % 2:
        raise UnfitModel(
            f"Its card says d_model = {sizes['d_model']} and num_heads = {sizes['num_heads']}: the width is an even "
            "number, and the heads share it evenly."
        )


def _vocabulary(tokens: object) -> Vocabulary:
    fits = (
        isinstance(tokens, list)
        and len(tokens) <= MOST_TOKENS
        and all(isinstance(token, str) and 0 < len(token) <= LONGEST_TOKEN for token in tokens)
    )
    if not fits:
        raise UnfitModel(f"Its card holds no vocabulary: a list of at most {MOST_TOKENS:,} tokens.")
    try:
        return Vocabulary(tuple(tokens))
    except ValueError as error:
        raise UnfitModel(f"Its card holds no vocabulary of the course. {error}") from None
