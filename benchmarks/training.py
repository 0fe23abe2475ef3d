"""What training costs and what it reaches: `python benchmarks/training.py PART [--json]`, one thread.

speed: words a second of the course's loop, against nn.Transformer on the same batches and against batches padded to 72.
seeds: the embedded corpus with its default, several times: scores, and seconds of the processor.
compare: two GRUs beside the Transformer, on the same data, with the processor's seconds that the Transformer took.
bleu: Multi30k for some minutes of the processor, greedy and with a beam.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from classroom import parts, training
from classroom.corpus import TranslationCorpus, load_corpus
from classroom.training.loop.buckets import Buckets
from classroom.training.loop.step import start, update
from classroom.translator import GRUTranslator

CPU = torch.device("cpu")
PAD, PADDED = 0, 72  # The Annotated Transformer pads every sentence to 72
WIDE = training.Sizes(d_model=256, num_heads=8, d_ff=1024, num_layers=3, dropout=0.1)
CELLS, ROUNDS, SENTENCES = 1_500, 7, 64
LENGTHS = ((1, 6), (7, 12), (13, 18), (19, 30))
FEW, LONG_ENOUGH = 40, 6.0  # updates to begin with, and seconds, to see how long one takes
GRU_WIDTH = 160  # about as many parameters as SMALL has


class TorchTransformer(nn.Module):
    """nn.Transformer behind the same embedding and positions, with the same scores."""

    def __init__(self, vocabulary: int, sizes: training.Sizes) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, sizes.d_model)
        nn.init.normal_(self.embedding.weight, std=sizes.d_model**-0.5)
        self.positions = parts.PositionalEncoding(sizes.d_model, dropout=sizes.dropout)
        self.stacks = nn.Transformer(
            sizes.d_model, sizes.num_heads, sizes.num_layers, sizes.num_layers, sizes.d_ff, sizes.dropout,
            batch_first=True, norm_first=sizes.norm_first,
        )  # fmt: skip

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        x, y = (self.positions(self.embedding(ids) * self.embedding.embedding_dim**0.5) for ids in (source, target))
        ahead = torch.ones(target.size(1), target.size(1), dtype=torch.bool, device=target.device).triu(1)
        hidden = {"src_key_padding_mask": source.eq(PAD), "tgt_key_padding_mask": target.eq(PAD)}
        y = self.stacks(x, y, tgt_mask=ahead, memory_key_padding_mask=source.eq(PAD), **hidden)
        return F.linear(y, self.embedding.weight)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("part", choices=("speed", "seeds", "compare", "bleu"))
    options.add_argument("--multi30k", type=Path, default=None, help="a folder that holds Multi30k's files")
    options.add_argument("--seeds", type=int, nargs="+", default=list(range(5)), help="which (default: 0 to 4)")
    options.add_argument("--minutes", type=float, default=10, help="of the processor, for bleu (default: 10)")
    options.add_argument("--json", action="store_true", help="print JSON only")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    say = (lambda *told: None) if chosen.json else (lambda *told: print(*told, flush=True))
    say(f"torch {torch.__version__}, one thread, {torch.backends.cpu.get_cpu_capability()}")
    measure: dict[str, Callable[[], Any]] = {
        "speed": lambda: speed(load_corpus("multi30k", folder=chosen.multi30k), say),
        "seeds": lambda: seeds(chosen.seeds, say),
        "compare": lambda: compare(chosen.seeds[0], say),
        "bleu": lambda: bleu(load_corpus("multi30k", folder=chosen.multi30k), chosen.minutes, say),
    }
    found = measure[chosen.part]()
    if chosen.json:
        json.dump({"torch": torch.__version__, chosen.part: found}, sys.stdout, indent=1)
        print()


# Speed


def speed(corpus: TranslationCorpus, say: Callable[..., object]) -> dict[str, Any]:
    """A ladder: target words a processor second, each rung with one thing changed. The rungs take turns, so that a
    busy machine slows all of them; the median of the rounds counts."""
    size = len(corpus.vocabulary)
    buckets = Buckets(corpus.train, corpus.vocabulary, CPU, PADDED - 2)
    order, cuts = buckets.epoch(CELLS, 0, 0)
    shuffled = torch.randperm(len(buckets), generator=torch.Generator().manual_seed(0))

    def by_chance(number: int, width: int | None) -> tuple[Tensor, Tensor]:
        rows = shuffled[number * SENTENCES : (number + 1) * SENTENCES]
        batch = buckets.source[rows], buckets.target[rows]
        if width is None:
            return tuple(ids[:, : int(ids.ne(PAD).sum(dim=1).max())] for ids in batch)
        return tuple(F.pad(ids[:, :width], (0, max(0, width - ids.size(1)))) for ids in batch)

    def bucketed(number: int) -> tuple[Tensor, Tensor]:
        return buckets.batch(order, cuts[number])

    fp32, bf16 = training.Precision("fp32", ""), training.Precision("bf16", "")
    torchs, ours = (lambda: TorchTransformer(size, WIDE)), (lambda: training.translator(size, WIDE))
    rungs = {
        "nn.Transformer, every sentence padded to 72": (torchs, lambda number: by_chance(number, PADDED), fp32),
        "batches padded to their longest": (torchs, lambda number: by_chance(number, None), fp32),
        "sentences of like length together": (torchs, bucketed, fp32),
        "the course's Transformer": (ours, bucketed, fp32),
        "nn.Transformer, bf16": (torchs, bucketed, bf16),
        "the course's Transformer, bf16": (ours, bucketed, bf16),
    }
    running = {name: start(build(), training.MULTI30K, CPU, how) for name, (build, _, how) in rungs.items()}
    rates: dict[str, list[float]] = {name: [] for name in rungs}
    for number in range(ROUNDS + 1):
        for name, (_, batch, how) in rungs.items():
            source, target = batch(number)
            began = time.process_time()
            update(running[name], source, target, training.MULTI30K, how)
            took = time.process_time() - began
            if number:
                rates[name].append(int(target[:, 1:].ne(PAD).sum()) / took)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    lowest = medians["nn.Transformer, every sentence padded to 72"]
    for name, rate in medians.items():
        say(f"  {name:<46}{rate:>9,.0f} words a second{rate / lowest:>7.1f}x")
    ladder = {
        name: {"words_per_second": round(rate), "times": round(rate / lowest, 2)} for name, rate in medians.items()
    }
    return {"sizes": dataclasses.asdict(WIDE), "vocabulary": size, "ladder": ladder}


# What is reached


def seeds(which: list[int], say: Callable[..., object]) -> dict[str, Any]:
    """The default of the embedded corpus, for every seed."""
    corpus = load_corpus("korean_english")
    runs = []
    for seed in which:
        torch.manual_seed(seed)
        model = training.translator(len(corpus.vocabulary))
        runs.append({"seed": seed} | trained(model, corpus, dataclasses.replace(training.KOREAN_ENGLISH, seed=seed)))
        say(told(f"seed {seed}", runs[-1]))
    names = ("iid exact", "iid bleu", "iid alignment", "comb exact", "comb bleu", "comb alignment", "long exact",
             "processor")  # fmt: skip
    medians = {name: statistics.median(run[name] for run in runs) for name in names}
    say(told("median", medians))
    return {"median": medians, "runs": runs}


def compare(seed: int, say: Callable[..., object]) -> dict[str, Any]:
    """The Transformer's default, and two recurrent translators with the processor's seconds that it took."""
    corpus, recipe = load_corpus("korean_english"), dataclasses.replace(training.KOREAN_ENGLISH, seed=seed)
    size, found = len(corpus.vocabulary), {}
    torch.manual_seed(seed)
    found["Transformer"] = trained(training.translator(size), corpus, recipe)
    say(told("Transformer", found["Transformer"]))
    for name, looking in (("GRU", None), ("GRU with attention", look)):
        torch.manual_seed(seed)
        tried = GRUTranslator(size, size, GRU_WIDTH, looking)
        updates = updates_in(found["Transformer"]["processor"], tried, corpus, recipe)
        torch.manual_seed(seed)
        model = GRUTranslator(size, size, GRU_WIDTH, looking)
        found[name] = trained(model, corpus, dataclasses.replace(recipe, updates=updates))
        say(told(name, found[name]))
    return found


def updates_in(seconds: float, model: nn.Module, corpus: TranslationCorpus, recipe: training.Recipe) -> int:
    """How many updates the processor makes in so many seconds, found by making some on this model, for long enough to
    tell them from the setting up: a budget that a busy machine does not change."""

    def taken(updates: int) -> float:
        began = time.process_time()
        training.fit(model, corpus, dataclasses.replace(recipe, updates=updates, seconds=None), CPU)
        return time.process_time() - began

    taken(1)
    setup, few = taken(1), FEW
    while (took := taken(1 + few) - setup) < LONG_ENOUGH and few < 100 * FEW:
        few *= 4
    return int(few * seconds / took)


def look(query: Tensor, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The attention of lesson 04 between the decoder's states and the encoder's."""
    return parts.attention(query, states, states, mask[:, None])


