"""An end to what takes too long."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

from autograder.errors import Stop

AGAIN = 5  # seconds after which it is said once more, where a library took the first time for an error of its own


class TooLong(Stop):
    """It was stopped in the middle."""


@contextlib.contextmanager
def deadline(seconds: float, sentence: str) -> Iterator[None]:
    """What is done within is stopped after so many seconds; then TooLong is raised, with this sentence.

    By a signal, which Python gives to the first thread only: in another one there is no end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    passed = False

    def stop(*_: object) -> None:
        nonlocal passed
        passed = True
        raise TooLong(sentence)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    except Exception:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not passed:
            raise
        raise TooLong(sentence) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
