"""Which exercises passed their check in this session: for pictures that show how far a student has come."""

from __future__ import annotations

from collections.abc import Callable

_held: set[str] = set()
_watchers: list[Callable[[], None]] = []


def note(exercise: str, held: bool) -> None:
    """Remember how the last check of an exercise ended: one that fails after it had passed is forgotten again."""
    if held == (exercise in _held):
        return
    (_held.add if held else _held.discard)(exercise)
    for tell in _watchers:
        tell()


def passed() -> frozenset[str]:
    """The names of the exercises whose last check in this session passed."""
    return frozenset(_held)


def watch(tell: Callable[[], None]) -> None:
    """Call `tell` whenever an exercise has passed for the first time, or passes no more."""
    _watchers.append(tell)