def trained(model: nn.Module, corpus: TranslationCorpus, recipe: training.Recipe) -> dict[str, Any]:
    """Train; score on every test part."""
    began = time.process_time()
    record = training.fit(model, corpus, recipe, CPU)
    found: dict[str, Any] = {
        "processor": round(time.process_time() - began, 1),
        "clock": round(record.seconds, 1),
        "updates": record.updates,
        "parameters": record.parameters,
        "precision": record.precision,
    }
    for split in corpus.tests:
        for name, number in dataclasses.asdict(training.score(model, corpus, split)).items():
            found[f"{split} {name}"] = round(number, 4) if isinstance(number, float) else number
    return found | {"exact by length": by_length(model, corpus)}


def by_length(model: nn.Module, corpus: TranslationCorpus) -> dict[str, float]:
    """The share of iid sentences without a mistake, for ranges of Korean morphemes."""
    pairs = corpus.tests["iid"]
    written = training.translate(model, [pair.source for pair in pairs], corpus)
    found = {}
    for low, high in LENGTHS:
        right = [
            tuple(tokens) == pair.target
            for tokens, pair in zip(written, pairs, strict=True)
            if low <= len(pair.source) <= high
        ]
        found[f"{low} to {high}"] = round(sum(right) / len(right), 3)
    return found


