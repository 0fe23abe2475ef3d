"""Frames on a socket between processes: one JSON tree and the raw bytes of its tensors. No pickle, no classes.

A frame is two lengths (4 bytes each), JSON, then tensors in the safetensors format. The reader believes nothing: it
caps sizes before it reads, and raises NotData for whatever `wire.pack` would not have made.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save

from classroom.checking.wire import DTYPES, NotData, pack, unpack

MOST_BYTES = 64 * 2**20
MOST_NUMBERS = 4 * 2**20  # in the tensors of one frame: judging takes about forty bytes for each
_LENGTHS = struct.Struct("!II")


class Gone(Exception):
    """The other process has ended: nothing more will come."""


class Late(Exception):
    """Nothing came in time."""


def encode(value: Any) -> bytes:
    """The frame of a value. Raises NotData where it is not plain data."""
    tree, tensors = pack(value)
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    numbers = save(tensors) if tensors else b""
    return _LENGTHS.pack(len(text), len(numbers)) + text + numbers


def send(sock: socket.socket, frame: bytes, seconds: float | None = None) -> None:
    """Send what `encode` made. Raises Gone where nobody reads any more, Late where they do not read in time."""
    sock.settimeout(seconds)
    try:
        sock.sendall(frame)
    except TimeoutError:
        raise Late from None
    except OSError:
        raise Gone from None


def receive(sock: socket.socket, most: int = MOST_BYTES, until: float | None = None) -> Any:
    """The next value. until: a time of `time.monotonic`.

    Raises Gone at the end of the stream, Late at the deadline, NotData for a frame that is too large or not data."""
    text_length, numbers_length = _LENGTHS.unpack(read(sock, _LENGTHS.size, until))
    if text_length + numbers_length > most:
        raise NotData(f"more than {most // 2**10:,} kB at once")
    text, numbers = read(sock, text_length, until), read(sock, numbers_length, until)
    try:
        tensors = load(numbers) if numbers else {}
        tree = json.loads(text)
    except (ValueError, RecursionError, SafetensorError, OverflowError, KeyError) as error:
        raise NotData(f"not a frame: {type(error).__name__}") from None
    if any(tensor.dtype not in DTYPES for tensor in tensors.values()):
        raise NotData("a tensor of another kind")
    if sum(tensor.numel() for tensor in tensors.values()) > MOST_NUMBERS:
        raise NotData(f"more than {MOST_NUMBERS:,} numbers at once")
    return unpack(tree, tensors)


def read(sock: socket.socket, count: int, until: float | None = None) -> bytes:
    """The next `count` bytes. Raises Gone and Late as `receive` does."""
    parts = bytearray()
    while len(parts) < count:
        left = None if until is None else until - time.monotonic()
        if (left is not None and left <= 0) or not select.select([sock], [], [], left)[0]:
            raise Late
        try:
            sock.settimeout(None)
            chunk = sock.recv(min(count - len(parts), 2**20))
        except OSError:
            raise Gone from None
        if not chunk:
            raise Gone
        parts += chunk
    return bytes(parts)
