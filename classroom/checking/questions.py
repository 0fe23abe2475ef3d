"""The data that pass between a check and a student's object: a question, its answer, and a case made of questions.

All of it is plain data (numbers, strings, lists, tensors), so that the same question can be put in the student's own
notebook and, at grading, across a process boundary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor


@dataclass(frozen=True)
class Question:
    """One question to a student's object.

    args: what it is called with, by position; `{"made": name, "of": (...)}` stands for an object that is no data (a
        model, a loss with its graph), made on the spot by `made.RECIPES[name]`.
    value: a name alone is read and not called; a class, with `init`, is built and not called.
    init: for a class, the positional arguments it is built with; the call then goes to the instance.
    weights: for a class, name -> tensor, copied into the parameters of that name before the call.
    method: for a class, the method that is called in the place of the instance.
    whole: what comes back is one output, though it is a list: of words, of numbers, of lists of them.
    scene: the student's object is not called; `scenes.SCENES[scene]` is handed it and the arguments, puts it to work
        and tells what became of it.
    train: for a class, whether the module is in train mode (else eval mode).
    grads: names of the arguments (`"0"`, `"1"`, ...) and parameters whose gradient is wanted. The scalar that is
        differentiated is the sum of the first output times fixed, uneven numbers (see `runner.uneven`).
    reach: (argument, output): the reach map of that output over that argument is wanted instead of the outputs. The
        argument is one sentence: vectors (S, D) or (1, S, D), or words, whole numbers (1, S).
    noncontiguous: hand the tensors over with swapped strides; the numbers are the same.
    graph: gradients are on during the call though none is asked for: the student's object differentiates by itself.
    without: operations of torch that may not be used on the way, by ATen's names (`"sigmoid"`, `"_softmax"`);
        `"autograd"` stands for asking torch for a gradient.
    """

    args: tuple = ()
    value: bool = False
    init: tuple | None = None
    weights: dict[str, Tensor] | None = None
    train: bool = False
    grads: tuple[str, ...] = ()
    reach: tuple[int, int] | None = None
    noncontiguous: bool = False
    graph: bool = False
    without: tuple[str, ...] = ()
    method: str = ""
    whole: bool = False
    scene: str = ""


@dataclass(frozen=True)
class Failure:
    """Why there is no answer: the kind of error, its message, and the student's line it came from, with the function
    or method in which that line stands."""

    kind: str
    message: str
    line: str = ""
    place: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back: outputs in order, how they came (`"tensor"`, `"tuple"`, `"None"`, ...), gradients by name,
    parameter and buffer shapes by name, the positions of arguments that were changed in place, and what was printed
    (its start)."""

    outputs: tuple = ()
    came_as: str = "tensor"
    grads: dict[str, Tensor] = field(default_factory=dict)
    parameters: dict[str, tuple[int, ...]] = field(default_factory=dict)
    buffers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    changed: tuple[int, ...] = ()
    failure: Failure | None = None
    printed: str = ""


@dataclass(frozen=True)
class Case:
    """One line of a check: questions, and what must be true of the answers.

    kind: the property that is judged, a name in `properties.KINDS`.
    title: what the line says.
    names: the outputs, in order, by the names the exercise gives them.
    inputs: the arguments' names, for messages; "" for one that tells the student nothing.
    story: the question in words, for the message when it fails.
    options: what the property needs to know beyond the answers (plain data).
    rtol, atol: how far a right answer may be off.
    """

    kind: str
    title: str
    questions: tuple[Question, ...]
    names: tuple[str, ...] = ("output",)
    inputs: tuple[str, ...] = ()
    story: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    rtol: float = 1e-4
    atol: float = 1e-5


@dataclass(frozen=True)
class Finding:
    """Why a case failed: one sentence, and, where numbers help, what was wanted and what came.

    note: what an error of torch's means, in plain words, for when no known mistake explains it. missing: the name of
    another function that the object needs, which is not written yet or not defined."""

    sentence: str
    wanted: str = ""
    yours: str = ""
    unwritten: bool = False
    note: str = ""
    missing: str = ""
