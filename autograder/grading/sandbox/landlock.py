"""The sandbox of Landlock and seccomp, where namespaces are closed: files, sockets and signals are refused one by one.

Weaker than namespaces in this: what other processes there are can still be counted, and that a file exists can be
asked. None can be read.
"""

from __future__ import annotations

import ctypes
import os
import struct
import tempfile
from pathlib import Path

from autograder.grading.limits import Limits
from autograder.grading.sandbox import bare, kernel
from autograder.grading.sandbox.filter import forbid_system_calls
from autograder.grading.sandbox.public import DEVICES, readable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}  # by version: all rights on files
_ON_A_FILE = _EXECUTE | _WRITE | _READ | 1 << 14
_TCP = 3  # bind and connect
_SCOPES = 3  # abstract sockets and signals stay inside
_FIRST, _COUNT = 61184, 4000  # user numbers that systemd keeps free for such use


def enter() -> None:
    version = _version()
    if version < 1:
        raise OSError("the kernel has no Landlock")
    if version < 6 and os.geteuid() != 0:
        raise OSError(f"Landlock's version {version} lets a process end others of the same user; 6 would not")


def prepare(limits: Limits) -> str:
    place = bare.prepare(limits)
    if os.geteuid() == 0:
        os.chmod(place, 0o777)
    return place


def confine(limits: Limits, place: str) -> None:
    bare.confine(limits, place)
    readonly = [(str(p), _EXECUTE | _READ | _LIST) for p in readable()]
    devices = [(f"/dev/{name}", _READ | _WRITE) for name in DEVICES]
    rules = [(os.open(path, os.O_PATH | os.O_CLOEXEC), rights) for path, rights in readonly + devices]
    version = _version()
    every = _FILES[max(v for v in _FILES if v <= version)]
    rules.append((os.open(place, os.O_PATH | os.O_CLOEXEC), every))
    if os.geteuid() == 0:
        kernel.become(_FIRST + os.getpid() % _COUNT)
    kernel.give_up_privileges()
    attributes = struct.pack("QQQ", every, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    ruleset = _call(_CREATE, attributes, len(attributes), 0)
    for opened, rights in rules:
        allowed = rights & every if Path(f"/proc/self/fd/{opened}").is_dir() else rights & every & _ON_A_FILE
        _call(_ADD, ruleset, 1, struct.pack("=Qi", allowed, opened), 0)
        os.close(opened)
    _call(_RESTRICT, ruleset, 0)
    os.close(ruleset)
    forbid_system_calls(network=True)
    os.umask(0o077)
    tempfile.tempdir = place


clean = bare.clean


def _version() -> int:
    return ctypes.CDLL(None).syscall(_CREATE, None, ctypes.c_size_t(0), 1)


def _call(number: int, *arguments: object) -> int:
    result = ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"Landlock: {os.strerror(ctypes.get_errno())}")
    return result
