"""What has to be seen on a real GPU: `python benchmarks/gpu.py out.json --multi30k FOLDER` (`--help` says more).

Runs the tests that use a GPU, looks for tensors on the wrong device and for waits inside an update, trains both corpora
(Multi30k under the GPU's own precision and under fp16 with loss scaling, a T4's way), and times a GRU's loop against
self-attention by length. A part that fails leaves its traceback and the next one goes on; the file is written after
every part, and all ends before `--limit` seconds. On a machine without a GPU it runs on the CPU, to try it out.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import nn

from classroom import parts, training
from classroom.corpus import TranslationCorpus, load_corpus
from classroom.training.loop.buckets import Buckets
from classroom.training.loop.step import start, update
from classroom.translator import GRUTranslator

ROOT = Path(__file__).resolve().parents[1]
TESTS = ("tests/test_training.py", "tests/test_decoding.py", "tests/test_scoring.py")
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
LENGTHS = (16, 32, 64, 128, 256, 512, 1024)


class Budget:
    """The seconds that are left."""

    def __init__(self, limit: float) -> None:
        self.end = time.perf_counter() + limit

    def at_most(self, seconds: float, reserve: float = 15.0) -> float:
        """So many seconds, or fewer where fewer are left beside `reserve`. Raises TimeoutError where none are."""
        found = min(seconds, self.end - time.perf_counter() - reserve)
        if found <= 5:
            raise TimeoutError("No time was left for this part.")
        return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("out", type=Path, help="the JSON file to write")
    options.add_argument("--multi30k", type=Path, default=None, help="the folder of Multi30k's .gz files")
    options.add_argument("--seconds", type=float, default=240, help="of training on Multi30k (default: 240)")
    options.add_argument("--fp16-seconds", type=float, default=45, help="of training under fp16 (default: 45)")
    options.add_argument("--dropout", type=float, default=training.BASE.dropout, help="on Multi30k")
    options.add_argument("--cells", type=int, default=training.MULTI30K.cells, help="a batch's, on Multi30k")
    options.add_argument("--updates", type=int, default=training.KOREAN_ENGLISH.updates, help="on the embedded corpus")
    options.add_argument("--pairs", type=int, default=None, help="of either corpus, to try it out")
    options.add_argument("--limit", type=float, default=560, help="seconds for everything (default: 560)")
    options.add_argument("--only", nargs="+", default=None, help="these parts only, by name")
    chosen = options.parse_args()
    budget = Budget(chosen.limit)
    every: dict[str, Callable[[], Any]] = {
        "devices": lambda: devices(chosen),
        "tests": lambda: tests(budget.at_most(100)),
        "embedded": lambda: embedded(chosen, budget.at_most(120)),
        "lengths": lambda: lengths(budget.at_most(40)),
        "multi30k": lambda: multi30k(chosen, None, budget.at_most(chosen.seconds, chosen.fp16_seconds + 45)),
        "multi30k_fp16": lambda: multi30k(chosen, "fp16", budget.at_most(chosen.fp16_seconds)),
    }
    found: dict[str, Any] = {"machine": machine(), "options": {k: str(v) for k, v in vars(chosen).items()}}
    for name in chosen.only or every:
        print(f"== {name}", flush=True)
        began = time.perf_counter()
        try:
            found[name] = every[name]()
        except Exception:
            found[name] = {"failed": traceback.format_exc()}
            print(found[name]["failed"], flush=True)
        found[f"{name}_seconds"] = round(time.perf_counter() - began, 1)
        print(f"   {found[f'{name}_seconds']} s", flush=True)
        partial = chosen.out.with_name(chosen.out.name + ".part")
        partial.write_text(json.dumps(found, indent=1, default=str))
        partial.replace(chosen.out)


def machine() -> dict[str, Any]:
    found = {"python": platform.python_version(), "torch": torch.__version__, "device": str(DEVICE)}
    if DEVICE.type == "cuda":
        found |= {
            "name": torch.cuda.get_device_name(),
            "capability": torch.cuda.get_device_capability(),
            "memory_gb": round(torch.cuda.get_device_properties(0).total_memory / 1e9, 1),
        }
    return found


def tests(seconds: float) -> dict[str, Any]:
    """The tests that take a device take every one there is."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds)
    tail = (done.stdout + done.stderr)[-3000:]
    print(tail, flush=True)
    return {"exit": done.returncode, "tail": tail}


