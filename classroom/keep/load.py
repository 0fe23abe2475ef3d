"""Loads a kept part into a module of its own, and asks its check again."""

from __future__ import annotations

import contextlib
import io
import linecache
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from classroom.check import examine
from classroom.checking import records
from classroom.checking.runner import ask
from classroom.checking.verdict import Verdict
from classroom.keep.definitions import KEPT_MODULES

SECONDS = 20.0  # after which a part that does not come to an end is given up; its checks take well under one


class NotUsable(Exception):
    """A part can not be used. Its text says why, as the end of a sentence."""


class _TooLong(BaseException):
    """The time is over. (No Exception, so that neither a check nor a student's `except Exception` keeps it.)"""


def load(name: str, text: str, seconds: float = SECONDS) -> Any:
    """The part that `text`, a kept file, defines under `name`. Raises NotUsable where it is none that passes its check.

    The text runs in a module of its own. Where it does not come to an end it is stopped, in the main thread of a
    system that has alarms (Linux, macOS: every notebook there); elsewhere (Windows) nothing stops it but the student.
    """
    try:
        with _at_most(seconds):
            part = _run(name, text)
            failed = failing(name, part)
    except _TooLong:
        raise NotUsable(f"it did not come to an end within {seconds:g} seconds") from None
    if failed is not None:
        raise NotUsable(f"it does not pass its check{f' ({known(failed)})' if known(failed) else ''}")
    return part


def failing(name: str, part: Any) -> Verdict | None:
    """Put the recorded checks of the part to it, showing nothing: the verdict of the first that fails, or None."""
    for probe in checks(name):
        verdict = examine(records.load(probe), lambda question: ask(part, question))
        if not verdict.passed:
            return verdict
    return None


def known(verdict: Verdict) -> str:
    """What a failed check says in a line: the mistake, where it is a known one; else ""."""
    return verdict.summary() if verdict.mistakes or verdict.finding.unwritten else ""


def checks(name: str) -> list[str]:
    """The checks of a part: all of its lesson that ask the object of that name. Empty where there is no such part."""
    lesson = records.names().get(name)
    found = [probe for probe, place in records.names().items() if place == lesson is not None]
    return [probe for probe in found if records.load(probe).target == name]


def _run(name: str, text: str) -> Any:
    filename = f"<kept {name} {abs(hash(text)):x}>"
    try:
        code = compile(text, filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise NotUsable(f"its file is damaged ({type(error).__name__}{line})") from None
    module = ModuleType(KEPT_MODULES + name)
    module.__file__ = filename
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    before = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module  # dataclasses and pickle look there
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, vars(module))
        if name not in vars(module):
            raise NotUsable(f"there is no {name} in its file")
        return vars(module)[name]
    except BaseException as error:
        sys.modules.pop(module.__name__)
        if before is not None:
            sys.modules[module.__name__] = before
        if isinstance(error, NotUsable | _TooLong | KeyboardInterrupt):
            raise
        said = " ".join(str(error).split())[:200]
        raise NotUsable(f"its file does not run ({type(error).__name__}{': ' if said else ''}{said})") from None


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Stop what runs inside after so many seconds, and again every second, should it catch that."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise _TooLong

    handler = signal.signal(signal.SIGALRM, ring)
    left = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, handler)
