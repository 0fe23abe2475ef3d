"""What goes on inside the kernel: it runs cells as any other does, and answers the examiner's questions on the side."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from autograder.grading.exam.cells import Shell, inline_pictures
from autograder.grading.exam.child.flags import Watch
from autograder.grading.exam.child.student import reply_to
from autograder.grading.exam.wire.frames import receive, send

ANSWER = f"__import__({__name__!r}, fromlist=['answer']).answer()"  # run in the kernel when a question has come
READY: list[socket.socket] = []  # where questions come from, in a process that may become a kernel

_shell: Any = None
_watch: Watch | None = None
_objects: list[Any] = []


class _Nothing:
    """The kernel sees to what is written past Python by itself."""

    def take(self, most: int) -> str:
        return ""


def become_kernel(arguments: list[str]) -> None:
    """Be the kernel that these arguments describe, until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    global _shell
    asyncio.set_event_loop(asyncio.new_event_loop())  # the other one is the parent's, and runs there
    Shell.clear_instance()
    app = IPKernelApp.instance()
    app.initialize(arguments)
    _shell = app.shell
    inline_pictures(_shell)
    set_matplotlib_formats("png")  # the bare shell has been told so; this one has not
    app.start()


def answer() -> None:
    """Take one question, and send what `student.reply_to` has to say. The first comes before any cell has run."""
    global _watch
    _watch = _watch or Watch(_shell)
    (sock,) = READY
    send(sock, reply_to(receive(sock), _shell, _watch, _objects, _Nothing()))
