"""How surely lesson 08's Transformer learns to copy and to reverse: `python benchmarks/copy_and_reverse.py`.

Trains both tasks over five seeds, with the lesson's own model, loss, training loop and decoding, and prints for each
the share of new sentences written without a mistake, and what the training took.
"""

from __future__ import annotations

import argparse
import time

import torch

from autograder.authoring.lesson import namespace, read, read_notebook
from autograder.course import Course

LESSON = "08_decoder_and_transformer"
CELLS = ("def sequences(", "def train(")  # cells of the lesson that are no exercises


def lessons_own(course: Course) -> dict:
    """What the lesson defines, its training loop and its tasks included."""
    scope = namespace(read(course, LESSON))
    for start in CELLS:
        [source] = [cell.source for cell in read_notebook(course, LESSON).cells if cell.source.startswith(start)]
        exec(source.split("\nfor reverse in")[0], scope)
    return scope


def run(lesson: dict, task: str, seed: int, updates: int) -> tuple[float, int, float, float]:
    """Exact match on new sentences, how many there are, seconds by the clock, and seconds of the processor."""
    torch.manual_seed(seed)
    source, target = lesson["sequences"](20_000, task == "reverse", seed=2 * seed)
    model = lesson["Transformer"](13, 32, 4, 64, num_layers=1, dropout=0.0)
    began, worked = time.perf_counter(), time.process_time()
    lesson["train"](model, source, target, updates, task)
    took = time.perf_counter() - began, time.process_time() - worked
    known = set(map(tuple, source.tolist()))
    source, target = lesson["sequences"](1_100, task == "reverse", seed=2 * seed + 1)
    new = torch.tensor([tuple(row) not in known for row in source.tolist()])
    return lesson["exact_match"](model, source[new], target[new]), int(new.sum()), *took


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--updates", type=int, default=800)
    chosen = options.parse_args()
    lesson = lessons_own(Course.find())
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {chosen.updates} updates of 64 sentences")
    for task in ("copy", "reverse"):
        for seed in range(chosen.seeds):
            exact, new, clock, processor = run(lesson, task, seed, chosen.updates)
            print(f"{task:8} seed {seed}: {exact:7.2%} of {new} new, {clock:5.1f} s ({processor:.1f} s of processor)")


if __name__ == "__main__":
    main()
