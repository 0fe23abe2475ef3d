"""What the checks of this session said: for pictures that show how far a student has come, and for `submit`."""

from __future__ import annotations

import time
from collections.abc import Callable

_said: dict[str, bool] = {}
_last: list[float] = []  # when a check passed last; empty before the first
_watchers: list[Callable[[], None]] = []


def note(exercise: str, held: bool) -> None:
    """Remember how the last check of an exercise ended: one that fails after it had passed is forgotten again."""
    before = _said.get(exercise, False)
    _said[exercise] = held
    if held:
        _last[:] = [time.time()]
    if held != before:
        for tell in _watchers:
            tell()


def passed() -> frozenset[str]:
    """The names of the exercises whose last check in this session passed."""
    return frozenset(name for name, held in _said.items() if held)


def asked() -> dict[str, bool]:
    """Every exercise that was checked in this session, and whether its last check passed."""
    return dict(_said)


def last_passed() -> float | None:
    """When a check passed last in this session, in seconds since 1970; None where none has."""
    return _last[0] if _last else None


def watch(tell: Callable[[], None]) -> None:
    """Call `tell` whenever an exercise has passed for the first time, or passes no more."""
    _watchers.append(tell)
