"""Random choices that are the same on every machine.

Everything is drawn from `random.Random(seed).random()`, which alone Python promises never to change ("the generator's
random() method will continue to produce the same sequence when the compatible seeder is given the same seed"); of
choice, shuffle and randrange it promises nothing. A whole number below n is `int(random() * n)`, the same on every
machine, since the product of two doubles is.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class NothingFits(Exception):
    """What was begun cannot be finished with any word that is left; begin anew."""


class Dice:
    """A source of random choices."""

    def __init__(self, seed: int):
        self.random = random.Random(seed).random

    def below(self, n: int) -> int:
        return int(self.random() * n)

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.random() * len(options))]
