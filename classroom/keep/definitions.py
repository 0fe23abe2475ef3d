"""Where something of a notebook is written: the text of its definition, of its import, or of its value."""

from __future__ import annotations
import __future__

import ast
import functools
import inspect
import linecache
import math
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import torch
from torch import Tensor, nn

KEPT_MODULES = "kept_part_"  # how the modules are called that kept parts are loaded into
MOST_NUMBERS = 100  # of a tensor that counts as a plain value
_Scope = Mapping[str, Any]
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class NotCarried(Exception):
    """Something that can not be taken along. Its text is a sentence that says what, and why."""


@dataclass(frozen=True)
class Written:
    """A definition as it is written: the name it defines, its lines, and the scope its names are looked up in."""

    name: str
    source: str
    scope: _Scope
    late_annotations: bool = False


def definition(value: Any) -> Written:
    """The definition of a function or class that a notebook made. Raises NotCarried where it is not to be found."""
    inner = inspect.unwrap(value)
    if "<locals>" in getattr(inner, "__qualname__", ""):
        raise NotCarried(f"`{_named(inner)}` is made inside another function: define it in a cell of its own.")
    functions = [inner] if isinstance(inner, FunctionType) else _methods(inner)
    for function in functions:
        text = "".join(linecache.getlines(function.__code__.co_filename, function.__globals__))
        for node in _statements(text):
            if _start(node) <= function.__code__.co_firstlineno <= node.end_lineno and _defines(node, inner):
                late = bool(function.__code__.co_flags & __future__.annotations.compiler_flag)
                return Written(_defines(node, inner), _lines(text, node), function.__globals__, late)
    if isinstance(inner, type):
        scope = vars(sys.modules[inner.__module__])
        for text, node in _latest(inner.__name__, scope):
            if isinstance(node, ast.ClassDef):
                return Written(inner.__name__, _lines(text, node), scope)
    raise NotCarried(
        f"the text of `{_named(inner)}` is not to be found: define it in a plain cell, and run that again."
    )


def imported(name: str, value: Any) -> str | None:
    """The line that imports `value` as `name`, where it is a module, or something that a module holds."""
    if isinstance(value, ModuleType):
        _refuse_own_file(name, value)
        package, _, last = value.__name__.rpartition(".")
        if package and last == name and getattr(sys.modules.get(package), name, None) is value:
            return f"from {package} import {name}"
        return f"import {value.__name__}" + ("" if value.__name__ == name else f" as {name}")
    module, attribute = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if not isinstance(module, str) or not isinstance(attribute, str) or own(value):
        return None
    words = module.split(".")
    for length in range(1, len(words) + 1):
        place = sys.modules.get(".".join(words[:length]))
        if place is not None and getattr(place, attribute, None) is value:
            _refuse_own_file(name, sys.modules.get(module, place))
            return f"from {place.__name__} import {attribute}" + ("" if attribute == name else f" as {name}")
    return None


def own(value: Any) -> bool:
    """Whether a function or class is of the notebook, or of a part that was kept from one."""
    module = getattr(inspect.unwrap(value) if callable(value) else value, "__module__", None)
    return isinstance(module, str) and (module == "__main__" or module.startswith(KEPT_MODULES))


