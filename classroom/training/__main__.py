"""`python -m classroom.training`: train a translator outside a notebook, and say what it reached."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from pathlib import Path

import torch

from classroom import training
from classroom.corpus import load_corpus

BEAMS = (1, 4)
PAUSE = 10.0  # seconds between two lines


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m classroom.training", description=__doc__)
    options.add_argument("--corpus", choices=("multi30k", "korean_english"), default="multi30k")
    options.add_argument("--folder", type=Path, help="where Multi30k's files are; without it they are downloaded once")
    options.add_argument("--minutes", type=float, default=10, help="how long to train in all (default: 10)")
    options.add_argument(
        "--checkpoint", type=Path, help="default: runs/CORPUS.safetensors; if it exists, go on from it"
    )
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    path = chosen.checkpoint or Path("runs") / f"{chosen.corpus}.safetensors"
    try:
        run(chosen.corpus, chosen.folder, chosen.minutes, path, chosen.seed)
    except (ValueError, OSError, ImportError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(
            f"\nStopped. What was trained up to half a minute ago is in {path}: the same command goes on from there."
        )


def run(name: str, folder: Path | None, minutes: float, path: Path, seed: int) -> None:
    """Train for so many minutes in all, checkpoints included, and score the test parts."""
    corpus = load_corpus(name, folder=folder)
    if name == "korean_english":
        recipe, sizes = training.KOREAN_ENGLISH, training.SMALL
    elif torch.cuda.is_available():
        recipe, sizes = training.MULTI30K, training.BASE
    else:
        recipe, sizes = training.MULTI30K_CPU, training.BASE_CPU
    recipe = dataclasses.replace(recipe, updates=None, seconds=60 * minutes, seed=seed)
    torch.manual_seed(seed)
    model = training.translator(len(corpus.vocabulary), sizes)
    print(f"Training on {len(corpus.train):,} pairs for {minutes:g} minutes in all; after Ctrl-C the command goes on.")
    record = training.fit(model, corpus, recipe, checkpoint=path, on_report=_Lines())
    print(
        f"{record.updates:,} updates ({record.epochs} epochs) in {record.seconds / 60:.1f} minutes on {record.device}, "
        f"{record.words / record.seconds:,.0f} words a second, {record.precision} ({record.why})"
    )
    for split in corpus.tests:
        for beam in BEAMS:
            scores = training.score(model, corpus, split, beam)
            right = "" if scores.alignment is None else f", alignment {scores.alignment:.1%}"
            print(f"{split}, beam {beam}: BLEU {scores.bleu:.2f}, exact {scores.exact:.1%}{right}")
    print(
        f"{scores.signature}\nThe training is kept in {path}: the same command with more --minutes goes on from there."
    )


class _Lines:
    """A line of progress every few seconds."""

    def __init__(self) -> None:
        self.next = 0.0

    def __call__(self, report: training.Report) -> None:
        if time.perf_counter() < self.next and report.share < 1:
            return
        self.next = time.perf_counter() + PAUSE
        print(
            f"{report.share:4.0%}  {report.updates:,} updates, {report.seconds:,.0f} s, loss {report.loss:.2f}, "
            f"{report.words_per_second:,.0f} words a second",
            flush=True,
        )


if __name__ == "__main__":
    main()
