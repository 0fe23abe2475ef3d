"""Measuring a translator: exact match, BLEU with its signature, and alignment against gold links."""

from classroom.training.scoring.alignment import alignment_accuracy, alignments, error_rate
from classroom.training.scoring.scores import Scores, bleu, exact_match, score

__all__ = ["Scores", "alignment_accuracy", "alignments", "bleu", "error_rate", "exact_match", "score"]
