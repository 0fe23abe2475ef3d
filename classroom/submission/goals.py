"""What a handed-in translator should reach, and what that is worth: the one place where the thresholds stand.

Full points from the goal on, none at half of it or below, and a straight line between. Every goal lies five points
under the median of five trainings with the lesson's default (`benchmarks/training.py seeds`: exact match 98.6 and 96.7,
BLEU 99, alignment 81 over both kinds of sentences), on Multi30k under 40 BLEU (a few minutes of a GPU, greedy).
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
        Goal("exact match, new sentences", "exact iid", 93, 1),
        Goal("exact match, new combinations", "exact comb", 91, 1),
        Goal("BLEU", "bleu", 94, 1, ""),
        Goal("alignment", "alignment", 76, 1),
    ),
    "multi30k": (Goal("BLEU, test sentences of Multi30k", "bleu", 35, 4, ""),),
}
