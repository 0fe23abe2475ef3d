"""The student's process as the examiner sees it: cells to run, and objects that take and return plain data."""

from __future__ import annotations

import builtins
import json
import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from autograder.grading.exam.child.student import OBJECT
from autograder.grading.exam.wire.frames import Gone, Late, encode, receive, send
from autograder.grading.exam.wire.letters import from_question, to_answer
from classroom.checking.questions import Answer, Question
from classroom.checking.wire import NotData


class Ended(BaseException):
    """The student's process has ended, or was ended: `sentence` says why. No `except Exception` of a test stops it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class StudentError(Exception):
    """An error of the student's code that is not one of Python's own."""


class Student:
    """The other end of the socket. After a time-out, or anything that is not plain data, the process is ended.

    lifeline: says how the process ended; closing it ends the process.
    """

    def __init__(
        self, sock: socket.socket, lifeline: socket.socket, most: int, cell_seconds: float, notebook_seconds: float
    ) -> None:
        self._sock, self._lifeline, self._most = sock, lifeline, most
        self._cell_seconds, self._notebook_seconds = cell_seconds, notebook_seconds
        self._until = self._ends = time.monotonic() + notebook_seconds
        self._count = 0
        self.ended: str | None = None
        self.forged = False

    def start_cell(self) -> None:
        """From now on the seconds of a cell are counted anew."""
        self._until = min(time.monotonic() + self._cell_seconds, self._ends)

    def run(self, source: str, budget: int) -> list[dict[str, Any]]:
        """The outputs of one of the student's cells, as JSON has them; they are not yet checked.

        Raises ValueError where they are more than an honest process sends for this budget."""
        text = self.request(do="cell", source=source, budget=budget).get("outputs")
        outputs = json.loads(text) if isinstance(text, str) and len(text) < 2 * budget + 500_000 else None
        if not isinstance(outputs, list):
            raise ValueError("not the outputs of a cell")
        return outputs

    def request(self, **what: Any) -> dict[str, Any]:
        """Raises Ended where there is no reply any more."""
        if self.ended:
            raise Ended(self.ended)
        self._count += 1
        frame = encode({**what, "count": self._count})
        try:
            send(self._sock, frame, max(self._until - time.monotonic(), 0.001))
            reply = receive(self._sock, self._most, self._until)
            if not isinstance(reply, dict) or reply.get("count") != self._count:
                raise NotData("not the reply to what was asked")
            return reply
        except Late:
            self.end(f"it took more than {self._limit()}")
        except Gone:
            self.end(self._how_it_ended())
        except NotData as error:
            self.forged = True
            self.end(f"what it sent back was no data of the kind that is read here ({error})")
        raise Ended(self.ended or "")

    def end(self, sentence: str) -> None:
        self.ended = sentence
        self._sock.close()
        self._lifeline.close()

    def _limit(self) -> str:
        whole = self._until >= self._ends
        seconds, what = (self._notebook_seconds, "notebook") if whole else (self._cell_seconds, "cell")
        return f"{seconds:g} s, the limit for a {what}"

    def _how_it_ended(self) -> str:
        try:
            self._lifeline.settimeout(5)
            return json.loads(self._lifeline.recv(4096) or b'"Python ended"')
        except (OSError, ValueError):
            return "Python ended"

    def known(self, names: list[str]) -> dict[str, bool]:
        known = self.request(do="names", names=names).get("known") if names else None
        return dict(zip(names, known, strict=False)) if isinstance(known, list) else {}

    def value(self, name: str) -> Any:
        """What the student's notebook has under this name: data as data, anything else as a proxy."""
        return _received(self, _result(self.request(do="value", of={OBJECT: name})), name)


