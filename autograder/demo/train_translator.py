"""Trains the translator that the demo class hands in, translator.safetensors beside this file, as lesson 9 does.

`python -m autograder.demo.train_translator` takes a few minutes on one core. The file lies here and not in assets/,
which students are given: it would be an answer.
"""

from __future__ import annotations

from pathlib import Path

import torch

from classroom.corpus import load_corpus
from classroom.submission import submit_model
from classroom.training import KOREAN_ENGLISH, fit, translator

FILE = Path(__file__).with_name("translator.safetensors")


def main() -> None:
    torch.manual_seed(0)
    corpus = load_corpus("korean_english")
    model = translator(len(corpus.vocabulary))
    record = fit(model, corpus, KOREAN_ENGLISH, device="cpu")
    submit_model(model, corpus, record, FILE)
    print(f"{record.updates:,} updates in {record.seconds:.0f} s.")


if __name__ == "__main__":
    main()