def literal(value: Any) -> str | None:
    """A plain value as Python writes it, or None: numbers, texts, lists of them, types of numbers, a small tensor."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or type(value) in (bool, int, float, complex, str, bytes):
        return repr(value)
    if isinstance(value, torch.dtype):
        return str(value)
    if type(value) is torch.device:
        return f'torch.device("{value}")'
    if type(value) is Tensor and value.numel() <= MOST_NUMBERS and not value.requires_grad:
        return f"torch.tensor({literal(value.tolist())}, dtype={value.dtype})"
    if type(value) in (list, tuple, set, frozenset) and value:
        inside = [literal(part) for part in value]
        text = None if None in inside else ", ".join(inside)
        forms = {list: "[{}]", tuple: "({},)", set: "{{{}}}", frozenset: "frozenset([{}])"}
        return None if text is None else forms[type(value)].format(text)
    if type(value) in (list, tuple, set, frozenset):
        return repr(value)
    if type(value) is dict:
        pairs = [(literal(key), literal(part)) for key, part in value.items()]
        return None if any(None in pair for pair in pairs) else "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
    return None


def statement(name: str, value: Any, scope: _Scope) -> str | None:
    """The line that last gave `name` its value, where running it again gives the same: an import, another name of
    something imported, a functools.partial, a layer without weights. None where there is no such line."""
    for text, node in _latest(name, scope):
        if isinstance(node, ast.Import | ast.ImportFrom):
            (alias,) = (alias for alias in node.names if (alias.asname or alias.name) == name)
            return ast.unparse(type(node)(**{**dict(ast.iter_fields(node)), "names": [alias]}))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            plain = isinstance(node.value, ast.Name | ast.Attribute) or isinstance(value, functools.partial)
            weightless = isinstance(value, nn.Module) and not value.state_dict()
            return _lines(text, node) if plain or weightless else None
        return None
    return None


def _methods(cls: Any) -> Iterator[FunctionType]:
    for member in vars(cls).values() if isinstance(cls, type) else ():
        member = getattr(member, "fget", None) or getattr(member, "__func__", member)
        member = inspect.unwrap(member) if callable(member) else member
        if isinstance(member, FunctionType) and member.__qualname__ == f"{cls.__qualname__}.{member.__name__}":
            yield member


def _statements(text: str) -> Iterator[ast.stmt]:
    """Every statement outside of functions and classes, and every function and class that stands there."""
    try:
        ahead: list[ast.AST] = [*ast.parse(text).body]
    except (SyntaxError, ValueError):
        return
    while ahead:
        node = ahead.pop(0)
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, _Definition):
            inside = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.stmt | ast.ExceptHandler)]
            ahead = [*inside, *ahead]


def _defines(node: ast.stmt, value: Any) -> str:
    """The name under which this statement defines the function or class; "" where it does not."""
    if isinstance(node, _Definition):
        return node.name if node.name == value.__name__ else ""
    if isinstance(node, ast.Assign) and value.__name__ == "<lambda>" and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _latest(name: str, scope: _Scope) -> Iterator[tuple[str, ast.stmt]]:
    """The statements that bind `name`, with the text they stand in, the last that was run first."""
    for text in _texts(scope):
        for node in reversed([*_statements(text)]):
            if name in _bound(node):
                yield text, node


def _texts(scope: _Scope) -> Iterator[str]:
    """The texts that were run in this scope: the notebook's cells, the last one first, or the module's file."""
    if scope.get("__name__") == "__main__":
        from IPython import get_ipython

        shell = get_ipython()
        yield from reversed(shell.history_manager.input_hist_parsed if shell is not None else [])
    if scope.get("__file__"):
        yield "".join(linecache.getlines(scope["__file__"]))


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, _Definition):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return set()


def _start(node: ast.stmt) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])


def _lines(text: str, node: ast.stmt) -> str:
    return textwrap.dedent("\n".join(text.splitlines()[_start(node) - 1 : node.end_lineno]))


def _refuse_own_file(name: str, module: ModuleType) -> None:
    """A file of the student's beside the notebook is not there in another lesson."""
    place = getattr(module, "__file__", None)
    if not place or module.__name__.partition(".")[0] == "classroom":
        return
    path = Path(place).resolve()
    installed = any(path.is_relative_to(Path(folder).resolve()) for folder in (sys.prefix, sys.base_prefix))
    if not installed and path.is_relative_to(Path.cwd().resolve()):
        raise NotCarried(f"`{name}` comes from your own file {path.name}: define it in the notebook.")


def _named(value: Any) -> str:
    return getattr(value, "__name__", type(value).__name__)
