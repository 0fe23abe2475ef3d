"""Runs a notebook's cells without a kernel: IPython's own shell, with its outputs kept as a kernel would send them.

Both processes use it, the student's for the student's cells and the examiner's for the master's.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import warnings
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets import Type
from traitlets.config import Config

Output = dict[str, Any]


class Outputs:
    """The outputs of the cell that runs now, in order; at most `budget` bytes of them are kept."""

    def __init__(self) -> None:
        self.start(0)

    def start(self, budget: int) -> None:
        self.kept: list[Output] = []
        self.ids: list[str | None] = []
        self.left = budget
        self.cut = self.failed = False

    def add(self, output: Output, size: int, display_id: str | None = None) -> None:
        if size > self.left:
            self.cut = True
            return
        self.left -= size
        self.kept.append(output)
        self.ids.append(display_id)

    def write(self, name: str, text: str) -> None:
        """Text on a stream; it is joined to what was written there just before."""
        piece, size = _fitting(text, max(self.left, 0))
        self.cut |= len(piece) < len(text)
        self.left -= size
        if not piece:
            return
        if self.kept and self.kept[-1]["output_type"] == "stream" and self.kept[-1]["name"] == name:
            self.kept[-1]["parts"].append(piece)
        else:
            self.kept.append({"output_type": "stream", "name": name, "parts": [piece]})
            self.ids.append(None)

    def clear(self) -> None:
        self.kept, self.ids = [], []

    def finish(self) -> list[Output]:
        found = [
            {"output_type": "stream", "name": o["name"], "text": "".join(o["parts"])} if "parts" in o else o
            for o in self.kept
        ]
        if self.cut:
            said = "\n(What went beyond the limit of a cell's output was cut.)\n"
            found.append({"output_type": "stream", "name": "stdout", "text": said})
        return found


def _fitting(text: str, most: int) -> tuple[str, int]:
    """The beginning of a text that takes at most so many bytes in JSON, and how many it takes."""
    piece = text[:most]
    while (size := len(json.dumps(piece, ensure_ascii=False).encode("utf-8", "surrogatepass")) - 2) > most:
        piece = piece[: len(piece) * most // size]
    return piece, size


OUTPUTS = Outputs()


class _Stream(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, text: str) -> int:
        OUTPUTS.write(self._name, str(text))
        return len(text)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        pass


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, *args, transient=None, update=False, **kwargs) -> None:
        self._validate_data(data, metadata)
        output = {"output_type": "display_data", **_bundle(data, metadata)}
        name = (transient or {}).get("display_id")
        if update:
            for place, known in enumerate(OUTPUTS.ids):
                if known == name and known is not None:
                    OUTPUTS.kept[place] = output
            return
        OUTPUTS.add(output, len(json.dumps(output)), name)

    def clear_output(self, wait: bool = False) -> None:
        OUTPUTS.clear()


class _Hook(DisplayHook):
    """The value of a cell's last line, as an execute_result."""

    result: Any = None

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        output = {
            "output_type": "execute_result",
            "execution_count": self.prompt_count,
            **_bundle(format_dict, md_dict),
        }
        OUTPUTS.add(output, len(json.dumps(output)))

    def finish_displayhook(self) -> None:
        pass


class Shell(InteractiveShell):
    """IPython's shell as a kernel has it, without the kernel."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def enable_gui(self, gui=None) -> None:
        """`%matplotlib inline` asks for it; there is nothing to enable."""

    def ask_exit(self) -> None:
        """`exit()` at the end of a cell ends nothing."""

    def _showtraceback(self, etype, evalue, stb) -> None:
        error = {"output_type": "error", "ename": str(etype.__name__), "evalue": str(evalue), "traceback": [*stb]}
        size = len(json.dumps(error))
        if size > 200_000:
            error["evalue"], error["traceback"] = error["evalue"][:2000], [f"{error['ename']}: ..."]
        if not OUTPUTS.failed:  # the first error of a cell is said even where nothing more may be
            OUTPUTS.left, OUTPUTS.failed = max(OUTPUTS.left, 200_000), True
        OUTPUTS.add(error, min(size, 100_000))


def make_shell() -> Shell:
    """The process's one shell. Starts no thread; keeps no history; reads no start-up file."""
    config = Config()
    config.HistoryManager.enabled = False
    config.Shell.cache_size = 1000
    config.Shell.colors = "Linux"
    shell = Shell.instance(config=config, profile_dir=None, ipython_dir="/nonexistent")
    shell.system = shell.system_piped
    return shell


def inline_pictures(shell: Shell) -> None:
    """pyplot's figures become outputs of the cell that drew them, as in a notebook."""
    import matplotlib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from matplotlib_inline import backend_inline

        matplotlib.use("module://matplotlib_inline.backend_inline")
        backend_inline.configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
        matplotlib.interactive(True)


def run(shell: Shell, source: str, budget: int) -> tuple[list[Output], ExecutionResult]:
    """Run one cell. Returns its outputs, at most `budget` bytes, and what IPython says of it."""
    OUTPUTS.start(budget)
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _OUT, _ERR
    try:
        result = shell.run_cell(source, store_history=True)
    finally:
        sys.stdout, sys.stderr = streams
    return OUTPUTS.finish(), result


_OUT, _ERR = _Stream("stdout"), _Stream("stderr")


def _bundle(data: dict, metadata: dict | None) -> dict[str, Any]:
    return {"data": {str(mime): _plain(x) for mime, x in data.items()}, "metadata": _plain(metadata or {})}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value if isinstance(value, str) else json.loads(json.dumps(value, default=str))


class RawOutput:
    """What is written past Python, to the process's own standard output and error: by programs it starts, say."""

    def __init__(self) -> None:
        self._file = os.memfd_create("output")
        for number in (1, 2):
            os.dup2(self._file, number)

    def take(self, most: int) -> str:
        """What has come since the last time, its first `most` bytes."""
        if not os.fstat(self._file).st_size:
            return ""
        text = os.pread(self._file, most, 0).decode("utf-8", "replace")
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        return text
