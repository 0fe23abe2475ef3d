"""The student's process: runs their cells and answers what the examiner asks, in plain data.

There is nothing in this process that a student must not see: neither a test nor what is expected, and, where it runs
in a sandbox, no file but the course's public ones.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import socket
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.grading.exam.cells import OUTPUTS, RawOutput, Shell, run
from autograder.grading.exam.child.flags import Watch
from autograder.grading.exam.wire.frames import Gone, encode, receive, send
from autograder.grading.exam.wire.letters import from_answer, to_question
from classroom.checking.questions import Answer, Failure
from classroom.checking.runner import ask
from classroom.checking.uses import names_used
from classroom.checking.wire import NotData, pack

OBJECT = "an object of the student's process"  # the key of a reference to one; stands for it in data
RAW_OUTPUT = 100_000  # bytes of what programs print


@dataclass
class Graph:
    """A tensor that a call gave back, with what its gradient reaches: the call's arguments, the weights of a module."""

    output: torch.Tensor
    leaves: list[torch.Tensor]

    def backward(self, gradient: torch.Tensor) -> list[torch.Tensor | None]:
        """The gradients of the arguments; those of weights are added up in the weights, as ever."""
        torch.autograd.backward(self.output, gradient, retain_graph=True)
        found = [leaf.grad for leaf in self.leaves]
        for leaf in self.leaves:
            leaf.grad = None
        return found


def serve(sock: socket.socket, shell: Shell, watch: Watch, seed: int) -> None:
    """Do what the examiner asks until it hangs up."""
    start_randomness(seed)
    sys.path.insert(0, "")  # a module that a cell has written is found, as in Jupyter
    raw = RawOutput()
    objects: list[Any] = []
    while True:
        try:
            request = receive(sock)
        except Gone:
            return
        send(sock, reply_to(request, shell, watch, objects, raw))


def start_randomness(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def reply_to(request: dict[str, Any], shell: Shell, watch: Watch, objects: list[Any], raw: RawOutput) -> bytes:
    """The frame that answers a request, whatever the student's code does meanwhile. objects: those named before."""
    try:
        reply = _reply(request, shell, watch, objects, raw)
    except BaseException as error:  # of whatever kind: it is the student's
        reply = {"error": [type(error).__name__, _text(error), ""]}
    try:
        return encode({**reply, "count": request["count"]})
    except NotData as error:
        return encode({"error": ["NotData", str(error), ""], "count": request["count"]})


def _reply(request: dict[str, Any], shell: Shell, watch: Watch, objects: list, raw: RawOutput) -> dict[str, Any]:
    if request["do"] == "cell":
        outputs, _ = run(shell, request["source"], request["budget"])
        printed = raw.take(min(RAW_OUTPUT, request["budget"]))
        if printed:
            outputs.append({"output_type": "stream", "name": "stdout", "text": printed})
        return {"outputs": json.dumps(outputs, ensure_ascii=False)}
    if request["do"] == "marks":
        return {"marks": watch.changes(shell)}
    OUTPUTS.start(0)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            if request["do"] == "names":
                return {"known": [name in shell.user_ns for name in request["names"]]}
            if request["do"] == "backward":
                return {"value": {"data": objects[request["graph"]].backward(request["gradient"])}}
            target = _resolve(request["of"], shell, objects)
            if request["do"] == "uses":
                return {"uses": names_used(target)}
            if request["do"] == "ask":
                return {"answer": from_answer(_asked(target, request["question"]))}
            return _used(target, request, shell, objects)
        finally:
            raw.take(0)


def _asked(target: Any, question: dict[str, Any]) -> Answer:
    try:
        answer = ask(target, to_question(question))
        pack(from_answer(answer))
        return answer
    except NotData as error:
        return Answer(failure=Failure("NotData", str(error)))
    except BaseException as error:  # KeyboardInterrupt and the like, raised by the student's code
        return Answer(failure=Failure(type(error).__name__, _text(error)))


def _used(target: Any, request: dict[str, Any], shell: Shell, objects: list) -> dict[str, Any]:
    """The object called, or a part of it taken; the result as data or as a reference."""
    do = request["do"]
    if do == "value":
        return {"value": _as_data(target, objects)}
    if do == "attribute":
        return {"value": _as_data(getattr(target, request["name"]), objects)}
    if do == "item":
        return {"value": _as_data(target[_resolve(request["key"], shell, objects)], objects)}
    if do == "length":
        return {"value": {"data": len(target)}}
    args = [_resolve(arg, shell, objects) for arg in request["args"]]
    named = {key: _resolve(arg, shell, objects) for key, arg in request["named"].items()}
    places = {**dict(zip(map(str, range(len(args))), args, strict=True)), **named}
    leaves = [places[key].requires_grad_() for key in request["leaves"]]
    before = [_fingerprint(arg) for arg in args]
    result = target(*args, **named)
    changed = {str(i): arg for i, arg in enumerate(args) if before[i] and _fingerprint(arg) != before[i]}
    return {"value": _as_data(result, objects, leaves), "changed": changed}


def _as_data(value: Any, objects: list, leaves: Any = ()) -> dict[str, Any]:
    """leaves: the arguments of the call that it came from, as far as they want gradients."""
    several = type(value) in (tuple, list) and len(value) <= 100
    try:
        if several and any(isinstance(part, torch.Tensor) and part.requires_grad for part in value):
            raise NotData("each with its graph")
        pack(value)
        if not isinstance(value, torch.Tensor) or not value.requires_grad:
            return {"data": value}
        if value.is_leaf:
            return {"data": value, "grad": value.grad}
        objects.append(Graph(value, list(leaves)))
        return {"data": value, "graph": len(objects) - 1}
    except NotData:
        if several:
            return {"parts": [_as_data(part, objects, leaves) for part in value], "tuple": type(value) is tuple}
        objects.append(value)
        return {"object": len(objects) - 1, "kind": type(value).__name__}


def _resolve(value: Any, shell: Shell, objects: list) -> Any:
    """The value with the student's own objects in the place of references to them."""
    if isinstance(value, dict) and value.keys() == {OBJECT}:
        reference = value[OBJECT]
        return shell.user_ns[reference] if isinstance(reference, str) else objects[reference]
    if isinstance(value, dict):
        return {key: _resolve(part, shell, objects) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_resolve(part, shell, objects) for part in value)
    return value


def _fingerprint(arg: Any) -> Any:
    """What tells whether an argument was changed in place; None for what can not be, or is no data."""
    if not isinstance(arg, torch.Tensor | list | dict):
        return None
    try:
        tree, tensors = pack(arg)
    except NotData:
        return None
    return json.dumps(tree), [tensor.numpy(force=True).tobytes() for tensor in tensors.values()]


def _text(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except BaseException:  # its own __str__ is the student's, too
        return ""
