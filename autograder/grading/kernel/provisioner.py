"""How Jupyter starts a kernel that is a fork of the process that wants it, with all that process has imported.

An entry point of jupyter_client, `kernel_provisioners`, called "transformer-lessons-fork". It is meant for one place,
the student's process in its sandbox, and refuses any other.
"""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from jupyter_client import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from autograder.grading.kernel import inside

NAME = "transformer-lessons-fork"


class ForkProvisioner(LocalProvisioner):
    """Launches by forking; everything else is as for a kernel on this machine."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """cmd: as the kernel's specification has it; the words after ipykernel's launcher are the kernel's own.

        Raises RuntimeError where this process is not one that can be forked into a kernel."""
        if not inside.READY or threading.active_count() != 1:
            raise RuntimeError(f"the provisioner {NAME} is for the grader's own kernels")
        own = cmd[cmd.index("ipykernel_launcher") + 1 :]
        self.process = _Fork(own)
        return self.connection_info


class _Fork:
    """A forked kernel, with what the base class asks of a subprocess."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str]) -> None:
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            try:
                inside.become_kernel(arguments)
            finally:
                os._exit(0)

    def poll(self) -> int | None:
        if self.returncode is None:
            self._ended(os.waitpid(self.pid, os.WNOHANG))
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            self._ended(os.waitpid(self.pid, 0))
        return self.returncode or 0

    def _ended(self, found: tuple[int, int]) -> None:
        if found[0]:
            self.returncode = os.waitstatus_to_exitcode(found[1])

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
