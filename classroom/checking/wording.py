"""The sentences a check says: errors of the student's code, places in a tensor, numbers to three places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from classroom.checking.questions import Failure, Question

MOST = 6  # numbers of a row that are shown
SHORT = 70  # characters of a list that are shown whole
# Numbers of a case that are shown, not their shapes; of whole ones more, since they can be followed by hand.
FEW, FEW_WHOLE = 20, 30


def failure_sentence(name: str, failure: Failure) -> str:
    """One clear sentence for an error that came out of the student's object."""
    kind, message = failure.kind, failure.message
    elsewhere = failure.place and failure.place.split(".")[0] != name
    at = f" in `{failure.place}`" if elsewhere else ""
    at += f", in the line `{failure.line}`" if failure.line else ""
    if f"Module [{name}] is missing" in message:
        return f"`{name}` has no `forward`: is it there, spelt so, and indented as a method of the class?"
    if is_unwritten(failure):
        what = message.removesuffix(".__init__")
        what = name if what.startswith(("<", "__")) else what
        return f"`{what}` is not written yet: put your code in the place of `raise NotImplementedError`."
    if kind == "NotAFunction":
        return (
            f"`check` was handed a {message}, not the function `{name}`: "
            f"pass the function itself, without brackets after its name."
        )
    if message.startswith("NOT-A-MODULE"):
        handed = message.split()[1]
        if handed == name:
            return f"`check` was handed an object of the class `{name}`: pass the class itself, without brackets."
        return f"`{name}` should be a class made from nn.Module; `check` was handed {a_or_an(handed)}."
    if message.startswith("NO-PARAMETER"):
        wanted, yours = message.removeprefix("NO-PARAMETER ").split(" | ")
        part, there = wanted.split(".")[0], yours.split(", ")
        what = f"has no parameter called `{wanted}`"
        if wanted.count(".") > 1 and not any(own.startswith(f"{part}.") for own in there):
            what = f"has nothing to learn under the name `{part}` (such as `{wanted}`)"
        if part != wanted and part in there:
            held = wanted.removeprefix(f"{part}.")
            return f"`{part}` of `{name}` should be a layer that holds a `{held}`; yours is a parameter itself."
        return (
            f"`{name}` {what}; its parameters are: {some(there)}. "
            f"They are found by the names you give them in `__init__` (`self.{part} = ...`)."
        )
    if message.startswith("NO-METHOD"):
        return f"`{name}` has no method `{message.split()[1]}`."
    if message.startswith("PARAMETER-SHAPE"):
        wanted, right, yours = message.removeprefix("PARAMETER-SHAPE ").split(" | ")
        return f"The parameter `{wanted}` of `{name}` should have the shape {right}; yours has {yours}."
    if message.startswith("RULED-OUT"):
        ruled_out = message.split()[1].removeprefix("native_")
        if ruled_out == "autograd":
            return f"`{name}` asks autograd for a gradient{at}. The check turns it off: the gradient is yours to write."
        return f"`{name}` uses torch's own `{ruled_out}`{at}. Here the point is to write it from simpler operations."
    if kind == "ReturnedError":
        return f"`{name}` returned a {message}: an error is not returned, it is raised, as in `raise {message}(...)`."
    if kind == "NotData" and "ndarray" in message:
        return f"`{name}` returned a NumPy array; a tensor is asked for: stay with torch."
    if kind == "NotData":
        return f"`{name}` returned something other than tensors and numbers: {message}."
    if kind == "SystemExit":
        return f"`{name}` asked Python to exit{at}. A function returns; it does not end the program."
    if kind == "RecursionError":
        return f"`{name}` called itself without end{at}."
    return f"`{name}` stopped with {kind}{at}: {_first_line(message.removeprefix('STOPPED '))}"


def is_unwritten(failure: Failure) -> bool:
    """Whether a placeholder still stands there: not so where torch, or the student, said what is not implemented."""
    return failure.kind == "NotImplementedError" and not failure.message.startswith("STOPPED")


def some(names: Sequence[str], most: int = 4) -> str:
    """The first of many names: `a, b, c, d ... and 44 more`."""
    rest = len(names) - most
    return ", ".join(names) if rest <= 1 else f"{', '.join(names[:most])} ... and {rest} more"


