"""What can happen to a notebook on its way from a student: damages, each a function of a seeded generator."""

from __future__ import annotations

import codecs
import gzip
import json
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

JUNK = [
    None,
    0,
    -1,
    3.5,
    True,
    "",
    "x",
    "4",
    [],
    {},
    [[]],
    [None],
    {"a": {"b": [1]}},
    10**40,
    "\ud800",
    "\x00",
    "あ" * 50,
]
Raw = dict[str, Any]


def _cell(r: Random, nb: Raw) -> Raw:
    cells = [cell for cell in nb["cells"] if isinstance(cell, dict)]
    return r.choice(cells) if cells else {}


def _places(value: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    """Every (dictionary or list, key) within."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    found = [(value, key) for key in keys]
    return found + [place for key in keys if depth < 6 for place in _places(value[key], depth + 1)]


def key_removed(r: Random, nb: Raw) -> None:
    holder, key = r.choice(_places(nb))
    del holder[key]


def value_replaced(r: Random, nb: Raw) -> None:
    holder, key = r.choice(_places(nb))
    holder[key] = deepcopy(r.choice(JUNK))


def field_of_a_cell_replaced(r: Random, nb: Raw) -> None:
    _cell(r, nb)[r.choice(["cell_type", "source", "metadata", "id", "outputs", "execution_count"])] = r.choice(JUNK)


def field_of_a_mark_replaced(r: Random, nb: Raw) -> None:
    mark = _cell(r, nb).get("metadata")
    mark = mark.get("nbgrader") if isinstance(mark, dict) else None
    if isinstance(mark, dict):
        mark[r.choice(["grade_id", "solution", "grade", "locked", "points", "schema_version"])] = r.choice(JUNK)


def cell_dropped(r: Random, nb: Raw) -> None:
    nb["cells"].pop(r.randrange(len(nb["cells"])))


def cell_doubled(r: Random, nb: Raw) -> None:
    nb["cells"].insert(r.randint(0, len(nb["cells"])), deepcopy(_cell(r, nb)))


def cells_shuffled(r: Random, nb: Raw) -> None:
    r.shuffle(nb["cells"])


def cells_that_are_none(r: Random, nb: Raw) -> None:
    nb["cells"].insert(r.randint(0, len(nb["cells"])), r.choice(JUNK))


def cells_as_something_else(r: Random, nb: Raw) -> None:
    nb["cells"] = r.choice([{"0": nb["cells"]}, nb["cells"] * 100, [nb["cells"]], None, "[]"])


def all_metadata_lost(r: Random, nb: Raw) -> None:
    for cell in nb["cells"]:
        if isinstance(cell, dict):
            cell["metadata"] = {}


def one_mark_lost(r: Random, nb: Raw) -> None:
    _cell(r, nb)["metadata"] = {}


def ids_lost(r: Random, nb: Raw) -> None:
    for cell in nb["cells"]:
        if isinstance(cell, dict):
            cell.pop("id", None)


def ids_all_the_same(r: Random, nb: Raw) -> None:
    for cell in nb["cells"]:
        if isinstance(cell, dict):
            cell["id"] = "same"


def metadata_and_ids_lost(r: Random, nb: Raw) -> None:
    all_metadata_lost(r, nb)
    ids_lost(r, nb)


def marks_swapped(r: Random, nb: Raw) -> None:
    one, other = _cell(r, nb), _cell(r, nb)
    if "metadata" in one and "metadata" in other:
        one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


def sources_as_lines(r: Random, nb: Raw) -> None:
    for cell in nb["cells"]:
        if isinstance(cell, dict) and isinstance(cell.get("source"), str):
            cell["source"] = cell["source"].splitlines(keepends=True)


def junk_among_the_lines(r: Random, nb: Raw) -> None:
    sources_as_lines(r, nb)
    source = _cell(r, nb).get("source")
    if isinstance(source, list):
        source.insert(r.randint(0, len(source)), r.choice(JUNK))


def kind_of_cell_changed(r: Random, nb: Raw) -> None:
    _cell(r, nb)["cell_type"] = r.choice(["code", "markdown", "raw", "heading", "Code"])


def cell_split(r: Random, nb: Raw) -> None:
    at = r.randrange(len(nb["cells"]))
    cell = nb["cells"][at]
    if isinstance(cell, dict) and isinstance(cell.get("source"), str):
        lines = cell["source"].splitlines(keepends=True)
        cut = r.randint(0, len(lines))
        rest = {**deepcopy(cell), "source": "".join(lines[cut:]), "metadata": {}, "id": f"split-{at}"}
        cell["source"] = "".join(lines[:cut])
        nb["cells"].insert(at + 1, rest)


def cells_merged(r: Random, nb: Raw) -> None:
    at = r.randrange(max(1, len(nb["cells"]) - 1))
    pair = nb["cells"][at : at + 2]
    if len(pair) == 2 and all(isinstance(c, dict) and isinstance(c.get("source"), str) for c in pair):
        pair[0]["source"] += "\n" + pair[1]["source"]
        del nb["cells"][at + 1]


def deep_metadata(r: Random, nb: Raw) -> None:
    _cell(r, nb)["metadata"] = {**_dict(_cell(r, nb).get("metadata")), "deep": _nested(r.choice([80, 400, 900]))}


def deep_output(r: Random, nb: Raw) -> None:
    output = {"output_type": "display_data", "metadata": {}, "data": {"application/json": _nested(r.choice([80, 300]))}}
    _cell(r, nb)["outputs"] = [output]


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value] if depth % 2 else {"a": value}
    return value


def _dict(value: Any) -> Raw:
    return value if isinstance(value, dict) else {}


def strange_numbers(r: Random, nb: Raw) -> None:
    _cell(r, nb)["execution_count"] = r.choice([float("nan"), float("inf"), 10**30, -5, 2.5])


def strange_letters(r: Random, nb: Raw) -> None:
    cell = _cell(r, nb)
    if isinstance(cell.get("source"), str):
        cell["source"] = r.choice(["\ud800", "\x00", "\u202e", "\u2028", "\x1b[31m", "\r\n\r"]) + "\n" + cell["source"]


def apart_as_on_a_mac(r: Random, nb: Raw) -> None:
    for cell in nb["cells"]:
        if isinstance(cell, dict) and isinstance(cell.get("source"), str):
            cell["source"] = unicodedata.normalize("NFD", cell["source"])


def long_output(r: Random, nb: Raw) -> None:
    _cell(r, nb)["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 300_000}]


def long_cell(r: Random, nb: Raw) -> None:
    nb["cells"].append({"cell_type": "code", "metadata": {}, "outputs": [], "source": "#" * 1_100_000})


def strange_outputs(r: Random, nb: Raw) -> None:
    _cell(r, nb)["outputs"] = [r.choice(JUNK), {"output_type": r.choice(JUNK)}, {"output_type": "stream", "text": 5}]


def strange_notebook_metadata(r: Random, nb: Raw) -> None:
    nb["metadata"] = {"kernelspec": r.choice(JUNK), "language_info": r.choice(JUNK), "widgets": r.choice(JUNK)}


def other_format(r: Random, nb: Raw) -> None:
    nb[r.choice(["nbformat", "nbformat_minor"])] = r.choice([1, 3, 4, 5, 6, 99, "4", None, 4.5, -1, [], 10**30])


def attachments(r: Random, nb: Raw) -> None:
    _cell(r, nb)["attachments"] = r.choice([*JUNK, {"a.png": {"image/png": "AA=="}}])


STRUCTURE: list[Callable[[Random, Raw], None]] = [
    key_removed, value_replaced, field_of_a_cell_replaced, field_of_a_mark_replaced, cell_dropped, cell_doubled,
    cells_shuffled, cells_that_are_none, cells_as_something_else, all_metadata_lost, one_mark_lost, ids_lost,
    ids_all_the_same, metadata_and_ids_lost, marks_swapped, sources_as_lines, junk_among_the_lines,
    kind_of_cell_changed, cell_split, cells_merged, deep_metadata, deep_output, strange_numbers, strange_letters,
    apart_as_on_a_mac, long_output, long_cell, strange_outputs, strange_notebook_metadata, other_format, attachments,
]  # fmt: skip


def truncated(r: Random, data: bytes) -> bytes:
    return data[: r.randrange(len(data) + 1)]


def bytes_flipped(r: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(r.choice([1, 1, 2, 20])):
        if changed:
            changed[r.randrange(len(changed))] ^= 1 << r.randrange(8)
    return bytes(changed)


def bytes_lost(r: Random, data: bytes) -> bytes:
    at = r.randrange(len(data) + 1)
    return data[:at] + data[at + r.choice([1, 10, 1000]) :]


def doubled_keys(r: Random, data: bytes) -> bytes:
    return data.replace(b'"source":', b'"source": "", "source":' if r.random() < 0.5 else b'"source": 1, "source":', 3)


def doubled_cells_key(r: Random, data: bytes) -> bytes:
    return data.replace(b'"nbformat":', r.choice([b'"cells": [], ', b'"cells": [{}], ']) + b'"nbformat":', 1)


def of_another_encoding(r: Random, data: bytes) -> bytes:
    encoding = r.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp949", "cp1252"])
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def with_a_mark_of_byte_order(r: Random, data: bytes) -> bytes:
    return codecs.BOM_UTF8 * r.choice([1, 2]) + data


def with_something_after_it(r: Random, data: bytes) -> bytes:
    return data + r.choice([b"\x00" * 100, b"\n\n", b"}", data, b"garbage"])


def something_else(r: Random, data: bytes) -> bytes:
    return r.choice(
        [b"", b"<!DOCTYPE html>", b"[" * 100_000, b'{"a":' * 50_000, b"null", b"PK\x03\x04", gzip.compress(data)]
    )


BYTES: list[Callable[[Random, bytes], bytes]] = [
    truncated, bytes_flipped, bytes_flipped, bytes_lost, doubled_keys, doubled_cells_key, of_another_encoding,
    with_a_mark_of_byte_order, with_something_after_it, something_else,
]  # fmt: skip


def damaged(seed: int, number: int, whole: str) -> tuple[bytes, list[str]]:
    """The file of one student, made from a notebook's text, and what was done to it: one to three damages."""
    r = Random(f"{seed}-{number}")
    nb, names = json.loads(whole), []
    for _ in range(r.choice([0, 1, 1, 1, 2, 3])):
        change = r.choice(STRUCTURE)
        try:
            change(r, nb)
            names.append(change.__name__)
        except (KeyError, TypeError, IndexError, AttributeError, ValueError):
            continue  # an earlier damage left nothing to damage in this way
    data = json.dumps(nb, ensure_ascii=r.random() < 0.5, indent=r.choice([None, 1])).encode("utf-8", "surrogatepass")
    if not names or r.random() < 0.25:
        spoil = r.choice(BYTES)
        data = spoil(r, data)
        names.append(spoil.__name__)
    return data, names
