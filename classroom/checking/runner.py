"""Puts one question to a student's object and brings the answer back as data.

The same code runs in the student's notebook and at grading: what passes the instant check is asked in the same words.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import io
import linecache
import re
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import CodeType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from classroom.checking.made import make
from classroom.checking.questions import Answer, Failure, Question
from classroom.checking.scenes import SCENES
from classroom.checking.wire import NotData, pack
from classroom.reach import reach, reach_of_words

MOST_PRINTED = 600  # characters
_OWN_FOLDERS = ("classroom", "torch", "autograder", "numpy")


Built = dict[tuple, tuple[nn.Module, Tensor]]  # what it was built for -> the module, torch's random stream after


def ask(target: Any, question: Question, built: Built | None = None) -> Answer:
    """Put `question` to `target` and return what came back. Never raises for what the student's code does.

    What the code prints goes into the answer, up to a limit; its warnings are dropped; torch's random stream is left
    as it was. An object that answers for another, in another process (`__ask__`), is handed the question.

    built: for code of the course's own, asked many questions: its modules are kept there and used again for a question
    that sets all their weights. A student's module is built anew for each: it may remember what it was asked before.
    """
    if hasattr(type(target), "__ask__"):
        return target.__ask__(question)
    printed = io.StringIO()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        _seeded(),
    ):
        warnings.simplefilter("ignore")
        try:
            answer = _ask(target, question, built)
        except NotData as error:
            answer = Answer(failure=Failure("NotData", str(error)))
        except (Exception, SystemExit) as error:
            answer = Answer(failure=_failure(error))
    return replace(answer, printed=printed.getvalue()[:MOST_PRINTED])


def _ask(target: Any, question: Question, built: Built | None) -> Answer:
    if question.value and question.init is None:
        return Answer(*_flat(target))
    parameters: dict[str, nn.Parameter] = {}
    buffers: dict[str, Tensor] = {}
    if question.init is not None:
        target = _build(target, question, built)
        parameters, buffers = dict(target.named_parameters()), dict(target.named_buffers())
        if question.value:
            return Answer(came_as="module", parameters=_shapes(parameters), buffers=_shapes(buffers))
    elif isinstance(target, type) or not callable(target):
        return Answer(failure=Failure("NotAFunction", type(target).__name__))

    args = [_hand_over(arg, question.noncontiguous) for arg in question.args]
    if question.scene:
        outputs = SCENES[question.scene](target, *args)
        pack(outputs)
        return Answer(outputs, "tuple")
    if question.method:
        target = _method(target, question)
    if question.reach is not None:
        return Answer((_reach(target, args, question.reach),))
    before = [_kept(arg) for arg in args]
    wanted = _require_grad(args, parameters, question.grads)
    with torch.set_grad_enabled(bool(wanted) or question.graph), _without(question.without):
        result = target(*args)
    if isinstance(result, BaseException):
        return Answer(failure=Failure("ReturnedError", type(result).__name__))
    outputs, came_as = ((result,), type(result).__name__) if question.whole else _flat(result)
    grads = _gradients(outputs[0], wanted) if wanted and outputs else {}
    changed = tuple(i for i, arg in enumerate(args) if not _identical(arg, before[i]))
    pack(outputs)
    return Answer(
        tuple(x.detach().clone() if isinstance(x, Tensor) else x for x in outputs),
        came_as,
        grads,
        _shapes(parameters),
        _shapes(buffers),
        changed,
    )


def _shapes(tensors: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


@contextlib.contextmanager
def _seeded() -> Iterator[None]:
    """A fixed random stream inside, the caller's own after. (`torch.manual_seed` would also queue work for GPUs.)"""
    state = torch.default_generator.get_state()
    torch.default_generator.manual_seed(0)
    try:
        yield
    finally:
        torch.default_generator.set_state(state)


