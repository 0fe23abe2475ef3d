"""Pictures that are drawn once: nine tenths of a lesson's time go into pictures that are the same for many.

A call of a function of `classroom.show` is known by its name and arguments (see `calls`). When a lesson is built, the
solved notebook keeps that beside each picture (`mark`); a student's parent takes these pictures, then runs the course's
own cells, which are public, for those that came out otherwise on this machine (`take`, `learn`). In a student's process
the same call with the same arguments shows the same; any other is drawn.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable
from typing import Any

from autograder.grading.exam.cells import OUTPUTS, Shell, run
from autograder.grading.exam.drawing.calls import Call, Known, Outputs, call
from autograder.grading.exam.drawing.drawn import CALL
from classroom import show

_WIDGET = "application/vnd.jupyter.widget-view+json"  # of no use on a page: the picture beside it is
_BUDGET = 50_000_000
OF_THE_SESSION = {"encoder_stack"}  # these show what has passed so far, and not their arguments alone: always drawn
_known = Known()
_learning = False


def mark() -> None:
    """In the kernel that builds a lesson: each picture of `classroom.show` says in its metadata which call drew it."""
    from IPython import get_ipython

    calls: list[Call] = []

    def say(message: dict[str, Any]) -> dict[str, Any]:
        if calls and message["msg_type"] == "display_data":
            message["content"]["metadata"][CALL] = calls[-1]
        return message

    def marked(name: str, draw: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(draw)
        def shown(*args: Any, **named: Any) -> Any:
            this = call(name, args, named)
            calls.extend([this] if this else [])
            try:
                return draw(*args, **named)
            finally:
                del calls[len(calls) - bool(this) :]

        return shown

    get_ipython().display_pub.register_hook(say)
    _wrap(marked)


def remember() -> None:
    """Wrap the functions of `classroom.show`; for the life of the process."""
    _wrap(_remembering)


def take(pictures: Iterable[tuple[Call, Outputs]]) -> None:
    """Know these from now on."""
    for this, outputs in pictures:
        _known.add(this, outputs)


def learn(sources: Iterable[str], shell: Shell) -> None:
    """Run the course's own cells (those that need an answer fail, and teach nothing) and leave no name behind."""
    global _learning
    _learning = True
    try:
        for source in sources:
            run(shell, source, _BUDGET)
    finally:
        _learning = False
        shell.reset(new_session=True)


def _wrap(wrapper: Callable[[str, Callable[..., None]], Callable[..., None]]) -> None:
    for name in set(show.__all__) - OF_THE_SESSION:
        setattr(show, name, wrapper(name, getattr(show, name)))


def _remembering(name: str, draw: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(draw)
    def shown(*args: Any, **named: Any) -> Any:
        this = call(name, args, named)
        if this is None:
            return draw(*args, **named)
        known = _known.find(this)
        if known is not None:
            for output in known:
                OUTPUTS.add(output, len(str(output)))
            return None
        before = len(OUTPUTS.kept)
        given = draw(*args, **named)
        if _learning and given is None:  # else there is something to go on with: a picture of a training, say
            outputs = copy.deepcopy(OUTPUTS.kept[before:])
            for output in outputs:
                output.get("data", {}).pop(_WIDGET, None)
            _known.add(this, outputs)
        return given

    return shown
