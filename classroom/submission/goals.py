"""What a handed-in translator should reach, and what that is worth: the one place where the thresholds stand.

Full points from the goal on, none at half of it or below, and a straight line between. Every goal lies five points
under what the lesson's own training reaches, as the grader measures it: on the embedded corpus 99, 95, 99 and 81 (one
core, seed 0: `python -m autograder.demo.models`; six drawings of sentences lay within 2 points of each other), on
Multi30k 40 BLEU (ten minutes of a GPU, greedy). `benchmarks/training.py` measures more seeds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """measure: the name of what is measured, see `scores`. reach: for full points, in percent, or in BLEU points."""

    title: str
    measure: str
    reach: float
    points: float
    unit: str = " %"

    def earned(self, score: float) -> float:
        """The points for a score, to a tenth."""
        share = min(max(2 * score / self.reach - 1, 0.0), 1.0)
        return round(share * self.points, 1)


POINTS = 4.0  # of the graded cell, whatever the corpus
GOALS = {
    "korean_english": (
        Goal("exact match, new sentences", "exact iid", 94, 1),
        Goal("exact match, new combinations", "exact comb", 90, 1),
        Goal("BLEU", "bleu", 94, 1, ""),
        Goal("alignment", "alignment", 76, 1),
    ),
    "multi30k": (Goal("BLEU, test sentences of Multi30k", "bleu", 35, 4, ""),),
}