class _Without(TorchDispatchMode):
    """Stops at an operation that the exercise rules out, however it is spelt in Python."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func.overloadpacket.__name__.rstrip("_") in self.names:
            raise PermissionError(f"RULED-OUT {func.overloadpacket.__name__.strip('_')}")
        return func(*args, **(kwargs or {}))


@contextlib.contextmanager
def _without(names: tuple[str, ...]) -> Iterator[None]:
    with _Without(names) if names else contextlib.nullcontext(), _by_hand("autograd" in names):
        yield


@contextlib.contextmanager
def _by_hand(wanted: bool) -> Iterator[None]:
    """Where the gradient is the student's to write, a call of autograd says so, not torch's riddle."""
    if not wanted:
        yield
        return

    def ruled_out(*args: Any, **kwargs: Any) -> None:
        raise PermissionError("RULED-OUT autograd")

    importlib.import_module("torch._dynamo")  # when first imported it lists torch's functions, and refuses doubles
    kept = torch.autograd.grad, torch.autograd.backward
    torch.autograd.grad = torch.autograd.backward = ruled_out
    try:
        yield
    finally:
        torch.autograd.grad, torch.autograd.backward = kept


def uneven(shape: torch.Size, dtype: torch.dtype) -> Tensor:
    """Fixed numbers, all different, that an output is multiplied by before it is summed and differentiated."""
    return torch.cos(1.0 + torch.arange(shape.numel(), dtype=torch.float64)).reshape(shape).to(dtype)


def _method(module: nn.Module, question: Question) -> Callable[..., Any]:
    found = getattr(module, question.method, None)
    if not callable(found):
        raise LookupError(f"NO-METHOD {question.method}")
    return found


def _build(target: Any, question: Question, built: Built | None) -> nn.Module:
    if not (isinstance(target, type) and issubclass(target, nn.Module)):
        raise TypeError(f"NOT-A-MODULE {type(target).__name__}")
    weights = question.weights or {}
    # Where no argument is of a real type, as with a model that reads tokens, that of the weights counts.
    real = (x.dtype for x in (*question.args, *weights.values()) if isinstance(x, Tensor) and x.is_floating_point())
    dtype = next(real, None)
    key = (repr(question.init), dtype, frozenset(weights))
    if question.train or question.reach:  # which change more of the module than its weights
        built = None
    if built is not None and key in built:
        module, after = built[key]
        torch.default_generator.set_state(after)
    else:
        module = target(*question.init)
        module = module if dtype is None else module.to(dtype)
    named = dict(module.named_parameters())
    if built is not None and named.keys() == weights.keys():
        built[key] = module, torch.default_generator.get_state()
    for name, tensor in weights.items():
        if name not in named:
            raise LookupError(f"NO-PARAMETER {name} | {', '.join(sorted(named)) or 'none at all'}")
        if named[name].shape != tensor.shape:
            raise LookupError(f"PARAMETER-SHAPE {name} | {tuple(tensor.shape)} | {tuple(named[name].shape)}")
        with torch.no_grad():
            named[name].copy_(tensor)
    return module.train(question.train)


def _hand_over(arg: Any, noncontiguous: bool) -> Any:
    if isinstance(arg, list):
        return copy.deepcopy(arg)
    if not isinstance(arg, Tensor):
        return make(arg)
    if noncontiguous and arg.dim() >= 2:
        return arg.clone().transpose(-1, -2).contiguous().transpose(-1, -2)
    return arg.clone()


def _kept(arg: Any) -> Any:
    """The argument as it is before the call, to be compared with afterwards. (A tensor may hang in a graph.)"""
    if isinstance(arg, Tensor):
        return arg.detach().clone()
    return copy.deepcopy(arg) if isinstance(arg, list) else arg


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
    target = target.double() if isinstance(target, nn.Module) else target
    words = not args[position].is_floating_point()
    batch_of_one = words or args[position].dim() == 3

    def of_one(x: Tensor) -> Tensor:
        changed = [*args]
        changed[position] = x[None] if batch_of_one else x
        changed = [a.double() if isinstance(a, Tensor) and a.is_floating_point() else a for a in changed]
        found = _flat(target(*changed))[0][output]
        return found[0] if batch_of_one else found

    one = args[position][0] if batch_of_one else args[position]
    return reach_of_words(of_one, one) if words else reach(of_one, one.double())


def _flat(result: Any) -> tuple[tuple, str]:
    if isinstance(result, tuple | list):
        return tuple(result), type(result).__name__
    if isinstance(result, Tensor):
        return (result,), "tensor"
    if result is None:
        return (), "None"
    if isinstance(result, np.generic):
        return (result.item(),), type(result.item()).__name__
    return (result,), type(result).__name__


def _identical(a: Any, b: Any) -> bool:
    """Whether an argument is as it was before. Only tensors and lists, which can be written into, are looked at."""
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_identical, a, b))
    if not isinstance(a, Tensor):
        return True
    a, b = a.detach(), b.detach()
    return a.shape == b.shape and a.dtype == b.dtype and torch.equal(a.nan_to_num(7e5), b.nan_to_num(7e5))


def _failure(error: BaseException) -> Failure:
    """The error, and the last line of the student's own code that it passed through. Of a placeholder that still
    stands (`raise NotImplementedError`, with no message, in the student's own code) the name of its function."""
    line, place = "", ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if _is_students(code.co_filename):
            line, place = linecache.getline(code.co_filename, number).strip(), _place(code)
    if type(error) is not NotImplementedError:
        return Failure(type(error).__name__, str(error), line, place)
    if _is_students(code.co_filename) and not str(error):
        return Failure("NotImplementedError", code.co_qualname.rpartition("<locals>.")[2])
    return Failure("NotImplementedError", f"STOPPED {error}", line, place)


def _place(code: CodeType) -> str:
    """The function or method that a piece of code belongs to, such as `EncoderLayer.forward`; "" where it has no name.
    A comprehension belongs to what it stands in."""
    name = re.sub(r"\.<locals>\.<\w+>", "", code.co_qualname).rpartition("<locals>.")[2]
    return "" if name.startswith("<") else name


def _is_students(filename: str) -> bool:
    parts = filename.replace("\\", "/").split("/")
    return not any(folder in parts for folder in _OWN_FOLDERS) and not filename.startswith("<frozen")