def shape_words(shape: Any) -> str:
    """A shape as it stands in the docstrings: `(2, 3, 5)`."""
    return "(" + ", ".join(str(n) for n in shape) + ("," if len(shape) == 1 else "") + ")"


def place(label: str, spot: list[int]) -> str:
    """Where in an output: `weights[0, 2]`."""
    return f"`{label}[{', '.join(map(str, spot))}]`" if spot else f"`{label}`"


def numbers(x: Tensor, most: int = MOST, places: int = 3) -> str:
    """A row of numbers to `places` places; booleans as True and False; a long row is cut."""
    flat = x.detach().flatten()
    shown = flat[:most].tolist()
    text = "  ".join(str(n) if isinstance(n, bool | int) else _number(float(n), places) for n in shown)
    return text + ("  ..." if flat.numel() > most else "")


def first_apart(want: Tensor, got: Tensor) -> int:
    """At which entry two rows of numbers first differ; 0 where they do not."""
    want, got = want.detach().flatten().double(), got.detach().flatten().double()
    apart = (~torch.isclose(want, got, rtol=1e-4, atol=1e-5)).nonzero()
    return int(apart[0]) if len(apart) else 0


def numbers_apart(want: Tensor, got: Tensor, most: int = MOST) -> tuple[str, str]:
    """Two rows of numbers, to as many places as it takes to tell them apart: three, or up to six. Of long rows the
    part in which they first differ."""
    want, got = want.detach().flatten(), got.detach().flatten()
    first = first_apart(want, got)
    start = 0 if first < most else first - most // 2
    for places in (3, 4, 5, 6):
        pair = tuple(("...  " if start else "") + numbers(x[start:], most, places) for x in (want, got))
        if pair[0] != pair[1]:
            break
    return pair


def a_or_an(kind: str) -> str:
    """`a tensor`, `an int`."""
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def inputs_words(target: str, names: tuple[str, ...], question: Question, most: int = 12) -> str:
    """The inputs of a question: small ones whole, `q = [[1, 0]]`, else their shapes, `q: (2, 5, 6)`. Of a class also
    what it was built with, and the mode where that is train."""
    words = []
    if question.init is not None:
        mode = ", in train mode" if question.train else ""
        words.append(f"{target}({', '.join(map(repr, question.init))}){mode}")
    given = [(name, arg) for name, arg in zip(names, question.args, strict=False) if arg is not None]
    given = [(name, _as_numbers(arg)) for name, arg in given if name]
    small = _can_be_read([arg for _, arg in given if isinstance(arg, Tensor)], most)
    for name, arg in given:
        if isinstance(arg, Tensor):
            words.append(f"{name} = {_nested(arg.tolist())}" if small else f"{name}: {shape_words(arg.shape)}")
        elif not isinstance(arg, dict | list | tuple) or (not isinstance(arg, dict) and len(repr(arg)) <= SHORT):
            words.append(f"{name} = {arg!r}")
    return (", " if len(", ".join(words)) < 90 else "\n").join(words)


def _as_numbers(arg: Any) -> Any:
    """A list of tensors as lists of numbers: `[[3, 4]]`, not `[tensor([3, 4])]`."""
    listed = isinstance(arg, list) and arg and all(isinstance(x, Tensor) for x in arg)
    return [x.tolist() for x in arg] if listed else arg


def _can_be_read(tensors: list[Tensor], most: int) -> bool:
    whole = all(not x.is_floating_point() or bool((x == x.round()).all()) for x in tensors)
    together = sum(x.numel() for x in tensors)
    return all(x.numel() <= most for x in tensors) and together <= (FEW_WHOLE if whole else FEW)


def _number(n: float, places: int) -> str:
    text = f"{n:.{places}f}" if abs(n) < 1e4 else f"{n:.3g}"
    return text.removeprefix("-") if float(text) == 0 else text


def _nested(x: Any) -> str:
    if isinstance(x, list):
        return "[" + ", ".join(_nested(part) for part in x) + "]"
    return f"{x:g}" if isinstance(x, float) else str(x)


def _first_line(message: str, most: int = 200) -> str:
    """The first line of an error's message, without what lies between a function of the course's own and its name."""
    if not message.strip():
        return "(no message)"
    line = re.sub(r"[\w.]+\.<locals>\.", "", message.strip().splitlines()[0])
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]} ..."
