"""How long the embedded corpus takes: `python benchmarks/corpus.py [--json]`, on one core, after import.

Seconds of processor time to draw 30,000 training pairs (the median of five), to build both vocabularies, and to put
the pairs into batches of 4,000 cells.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from classroom.corpus import Vocabulary, batches, korean_english

SIZE, CELLS, RUNS = 30_000, 4_000, 5


def main() -> None:
    draws = [timed(korean_english, SIZE) for _ in range(RUNS)]
    pairs = draws[0][1]
    sources = timed(Vocabulary.build, [pair.source for pair in pairs])
    targets = timed(Vocabulary.build, [pair.target for pair in pairs])
    batched = timed(batches, pairs, sources[1], targets[1], CELLS, 0)
    found = {
        f"draw {SIZE:,} pairs": statistics.median(seconds for seconds, _ in draws),
        "two vocabularies": sources[0] + targets[0],
        f"batches of {CELLS:,} cells": batched[0],
    }
    if "--json" in sys.argv:
        print(json.dumps({"python": platform.python_version(), "seconds": found}, indent=1))
        return
    for what, seconds in found.items():
        print(f"{what:<24}{seconds:>8.2f} s")


def timed(function, *arguments) -> tuple[float, object]:
    began = time.process_time()
    result = function(*arguments)
    return time.process_time() - began, result


if __name__ == "__main__":
    main()
