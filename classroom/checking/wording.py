"""The sentences a check says: errors of the student's code, places in a tensor, numbers to three places."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from classroom.checking.questions import Failure


def failure_sentence(name: str, failure: Failure) -> str:
    """One clear sentence for an error that came out of the student's object."""
    kind, message = failure.kind, failure.message
    at = f", in the line `{failure.line}`" if failure.line else ""
    if kind == "NotImplementedError":
        what = f"{name}.forward" if message in ("forward", "_forward_unimplemented") else message or name
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
        return (
            f"`{name}` has no parameter called `{wanted}`; its parameters are: {yours}. "
            "Layers are found by the names you give them in `__init__` (`self.W_q = ...`)."
        )
    if message.startswith("PARAMETER-SHAPE"):
        wanted, right, yours = message.removeprefix("PARAMETER-SHAPE ").split(" | ")
        return f"The parameter `{wanted}` of `{name}` should have the shape {right}; yours has {yours}."
    if kind == "NotData" and "ndarray" in message:
        return f"`{name}` returned a NumPy array; a tensor is asked for: stay with torch."
    if kind == "NotData":
        return f"`{name}` returned something other than tensors and numbers: {message}."
    if kind == "SystemExit":
        return f"`{name}` asked Python to exit{at}. A function returns; it does not end the program."
    if kind == "RecursionError":
        return f"`{name}` called itself without end{at}."
    return f"`{name}` stopped with {kind}{at}: {_first_line(message)}"


def shape_words(shape: Any) -> str:
    """A shape as it stands in the docstrings: `(2, 3, 5)`."""
    return "(" + ", ".join(str(n) for n in shape) + ("," if len(shape) == 1 else "") + ")"


def place(label: str, spot: list[int]) -> str:
    """Where in an output: `weights[0, 2]`."""
    return f"`{label}[{', '.join(map(str, spot))}]`" if spot else f"`{label}`"


def numbers(x: Tensor, most: int = 6, places: int = 3) -> str:
    """A row of numbers to `places` places; booleans as True and False; a long row is cut."""
    flat = x.detach().flatten()
    shown = flat[:most].tolist()
    text = "  ".join(str(n) if isinstance(n, bool) else _number(float(n), places) for n in shown)
    return text + ("  ..." if flat.numel() > most else "")


def numbers_apart(want: Tensor, got: Tensor) -> tuple[str, str]:
    """Two rows of numbers, to as many places as it takes to tell them apart: three, or up to six."""
    for places in (3, 4, 5, 6):
        pair = numbers(want, places=places), numbers(got, places=places)
        if pair[0] != pair[1]:
            break
    return pair


def a_or_an(kind: str) -> str:
    """`a tensor`, `an int`."""
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def inputs_words(names: tuple[str, ...], args: tuple, most: int = 12) -> str:
    """The inputs of a small question, to be printed whole: `q = [[1, 0]]`. Empty where one is not small."""
    words = []
    for name, arg in zip(names, args, strict=False):
        if isinstance(arg, Tensor):
            if arg.numel() > most:
                return ""
            words.append(f"{name} = {_nested(arg.tolist())}")
        elif arg is not None:
            words.append(f"{name} = {arg!r}")
    return (", " if len(", ".join(words)) < 90 else "\n").join(words)


def _number(n: float, places: int) -> str:
    return f"{n:.{places}f}" if abs(n) < 1e4 else f"{n:.3g}"


def _nested(x: Any) -> str:
    if isinstance(x, list):
        return "[" + ", ".join(_nested(part) for part in x) + "]"
    return f"{x:g}" if isinstance(x, float) else str(x)


def _first_line(message: str) -> str:
    return message.strip().splitlines()[0][:300] if message.strip() else "(no message)"
