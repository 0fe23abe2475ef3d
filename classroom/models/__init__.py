"""Trained models that the lessons look into, their files in assets/models."""

from classroom.models.load import UnfitModel, load
from classroom.models.patterns import PATTERNS
from classroom.models.reader import Reader, Reading, marks, new_sentences

__all__ = ["PATTERNS", "Reader", "Reading", "UnfitModel", "load", "marks", "new_sentences"]
