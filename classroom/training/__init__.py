"""Training a translator, translating with it, and measuring it, on whatever device there is."""

from classroom.training.decoding import translate
from classroom.training.fit import fit
from classroom.training.precision import Precision, precision
from classroom.training.recipe import KOREAN_ENGLISH, MULTI30K, MULTI30K_CPU, Recipe
from classroom.training.record import Record, Report
from classroom.training.scoring import Scores, alignments, score
from classroom.training.sizes import BASE, BASE_CPU, SMALL, Sizes, translator

__all__ = [
    "BASE",
    "BASE_CPU",
    "KOREAN_ENGLISH",
    "MULTI30K",
    "MULTI30K_CPU",
    "SMALL",
    "Precision",
    "Recipe",
    "Record",
    "Report",
    "Scores",
    "Sizes",
    "alignments",
    "fit",
    "precision",
    "score",
    "translate",
    "translator",
]
