"""The keeper of one student's process: starts it in the sandbox, watches it, and sees that nothing of it stays."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.grading.limits import Limits

EVERY = 0.1  # seconds between two looks at the memory


def keep(box: Any, limits: Limits, sock: socket.socket, lifeline: socket.socket, serve: Callable[[], None]) -> None:
    """Fork the student's process into `box` and wait for its end, or for the lifeline to be closed: then end it.

    How it ended goes into the lifeline as a JSON string, half a sentence.
    """
    place = box.prepare(limits)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            lifeline.close()
            box.confine(limits, place)
            serve()
            code = 0
        finally:
            os._exit(code)
    sock.close()
    said = _watch(child, limits, lifeline)
    box.clean(child, place)
    with contextlib.suppress(OSError):
        lifeline.send(json.dumps(said).encode())


def _watch(child: int, limits: Limits, lifeline: socket.socket) -> str:
    base, said, handle = _memory_of(child), "", os.pidfd_open(child)
    while not said:
        ready = select.select([handle, lifeline], [], [], EVERY)[0]
        if handle in ready:
            return _how(os.waitpid(child, 0)[1], limits)
        if ready:
            said = "it was ended"
        elif _memory_of(child) - base > 1.25 * limits.memory_mb * 2**20:  # one process alone is told by Python first
            said = f"it took more than {limits.memory_mb:,} MB of memory, the limit"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return said


def _how(status: int, limits: Limits) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"a cell ended Python (with the exit code {code})"
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return f"it used up its {limits.cpu_seconds} s of processor time, or was killed for the memory it took"
    return f"Python crashed ({signal.Signals(-code).name})"


def _memory_of(process: int) -> int:
    """Bytes of memory of a process and all below it, beyond what they share with others: 0 where it can not be seen."""
    total, left = 0, [process]
    while left:
        folder = Path("/proc") / str(left.pop())
        try:
            pages = (folder / "statm").read_text().split()
            total += (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE")
            for task in (folder / "task").iterdir():
                left += map(int, (task / "children").read_text().split())
        except (OSError, ValueError):
            continue
    return total
