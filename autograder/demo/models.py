"""The translator that the demo class hands in, translator.safetensors beside this file, whole and disturbed.

`python -m autograder.demo.models` trains it again, as lesson 9 does: a few minutes on one core. It lies here and not in
assets/, which students are given: it would be an answer.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import torch
from safetensors.torch import load, save

from classroom.corpus import load_corpus
from classroom.submission import submit_model
from classroom.training import KOREAN_ENGLISH, fit, translator

FILE = Path(__file__).with_name("translator.safetensors")


def trained_model() -> bytes:
    """The file as the lesson's training wrote it: it reaches every goal."""
    return FILE.read_bytes()


def disturbed_model(much: float = 0.5) -> bytes:
    """The same with noise in its weights, `much` times the spread of each: it comes near some goals, as a model does
    that was trained too short."""
    content = trained_model()
    length = struct.unpack("<Q", content[:8])[0]
    metadata = json.loads(content[8 : 8 + length])["__metadata__"]
    draw = torch.Generator().manual_seed(0)
    weights = load(content)
    for name, weight in weights.items():
        if weight.dim() > 1:
            noise = torch.randn(weight.shape, generator=draw)
            weights[name] = (weight + much * weight.float().std() * noise).half()
    return save(weights, metadata)


def main() -> None:
    torch.manual_seed(0)
    corpus = load_corpus("korean_english")
    model = translator(len(corpus.vocabulary))
    record = fit(model, corpus, KOREAN_ENGLISH, device="cpu")
    submit_model(model, corpus, record, FILE)
    print(f"{record.updates:,} updates in {record.seconds:.0f} s.")


if __name__ == "__main__":
    main()
