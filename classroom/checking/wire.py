"""Plain data <-> a JSON tree and a table of tensors. Nothing else crosses: no pickle, no classes, no code."""

from __future__ import annotations

import math
from typing import Any

import torch

MAX_DEPTH = 12
MAX_ITEMS = 20_000
MAX_BITS = 10_000  # of a whole number: Python writes none of many more as text
MAX_BYTES = 64 * 2**20
DTYPES = {torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64, torch.int32, torch.bool}


class NotData(ValueError):
    """The value is not plain data, or there is too much of it."""


def pack(value: Any) -> tuple[Any, dict[str, torch.Tensor]]:
    """Turn a value into a JSON tree, with its tensors in a table beside it.

    Types are taken strictly: a subclass of Tensor, int or dict is not data.
    Raises NotData, saying what it met, for anything else, and for trees too deep or too large.
    """
    tensors: dict[str, torch.Tensor] = {}
    count = 0
    size = 0

    def walk(item: Any, depth: int) -> Any:
        nonlocal count, size
        count += 1
        if depth > MAX_DEPTH:
            raise NotData(f"nested more than {MAX_DEPTH} deep")
        if count > MAX_ITEMS:
            raise NotData(f"more than {MAX_ITEMS:,} items")
        kind = type(item)
        if kind is int and item.bit_length() > MAX_BITS:
            raise NotData("a whole number of thousands of digits")
        if item is None or kind in (bool, int, str):
            return item
        if kind is float:
            return item if math.isfinite(item) else {"float": repr(item)}
        if kind in (torch.Tensor, torch.nn.Parameter):
            if item.dtype not in DTYPES or item.layout is not torch.strided:
                raise NotData(f"a tensor of {item.dtype}, {item.layout}")
            size += item.numel() * item.element_size()
            if size > MAX_BYTES:
                raise NotData(f"more than {MAX_BYTES // 2**20} MB of numbers")
            name = f"t{len(tensors)}"
            tensors[name] = item.detach().cpu().clone().contiguous()
            return {"tensor": name}
        if kind in (tuple, list):
            return {kind.__name__: [walk(part, depth + 1) for part in item]}
        if kind is dict:
            if any(type(key) is not str for key in item):
                raise NotData("a dictionary whose keys are not all strings")
            return {"dict": {key: walk(part, depth + 1) for key, part in item.items()}}
        raise NotData(f"a value of type {kind.__name__}")

    return walk(value, 0), tensors


def unpack(tree: Any, tensors: dict[str, torch.Tensor]) -> Any:
    """The value that `pack` turned into `tree` and `tensors`.

    The tree may come from anyone. Raises NotData where `pack` would not have made it.
    """
    count = 0

    def walk(node: Any, depth: int) -> Any:
        nonlocal count
        count += 1
        if depth > MAX_DEPTH or count > MAX_ITEMS:
            raise NotData("nested too deep" if depth > MAX_DEPTH else f"more than {MAX_ITEMS:,} items")
        if node is None or type(node) in (bool, int, float, str):
            return node
        if type(node) is not dict or len(node) != 1:
            raise NotData("not a tree that `pack` makes")
        [(kind, content)] = node.items()
        if kind == "float" and content in ("inf", "-inf", "nan"):
            return float(content)
        if kind == "tensor" and type(content) is str and content in tensors:
            return tensors[content]
        if kind == "dict" and type(content) is dict:
            return {key: walk(part, depth + 1) for key, part in content.items()}
        if kind in ("list", "tuple") and type(content) is list:
            parts = [walk(part, depth + 1) for part in content]
            return tuple(parts) if kind == "tuple" else parts
        raise NotData("not a tree that `pack` makes")

    return walk(tree, 0)
