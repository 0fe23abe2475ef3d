"""Puts one question to a student's object and brings the answer back as data.

The same code runs in the student's notebook and at grading: what passes the instant check is asked in the same words.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from classroom.checking.questions import Answer, Failure, Question
from classroom.checking.wire import NotData, pack
from classroom.reach import reach

MOST_PRINTED = 600  # characters
_OWN_FOLDERS = ("classroom", "torch", "autograder", "numpy")


def ask(target: Any, question: Question) -> Answer:
    """Put `question` to `target` and return what came back. Never raises for what the student's code does.

    What the code prints goes into the answer, up to a limit; its warnings are dropped; torch's random stream is left
    as it was.
    """
    printed = io.StringIO()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        _seeded(),
    ):
        warnings.simplefilter("ignore")
        try:
            answer = _ask(target, question)
        except NotData as error:
            answer = Answer(failure=Failure("NotData", str(error)))
        except (Exception, SystemExit) as error:
            answer = Answer(failure=_failure(error))
    return replace(answer, printed=printed.getvalue()[:MOST_PRINTED])


def _ask(target: Any, question: Question) -> Answer:
    if question.value:
        return Answer(*_flat(target))
    parameters: dict[str, nn.Parameter] = {}
    if question.init is not None:
        target = _build(target, question)
        parameters = dict(target.named_parameters())
    elif isinstance(target, type) or not callable(target):
        return Answer(failure=Failure("NotAFunction", type(target).__name__))

    args = [_hand_over(arg, question.noncontiguous) for arg in question.args]
    if question.reach is not None:
        return Answer((_reach(target, args, question.reach),))
    before = [arg.clone() if isinstance(arg, Tensor) else arg for arg in args]
    wanted = _require_grad(args, parameters, question.grads)
    with torch.set_grad_enabled(bool(wanted)):
        try:
            result = target(*args)
        except NotImplementedError as error:
            return Answer(failure=Failure("NotImplementedError", _raised_in(error)))
    outputs, came_as = _flat(result)
    grads = _gradients(outputs[0], wanted) if wanted and outputs else {}
    changed = tuple(
        i for i, arg in enumerate(args) if isinstance(arg, Tensor) and not _identical(arg.detach(), before[i])
    )
    pack(outputs)
    return Answer(
        tuple(x.detach().clone() if isinstance(x, Tensor) else x for x in outputs),
        came_as,
        grads,
        {name: tuple(p.shape) for name, p in parameters.items()},
        changed,
    )


@contextlib.contextmanager
def _seeded() -> Iterator[None]:
    """A fixed random stream inside, the caller's own after. (`torch.manual_seed` would also queue work for GPUs.)"""
    state = torch.default_generator.get_state()
    torch.default_generator.manual_seed(0)
    try:
        yield
    finally:
        torch.default_generator.set_state(state)


def uneven(shape: torch.Size, dtype: torch.dtype) -> Tensor:
    """Fixed numbers, all different, that an output is multiplied by before it is summed and differentiated."""
    return torch.cos(1.0 + torch.arange(shape.numel(), dtype=torch.float64)).reshape(shape).to(dtype)


def _build(target: Any, question: Question) -> nn.Module:
    if not (isinstance(target, type) and issubclass(target, nn.Module)):
        raise TypeError(f"NOT-A-MODULE {type(target).__name__}")
    module = target(*question.init)
    for arg in question.args:
        if isinstance(arg, Tensor) and arg.is_floating_point():
            module = module.to(arg.dtype)
            break
    named = dict(module.named_parameters())
    for name, tensor in (question.weights or {}).items():
        if name not in named:
            raise LookupError(f"NO-PARAMETER {name} | {', '.join(sorted(named)) or 'none at all'}")
        if named[name].shape != tensor.shape:
            raise LookupError(f"PARAMETER-SHAPE {name} | {tuple(tensor.shape)} | {tuple(named[name].shape)}")
        with torch.no_grad():
            named[name].copy_(tensor)
    return module.train(question.train)


def _hand_over(arg: Any, noncontiguous: bool) -> Any:
    if not isinstance(arg, Tensor):
        return arg
    if noncontiguous and arg.dim() >= 2:
        return arg.clone().transpose(-1, -2).contiguous().transpose(-1, -2)
    return arg.clone()


def _require_grad(args: list, parameters: dict[str, nn.Parameter], names: tuple[str, ...]) -> dict[str, Tensor]:
    wanted: dict[str, Tensor] = {}
    for name in names:
        if name.isdigit():
            wanted[name] = args[int(name)].requires_grad_()
        else:
            wanted[name] = parameters[name]
    return wanted


def _gradients(output: Any, wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    if not isinstance(output, Tensor) or not output.requires_grad:
        return {name: torch.zeros_like(x) for name, x in wanted.items()}
    scalar = (output * uneven(output.shape, output.dtype)).sum()
    found = torch.autograd.grad(scalar, list(wanted.values()), allow_unused=True)
    return {
        name: torch.zeros_like(x) if grad is None else grad.detach()
        for (name, x), grad in zip(wanted.items(), found, strict=True)
    }


def _reach(target: Any, args: list, what: tuple[int, int]) -> Tensor:
    position, output = what

    def of_one(x: Tensor) -> Tensor:
        changed = [*args]
        changed[position] = x
        return _flat(target(*(a.double() if isinstance(a, Tensor) and a.is_floating_point() else a for a in changed)))[
            0
        ][output]

    return reach(of_one, args[position].double())


def _flat(result: Any) -> tuple[tuple, str]:
    if isinstance(result, tuple | list):
        return tuple(result), type(result).__name__
    if isinstance(result, Tensor):
        return (result,), "tensor"
    if result is None:
        return (), "None"
    return (result,), type(result).__name__


def _identical(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and torch.equal(a.nan_to_num(7e5), b.nan_to_num(7e5))


def _raised_in(error: BaseException) -> str:
    """The name of the function that raised; a lesson's function may call one of an earlier exercise."""
    return traceback.extract_tb(error.__traceback__)[-1].name


def _failure(error: BaseException) -> Failure:
    """The error, and the last line of the student's own code that it passed through."""
    line = ""
    for frame in traceback.extract_tb(error.__traceback__):
        parts = frame.filename.replace("\\", "/").split("/")
        if not any(folder in parts for folder in _OWN_FOLDERS) and not frame.filename.startswith("<frozen"):
            line = frame.line or linecache.getline(frame.filename, frame.lineno or 0).strip()
    return Failure(type(error).__name__, str(error), line)
