"""Translating with a trained model: greedily or with a beam, many sentences at once, with cached keys and values."""

from classroom.training.decoding.translate import translate

__all__ = ["translate"]