class Proxy:
    """An object of the student's process. It can be called, and its parts be taken; what comes back is data or a proxy.

    It is equal to nothing but itself, and neither true nor false: nothing the student's code says is believed
    about what it is.

    Gradients pass through a call: `y = f(x); y.sum().backward()` fills in `x.grad`, and `layer.weight.grad` as the
    weight is taken after it. Gradients of gradients do not.
    """

    def __init__(self, student: Student, reference: str | int, kind: str) -> None:
        self.__dict__.update(_student=student, _reference={OBJECT: reference}, _kind=kind)

    def __ask__(self, question: Question) -> Answer:
        reply = self._student.request(do="ask", of=self._reference, question=from_question(question))
        try:
            return to_answer(reply.get("answer"))
        except NotData as error:
            self._student.forged = True
            self._student.end(f"what it sent back was no answer ({error})")
            raise Ended(self._student.ended or "") from None

    def __uses__(self) -> list[str]:
        """The names that it says it looks up: good for advice only."""
        names = self._student.request(do="uses", of=self._reference).get("uses")
        return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def __call__(self, *args: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        sent = [_sent(arg) for arg in args]
        places = {**dict(zip(map(str, range(len(args))), args, strict=True)), **named}
        leaves = [key for key, arg in places.items() if isinstance(arg, torch.Tensor) and arg.requires_grad]
        sent_named = {key: _sent(arg) for key, arg in named.items()}
        reply = self._student.request(do="call", of=self._reference, args=sent, named=sent_named, leaves=leaves)
        result = _received(self._student, _result(reply), None, [places[key] for key in leaves])
        _write_back(args, reply.get("changed"))
        return result

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name.startswith("__") and name not in ("__name__", "__doc__"):
            raise AttributeError(name)
        return self._use(do="attribute", name=name)

    def __getitem__(self, key: Any) -> Any:
        __tracebackhide__ = True
        return self._use(do="item", key=_sent(key))

    def __len__(self) -> int:
        __tracebackhide__ = True
        length = self._use(do="length")
        return length if type(length) is int else 0

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))

    def __bool__(self) -> bool:
        raise TypeError(f"a test may not ask whether an object of the type {self._kind} is true")

    def __repr__(self) -> str:
        return f"<{self._kind} of the student's notebook>"

    def _use(self, **what: Any) -> Any:
        __tracebackhide__ = True
        return _received(self._student, _result(self._student.request(of=self._reference, **what)), None)


def _sent(value: Any) -> Any:
    if isinstance(value, Proxy):
        return value._reference
    if type(value) in (list, tuple):
        return type(value)(_sent(part) for part in value)
    if type(value) is dict:
        return {key: _sent(part) for key, part in value.items()}
    return value


def _result(reply: dict[str, Any]) -> Any:
    """The value in a reply; raises the error of the student's code where it says there was one."""
    __tracebackhide__ = True
    if "error" not in reply:
        return reply.get("value")
    said = reply["error"]
    kind, message = (str(said[0])[:100], str(said[1])[:2000]) if isinstance(said, list) and len(said) > 1 else ("", "")
    known = getattr(builtins, kind, None)
    if not (isinstance(known, type) and issubclass(known, Exception)) or issubclass(known, UnicodeError):
        known = type(kind or "StudentError", (StudentError,), {})
    raise known(message)


class _There(torch.autograd.Function):
    """What was computed in the student's process, whose gradients are computed there, too."""

    @staticmethod
    def forward(ctx: Any, student: Student, graph: int, data: torch.Tensor, _: Any, *leaves: torch.Tensor) -> Any:
        ctx.student, ctx.graph, ctx.leaves = student, graph, [(leaf.shape, leaf.dtype) for leaf in leaves]
        return data.clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        reply = ctx.student.request(do="backward", graph=ctx.graph, gradient=gradient.contiguous())
        found = _received(ctx.student, _result(reply), None)
        if not isinstance(found, list) or len(found) != len(ctx.leaves):
            raise StudentError("no gradients came back")
        for one, (shape, dtype) in zip(found, ctx.leaves, strict=True):
            if one is not None and not (isinstance(one, torch.Tensor) and (one.shape, one.dtype) == (shape, dtype)):
                raise StudentError("a gradient of another shape or type came back")
        return (None, None, None, None, *found)


def _received(student: Student, value: Any, name: str | None, leaves: Sequence[torch.Tensor] = ()) -> Any:
    """leaves: the arguments of a call that want gradients."""
    if isinstance(value, dict) and "data" in value:
        data = value["data"]
        if isinstance(data, torch.Tensor) and data.is_floating_point() and {"graph", "grad"} & value.keys():
            if type(value.get("graph")) is int:
                weights = torch.empty(0, requires_grad=True)  # they are there, and want gradients
                return _There.apply(student, value["graph"], data, weights, *leaves)
            grad = value.get("grad")
            fits = isinstance(grad, torch.Tensor) and (grad.shape, grad.dtype) == (data.shape, data.dtype)
            data.requires_grad_().grad = grad if fits else None
        return data
    if isinstance(value, dict) and isinstance(value.get("parts"), list):
        parts = [_received(student, part, None, leaves) for part in value["parts"]]
        return tuple(parts) if value.get("tuple") else parts
    if isinstance(value, dict) and type(value.get("object")) is int:
        return Proxy(student, name if name is not None else value["object"], str(value.get("kind"))[:100])
    raise StudentError("nothing that can be read came back")


def _write_back(args: tuple, changed: Any) -> None:
    """What the student's code did to its arguments in place is done to the examiner's, too."""
    for key, new in changed.items() if isinstance(changed, dict) else ():
        old = args[int(key)] if key.isdigit() and int(key) < len(args) else None
        if isinstance(old, torch.Tensor) and isinstance(new, torch.Tensor) and old.shape == new.shape:
            with torch.no_grad():
                old.copy_(new)
        elif isinstance(old, list) and isinstance(new, list):
            old[:] = new
        elif isinstance(old, dict) and isinstance(new, dict):
            old.clear()
            old.update(new)
