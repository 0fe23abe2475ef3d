"""Hands a lesson the parts it builds on, and says whose each is."""

from __future__ import annotations

from typing import Any

from classroom.keep import folder as kept
from classroom.keep.load import NotUsable, load
from classroom.parts.finished import FINISHED


def use(*names: str) -> tuple[Any, ...]:
    """`MultiHeadAttention, LayerNorm = parts.use("MultiHeadAttention", "LayerNorm")`: the parts, in that order.

    A part that you have kept, and that still passes its check, is your own; any other is the finished one. Says in
    a line for each which. At grading all are finished ones. Raises ValueError, naming those there are, where there
    is no part of that name.
    """
    for name in names:
        if name not in FINISHED:
            raise ValueError(f"There is no part {name!r}. There are: {', '.join(FINISHED)}.")
    return tuple(_one(name) for name in names)


def _one(name: str) -> Any:
    why = ""
    try:
        if kept.allowed():
            part = load(name, kept.path(name).read_text(encoding="utf-8"))
            print(f"{name}: your own, from kept/{name}.py")
            return part
    except FileNotFoundError:
        pass
    except NotUsable as error:
        why = f"; your own is not used: {error}"
    except (OSError, UnicodeError) as error:
        why = f"; your own is not used: its file can not be read ({getattr(error, 'strerror', None) or 'no text'})"
    print(f"{name}: the finished part{why}")
    return FINISHED[name]
