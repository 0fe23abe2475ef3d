"""The pictures of the lessons: each function shows one picture, with alt text, and returns nothing."""

from classroom.show.attention_matrix import attention
from classroom.show.curves import score_spread, timing
from classroom.show.explorers import softmax_explorer
from classroom.show.reach_map import reach
from classroom.show.word_lookup import lookup

__all__ = ["attention", "lookup", "reach", "score_spread", "softmax_explorer", "timing"]
