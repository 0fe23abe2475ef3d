"""Lesson 02's two curves again, over several seeds: `python benchmarks/recurrent.py [--seeds N] [--json]`.

Runs the lesson's own training cells, as they stand in its source, with the functions of its solution: for each seed the
translator without attention and the one with it, both on the same batches. Prints the share of sentences without a
mistake for each range of lengths, and the seconds (wall and processor) that each training took.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import statistics
import sys
import time
from typing import Any

from autograder.authoring.lesson import namespace, read, read_notebook
from autograder.course import Course

LESSON = "02_recurrent_seq2seq"
SEED = "seed = 0\n"


class Pictures:
    """Takes the place of `classroom.show` in the cells: keeps the curves, draws nothing."""

    def __init__(self) -> None:
        self.curves: dict[str, list[float]] = {}
        self.lengths: list[str] = []

    def by_length(self, lengths: list[str], lines: dict[str, list[float]], *labels: Any) -> None:
        self.lengths, self.curves = list(lengths), {name: list(numbers) for name, numbers in lines.items()}

    def alignment(self, *what: Any) -> None:
        """The alignment is no curve."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0 (default: 3)")
    options.add_argument("--json", action="store_true", help="print JSON only")
    chosen = options.parse_args()
    runs = []
    for seed in range(chosen.seeds):
        runs.append(run(seed))
        if not chosen.json:
            print(told(runs[-1]), flush=True)
    if chosen.json:
        print(json.dumps(runs, indent=1))
    elif len(runs) > 1:
        print(f"mean and range of {len(runs)} seeds:")
        for name in runs[0]["curves"]:
            columns = zip(*(r["curves"][name] for r in runs), strict=True)
            spread = [f"{statistics.mean(c):4.0%} ({min(c):.0%}-{max(c):.0%})" for c in columns]
            print(f"  {name:<16}" + "  ".join(f"{x:<16}" for x in spread))


def run(seed: int) -> dict[str, Any]:
    """The lesson's cells up to the second curve, with another seed."""
    course, pictures = Course.find(), Pictures()
    lesson = read(course, LESSON)
    scope = namespace(lesson) | {"show": pictures}
    seconds: dict[str, dict[str, float]] = {}

    def timed(model: Any, *args: Any, name: str = "", **kwargs: Any) -> list[float]:
        began = time.perf_counter(), time.process_time()
        losses = trained(model, *args, name=name, **kwargs)
        seconds[name] = {
            "wall": round(time.perf_counter() - began[0], 1),
            "processor": round(time.process_time() - began[1], 1),
            "updates": len(losses),
        }
        return losses

    trained, scope["train"] = scope["train"], timed
    sources = [cell.source for cell in read_notebook(course, LESSON).cells if _is_run(cell)]
    if sum(SEED in source for source in sources) != 1:
        sys.exit(f"The lesson does not set its seed once as {SEED.strip()!r} any more.")
    with contextlib.redirect_stdout(io.StringIO()):
        for source in sources:
            exec(compile(source.replace(SEED, f"seed = {seed}\n"), f"<{LESSON}>", "exec"), scope)
    return {"seed": seed, "lengths": pictures.lengths, "curves": pictures.curves, "seconds": seconds}


def _is_run(cell: Any) -> bool:
    return cell.cell_type == "code" and "training" in cell.metadata.get("tags", [])


def told(found: dict[str, Any]) -> str:
    lines = [f"seed {found['seed']}: sentences without a mistake, by morphemes in the Korean sentence"]
    lines.append(f"  {'':<16}" + "".join(f"{length:>10}" for length in found["lengths"]))
    for name, shares in found["curves"].items():
        lines.append(f"  {name:<16}" + "".join(f"{share:>10.0%}" for share in shares))
    for name, spent in found["seconds"].items():
        lines.append(f"  {name}: {spent['updates']:,} updates, {spent['wall']} s, {spent['processor']} s of processor")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