def told(name: str, run: dict[str, Any]) -> str:
    def share(split: str) -> str:
        alignment = run.get(f"{split} alignment")
        right = "" if alignment is None else f", alignment {alignment:.1%}"
        return f"{split} {run[f'{split} exact']:.1%} exact, BLEU {run[f'{split} bleu']:.1f}{right}"

    return f"  {name:<20}{share('iid')}; {share('comb')}; {run['processor']:.0f} s of processor"


def bleu(corpus: TranslationCorpus, minutes: float, say: Callable[..., object]) -> dict[str, Any]:
    """Multi30k for so many minutes of the processor, in this machine's own precision."""
    size = len(corpus.vocabulary)
    how = training.fit(
        training.translator(size, training.BASE_CPU), corpus, dataclasses.replace(training.MULTI30K_CPU, updates=1), CPU
    )
    recipe = dataclasses.replace(training.MULTI30K_CPU, precision=how.precision, seconds=None, updates=1)
    updates = updates_in(60 * minutes, training.translator(size, training.BASE_CPU), corpus, recipe)
    torch.manual_seed(0)
    model = training.translator(size, training.BASE_CPU)
    began = time.process_time()
    record = training.fit(model, corpus, dataclasses.replace(recipe, updates=updates), CPU)
    took = time.process_time() - began
    found: dict[str, Any] = {
        "processor": round(took, 1),
        "updates": record.updates,
        "epochs": record.epochs,
        "precision": how.precision,
        "why": how.why,
        "words_per_second": round(record.words / took),
        "parameters": record.parameters,
    }
    for beam in (1, 4):
        scores = training.score(model, corpus, "test", beam)
        found |= {f"beam {beam}": round(scores.bleu, 2), "signature": scores.signature}
    for name, value in found.items():
        say(f"  {name:<18}{value}")
    return found


if __name__ == "__main__":
    main()