class Foreign(nn.Module):
    """A model that is none of the course's: decoding knows only its `encode` and `decode`."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def encode(self, source: torch.Tensor) -> torch.Tensor:
        return self.inner.encode(source)

    def decode(self, *given: torch.Tensor) -> torch.Tensor:
        return self.inner.decode(*given)


def devices(chosen: argparse.Namespace) -> dict[str, Any]:
    """One update and one translation of every kind, where a tensor on the wrong device or a wait is an error."""
    corpus = load_corpus("korean_english", train=1_000)
    found: dict[str, Any] = {}
    size = len(corpus.vocabulary)
    looking = parts.attention  # the finished part of lesson 04
    models: dict[str, Callable[[], nn.Module]] = {
        "transformer": lambda: training.translator(size),
        "gru": lambda: GRUTranslator(size, size, 96),
        "gru_attention": lambda: GRUTranslator(size, size, 96, lambda q, k, mask: looking(q, k, k, mask[:, None])),
        "foreign": lambda: Foreign(training.translator(size)),
    }
    names = ("fp32", "bf16", "fp16") if DEVICE.type == "cuda" else ("fp32", "bf16")
    buckets = Buckets(corpus.train, corpus.vocabulary, DEVICE, 32)
    order, cuts = buckets.epoch(500, 0, 0)
    sources = [pair.source for pair in corpus.tests["iid"][:64]]
    for kind, build in models.items():
        torch.manual_seed(0)
        model = build().to(DEVICE)
        for name in names if kind != "foreign" else ():
            chosen_precision = training.Precision(name, "tried")
            running = start(model, training.KOREAN_ENGLISH, DEVICE, chosen_precision)
            update(running, *buckets.batch(order, cuts[0]), training.KOREAN_ENGLISH, chosen_precision)
            if DEVICE.type == "cuda":
                torch.cuda.set_sync_debug_mode("error")
            try:
                for cut in cuts[1:4]:
                    update(running, *buckets.batch(order, cut), training.KOREAN_ENGLISH, chosen_precision)
                found[f"{kind} {name}"] = "no wait, no wrong device"
            except RuntimeError as error:
                found[f"{kind} {name}"] = f"FAILED: {str(error)[:300]}"
            finally:
                if DEVICE.type == "cuda":
                    torch.cuda.set_sync_debug_mode("default")
        here = {beam: training.translate(model, sources, corpus, beam) for beam in (1, 4)}
        if kind in ("transformer", "gru_attention"):
            training.alignments(model, corpus.tests["iid"][:64], corpus)
        model.to("cpu")
        for beam, written in here.items():
            there = training.translate(model, sources, corpus, beam)
            same = sum(a == b for a, b in zip(written, there, strict=True))
            found[f"{kind} beam {beam}"] = f"{same} of {len(sources)} translations as on the CPU"
    for line in found.items():
        print("  ", *line, flush=True)
    return found


def trained(
    model: nn.Module,
    corpus: TranslationCorpus,
    recipe: training.Recipe,
    splits: tuple[str, ...],
    beams: tuple[int, ...],
) -> dict[str, Any]:
    """Train, score, and say what both took."""
    if DEVICE.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    began, told = time.perf_counter(), [0.0]

    def say(report: training.Report) -> None:
        if report.scores or report.seconds - told[0] > 10:
            told[0] = report.seconds
            print(
                f"   {report.updates:6} updates {report.seconds:6.1f} s  epoch {report.epoch:3}  loss {report.loss:.3f}"
                f"  {report.words_per_second:,.0f} words/s  {report.scores or ''}",
                flush=True,
            )

    record = training.fit(model, corpus, recipe, DEVICE, on_report=say)
    found: dict[str, Any] = {
        "train_seconds": round(record.seconds, 1),
        "updates": record.updates,
        "epochs": record.epochs,
        "words_per_second": round(record.words / record.seconds),
        "ms_per_update": round(1e3 * record.seconds / record.updates, 2),
        "with_setup_seconds": round(time.perf_counter() - began, 1),
        "precision": [record.precision, record.why],
        "parameters": record.parameters,
        "losses": record.losses[:: max(1, len(record.losses) // 60)],
        "valid": record.scores,
    }
    if DEVICE.type == "cuda":
        found["peak_memory_mb"] = round(torch.cuda.max_memory_allocated() / 1e6)
    for split in splits:
        for beam in beams:
            began = time.perf_counter()
            scores = dataclasses.asdict(training.score(model, corpus, split, beam))
            found[f"{split} beam {beam}"] = scores | {"seconds": round(time.perf_counter() - began, 1)}
            print(f"   {split} beam {beam}", found[f"{split} beam {beam}"], flush=True)
    return found


def embedded(chosen: argparse.Namespace, seconds: float) -> dict[str, Any]:
    """The embedded corpus with its default recipe."""
    began = time.perf_counter()
    corpus = load_corpus("korean_english", **({"train": chosen.pairs} if chosen.pairs else {}))
    took = time.perf_counter() - began
    torch.manual_seed(0)
    model = training.translator(len(corpus.vocabulary))
    recipe = dataclasses.replace(training.KOREAN_ENGLISH, updates=chosen.updates, seconds=seconds)
    return {"corpus_seconds": round(took, 1)} | trained(model, corpus, recipe, ("iid", "comb", "long"), (1,))


def multi30k(chosen: argparse.Namespace, precision: str | None, seconds: float) -> dict[str, Any]:
    """Multi30k with the GPU's recipe for so many seconds."""
    began = time.perf_counter()
    corpus = load_corpus("multi30k", folder=chosen.multi30k, **({"train": chosen.pairs} if chosen.pairs else {}))
    took = time.perf_counter() - began
    torch.manual_seed(0)
    sizes = dataclasses.replace(training.BASE, dropout=chosen.dropout)
    model = training.translator(len(corpus.vocabulary), sizes)
    recipe = dataclasses.replace(
        training.MULTI30K,
        updates=None,
        seconds=max(5.0, seconds - took),
        cells=chosen.cells,
        precision=precision if DEVICE.type == "cuda" else None,
        score_every=1_000,
    )
    return {"corpus_seconds": round(took, 1), "vocabulary": len(corpus.vocabulary)} | trained(
        model, corpus, recipe, ("test",), (1, 4)
    )


