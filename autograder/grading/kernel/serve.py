"""The student's process where the lesson needs a full kernel: it starts one, has it run cells, passes questions on.

The kernel (`inside`) is a fork of this process, in the same sandbox, so that torch need not be imported again. What
is said between the examiner and the student's process is the same as with the bare shell (`exam.child.student`).
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
from typing import Any

import nbformat
from jupyter_core.utils import run_sync

from autograder.grading.exam.cells import Outputs, RawOutput
from autograder.grading.exam.child.student import start_randomness
from autograder.grading.exam.wire.frames import Gone, encode, receive, send
from autograder.grading.kernel import inside
from autograder.grading.kernel.provisioner import NAME
from classroom.checking.wire import NotData

nbformat.v4.new_notebook()  # compiles its schema: in the sandbox there may be nowhere to do so


def serve(sock: socket.socket, seed: int) -> None:
    """Do what the examiner asks until it hangs up. Ends this process where the kernel ends."""
    start_randomness(seed)
    RawOutput()
    kernel = _Kernel()
    while True:
        try:
            request = receive(sock)
        except Gone:
            return
        if request["do"] == "cell":
            outputs = kernel.run(request["source"], request["budget"])
            send(sock, encode({"outputs": json.dumps(outputs), "count": request["count"]}))
        else:
            send(sock, kernel.ask(request))


class _Kernel:
    def __init__(self) -> None:
        from jupyter_client import AsyncKernelManager  # of all grading, only here
        from nbclient import NotebookClient

        here = tempfile.mkdtemp(prefix="kernel-")
        folders = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")
        os.environ.update(dict.fromkeys(folders, here), JUPYTER_DEFAULT_PROVISIONER_NAME=NAME)
        self._asked, theirs = socket.socketpair()
        inside.READY.append(theirs)
        self._manager = AsyncKernelManager(transport="ipc", ip=os.path.join(here, "k"))
        run_sync(self._manager.start_kernel)(extra_arguments=["--HistoryManager.enabled=False", "--log-level=50"])
        theirs.close()
        self._notebook = nbformat.v4.new_notebook()
        self._client = NotebookClient(
            self._notebook, km=self._manager, timeout=None, allow_errors=True, store_widget_state=False
        )
        self._client.reset_execution_trackers()
        run_sync(self._client.async_start_new_kernel_client)()
        self.ask({"do": "marks", "count": 0})  # what the kernel looks like before any cell has run

    def run(self, source: str, budget: int) -> list[dict[str, Any]]:
        """The outputs of a cell, at most `budget` bytes of them."""
        from nbclient.exceptions import DeadKernelError

        cell = nbformat.v4.new_code_cell(source)
        self._notebook.cells.append(cell)
        try:
            self._client.execute_cell(cell, len(self._notebook.cells) - 1)
        except DeadKernelError:
            self._end()
        kept = Outputs()
        kept.start(budget)
        for output in cell.outputs:
            if output.output_type == "stream":
                kept.write(output.name, output.text)
            else:
                kept.add(dict(output), len(json.dumps(output)))
        return kept.finish()

    def ask(self, request: dict[str, Any]) -> bytes:
        """The kernel's answer to a question, as a frame."""
        send(self._asked, encode(request))
        self._client.kc.execute(inside.ANSWER, silent=True, store_history=False)
        try:
            return encode(receive(self._asked))
        except NotData:
            return encode({"count": None})  # the reply to nothing that was asked: the examiner ends it there
        except Gone:
            self._end()

    def _end(self) -> None:
        """As the kernel did."""
        code = self._manager.provisioner.process.wait() if self._manager.provisioner.process else 1
        os._exit(code if code >= 0 else 128 - code)
