"""An end to what takes too long: feedback pages, which are made of what students wrote."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

from autograder.errors import Stop
from autograder.nbgrader_api import Converter, Stopped

PAGE_SECONDS = 60  # a page takes a third of one; text can be written on which Markdown takes hours
NO_PAGE = f"Its feedback page took more than {PAGE_SECONDS} s to make, and there is none: look at the notebook."
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


def page(converter: Converter, lesson: str, student: str) -> str:
    """Make a feedback page. Returns why there is none, or ""."""
    try:
        with deadline(PAGE_SECONDS, NO_PAGE):
            converter.convert(lesson, student)
    except TooLong as late:
        return str(late)
    except Stopped as stop:
        return f"Its feedback page could not be made ({stop})."
    return ""