def lengths(seconds: float, width: int = 512) -> dict[str, Any]:
    """Milliseconds, forward and backward: a loop over a GRU's steps, torch's own GRU, and self-attention."""
    cell, gru = nn.GRUCell(width, width).to(DEVICE), nn.GRU(width, width, batch_first=True).to(DEVICE)
    attention = parts.MultiHeadAttention(width, 8).to(DEVICE)

    def loop(x: torch.Tensor) -> torch.Tensor:
        state, states = x.new_zeros(len(x), width), []
        for step in x.unbind(dim=1):
            state = cell(step, state)
            states.append(state)
        return torch.stack(states, dim=1)

    ways: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "GRU, step by step": loop,
        "nn.GRU": lambda x: gru(x)[0],
        "self-attention": lambda x: attention(x, x, x)[0],
    }
    began, found = time.perf_counter(), {}
    for batch in (1, 16):
        for length in LENGTHS:
            x = torch.randn(batch, length, width, device=DEVICE)
            for name, way in ways.items():
                if time.perf_counter() - began > seconds:
                    return found | {"stopped": "no time left"}
                found.setdefault(f"batch {batch}", {}).setdefault(name, {})[length] = milliseconds(way, x)
    for batch, lines in found.items():
        for name, line in lines.items():
            print(f"   {batch:9} {name:18}", line, flush=True)
    return found


def milliseconds(way: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, runs: int = 5) -> float:
    """The median of a few runs, after two that are not counted."""
    took = []
    for number in range(runs + 2):
        began = time.perf_counter()
        way(x).square().mean().backward()
        if x.is_cuda:
            torch.cuda.synchronize()
        if number >= 2:
            took.append(1e3 * (time.perf_counter() - began))
    return round(statistics.median(took), 3)


if __name__ == "__main__":
    main()
