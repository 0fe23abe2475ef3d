"""From a stranger's bytes to a model: the header is read and compared first, no pickle is opened, no code is run."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load
from torch import nn

from classroom.corpus import Vocabulary
from classroom.models.load import UnfitModel
from classroom.submission import card as cards
from classroom.submission.card import Card

LARGEST = 4 * cards.MOST_PARAMETERS + 2**20  # bytes: every number in float32, and the header
LONGEST_HEADER = 2**20  # bytes
CARD, METADATA = "card", "__metadata__"
WIDTHS = {"F16": 2, "F32": 4}  # bytes of a number
AGAIN = "write it again with `submit_model`, and hand in that file"


@dataclass(frozen=True)
class Submitted:
    """A model that was handed in, in eval mode, and its card."""

    model: nn.Module
    card: Card

    @property
    def vocabulary(self) -> Vocabulary:
        return self.card.vocabulary


def open_model(data: bytes) -> Submitted:
    """The translator in the bytes of a file that `submit_model` wrote.

    Nothing is believed: size, header, card, names, shapes, types and lengths are compared before the first tensor is
    made, so that a file takes at most about four times its own size, LARGEST, in memory. Raises UnfitModel, in one
    sentence.
    """
    if len(data) > LARGEST:
        raise UnfitModel(f"It has {len(data):,} bytes; a model of this course has at most {LARGEST:,}.")
    header, room = _header(data)
    metadata = header.pop(METADATA, None)
    card = cards.read(metadata.get(CARD) if isinstance(metadata, dict) else None)
    _check_tensors(header, card.shapes(), room)
    try:
        weights = load(data)
    except (SafetensorError, ValueError, KeyError, OverflowError) as error:
        raise UnfitModel(f"It cannot be read as safetensors ({type(error).__name__}): {AGAIN}.") from None
    broken = sorted(name for name, weight in weights.items() if not weight.isfinite().all())
    if broken:
        raise UnfitModel(f"It holds numbers that are not finite (NaN or infinity), in {broken[0]}.")
    model = card.build()
    model.load_state_dict({**model.state_dict(), **{name: weight.float() for name, weight in weights.items()}})
    return Submitted(model.eval(), card)


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    """The header of a safetensors file (eight bytes of length, then JSON), and how many bytes come after it."""
    length = int.from_bytes(data[:8], "little")
    if len(data) <= 8 or not 2 <= length <= LONGEST_HEADER:
        raise UnfitModel(_what_else(data))
    if len(data) < 8 + length:
        raise UnfitModel(f"It was cut short in its header: {AGAIN}.")
    try:
        header = json.loads(data[8 : 8 + length], object_pairs_hook=_no_name_twice)
    except (ValueError, RecursionError):
        raise UnfitModel(_what_else(data)) from None
    if not isinstance(header, dict):
        raise UnfitModel(_what_else(data))
    return header, len(data) - 8 - length


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _what_else(data: bytes) -> str:
    """The sentence for a file that is no safetensors file."""
    if not data:
        return f"It is empty: {AGAIN}."
    if data[:2] == b"PK" or (data[:1] == b"\x80" and data[1:2] <= b"\x05"):
        return (
            "It is a pickle, as `torch.save` writes it, whatever its name says. A pickle may bring code along, so it "
            f"was not opened: {AGAIN}."
        )
    if data.lstrip()[:1] in (b"<", b"{"):
        return f"It is text (a web page or a notebook), and not a model: {AGAIN}."
    return f"It is no safetensors file: {AGAIN}."


def _check_tensors(header: dict[str, Any], shapes: dict[str, tuple[int, ...]], room: int) -> None:
    """The header's tensors are those of the model, and they fill the file without gap or overlap."""
    missing, extra = sorted(shapes.keys() - header.keys()), sorted(header.keys() - shapes.keys())
    if missing or extra:
        said = [f"lacks {_named(missing)}"] if missing else []
        said += [f"has {_named(extra)}, which this model does not have"] if extra else []
        raise UnfitModel(f"It does not fit the sizes on its card: it {' and '.join(said)}.")
    spans = []
    for name, shape in shapes.items():
        entry = header[name]
        if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
            raise UnfitModel(f"Its header does not say what {name} is: {AGAIN}.")
        if entry["shape"] != list(shape):
            raise UnfitModel(
                f"It does not fit the sizes on its card: {name} should have the shape {shape}, and has "
                f"{str(entry['shape'])[:60]}."
            )
        width = WIDTHS.get(entry["dtype"]) if isinstance(entry["dtype"], str) else None
        if width is None:
            raise UnfitModel(f"{name} is of the type {str(entry['dtype'])[:20]}; float16 or float32 is asked for.")
        offsets = entry["data_offsets"]
        if not isinstance(offsets, list) or len(offsets) != 2 or any(type(offset) is not int for offset in offsets):
            raise UnfitModel(f"Its header does not say where {name} lies: {AGAIN}.")
        spans.append((*offsets, width * math.prod(shape), name))
    end = 0
    for first, last, size, name in sorted(spans):
        if (first, last) != (end, end + size):
            raise UnfitModel(f"Its header is wrong about where {name} lies: {AGAIN}.")
        end = last
    if end != room:
        what = "cut short" if room < end else "longer than its header says"
        raise UnfitModel(f"It is {what} ({room:,} bytes of numbers, and {end:,} belong to it): {AGAIN}.")


def _named(names: list[str]) -> str:
    return names[0][:60] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
