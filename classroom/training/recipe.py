"""How a translator is trained: every number of the training in one record, with defaults for the two corpora."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """The numbers of a training.

    It ends after `updates` updates or `seconds` seconds, whichever comes first; one of the two may be None.
    cells: the most a batch holds, sentences times its longest side. rate: the highest learning rate, reached after
    `warmup` updates; then it falls with the inverse square root of the update (Vaswani et al., 2017, equation 3, with
    the height named instead of following from the width). smoothing: the share that label smoothing gives to all
    words (section 5.4). clip: the largest norm of the gradient. average: the decay of the running average of the
    weights, which is what training hands back. longest: pairs with more source or target tokens are left out.
    precision: "fp32", "bf16" or "fp16"; None asks the machine. seed: of batches and dropout.
    report_every: updates between two reports. score_every: updates between two scores on `score_sentences` sentences
    of the validation part; 0 = none. checkpoint_every: seconds between two checkpoints.
    """

    updates: int | None
    seconds: float | None
    cells: int
    rate: float
    warmup: int
    smoothing: float = 0.1
    clip: float = 1.0
    average: float = 0.998
    weight_decay: float = 0.01
    longest: int | None = None
    precision: str | None = None
    seed: int = 0
    report_every: int = 20
    score_every: int = 0
    score_sentences: int = 200
    checkpoint_every: float = 30.0

    def __post_init__(self) -> None:
        if self.updates is None and self.seconds is None:
            raise ValueError("A training needs an end: give the recipe updates, seconds or both.")
        if not all(end is None or end > 0 for end in (self.updates, self.seconds)):
            raise ValueError(f"A training makes at least one update: updates={self.updates}, seconds={self.seconds}.")


# The embedded corpus, on a CPU: at this size fp32 is the fastest there. A sentence has one right translation, so that
# nothing is to be smoothed.
KOREAN_ENGLISH = Recipe(
    updates=3_000, seconds=None, cells=500, rate=3e-3, warmup=200, smoothing=0.0, longest=32, precision="fp32"
)
# Multi30k, on a GPU: large batches, which it computes in the time of small ones.
MULTI30K = Recipe(updates=8_000, seconds=600.0, cells=4_000, rate=2e-3, warmup=800, longest=80)
# Multi30k, on a CPU: small batches, so that there are enough updates.
MULTI30K_CPU = Recipe(updates=None, seconds=600.0, cells=1_500, rate=2e-3, warmup=800, longest=80)
