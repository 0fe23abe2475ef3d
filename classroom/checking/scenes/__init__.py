"""Small worlds in which a student's function is put to work, for what a single call can not show.

A scene takes the student's object and the question's arguments, and returns what became of it, as plain data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from classroom.checking.scenes.asked_words import ASKED_WORDS
from classroom.checking.scenes.counted_steps import COUNTED_STEPS
from classroom.checking.scenes.interruption import INTERRUPTIONS
from classroom.checking.scenes.updates import UPDATES

SCENES: dict[str, Callable[..., tuple[Any, ...]]] = {**UPDATES, **INTERRUPTIONS, **ASKED_WORDS, **COUNTED_STEPS}
