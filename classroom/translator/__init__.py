"""Translators that lessons train, and the loop that trains them."""

from classroom.translator.gru import GRUTranslator
from classroom.translator.training import train

__all__ = ["GRUTranslator", "train"]
