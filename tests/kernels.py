"""A real kernel for tests, of this environment or of the one with Colab's versions: run code, read what it says."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[1]
COLAB = ROOT / ".venv-colab" / "bin" / "python"


class Kernel:
    """One kernel. `run` gives what a cell printed and showed; an error's last line is part of it."""

    def __init__(self, folder: Path, python: str = sys.executable, cwd: Path = ROOT, **env: str) -> None:
        spec = {"argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
        (folder / "kernels" / "own").mkdir(parents=True, exist_ok=True)
        (folder / "kernels" / "own" / "kernel.json").write_text(json.dumps({**spec, "display_name": "own"}))
        specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)
        self._manager = KernelManager(kernel_name="own", kernel_spec_manager=specs)
        plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        own = {"IPYTHONDIR": str(folder / "ipython"), "OMP_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        self._manager.start_kernel(cwd=str(cwd), env=plain | own | env)
        self._connect()

    def _connect(self) -> None:
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=120)

    def run(self, code: str) -> str:
        said: list[str] = []

        def hook(message: dict) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] in ("execute_result", "display_data"):
                said.append(content["data"]["text/plain"] + "\n")
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}\n")

        # stop_on_error: else a kernel throws away what comes in the moment after an error.
        self._client.execute_interactive(code, output_hook=hook, timeout=120, store_history=True, stop_on_error=False)
        return "".join(said).strip()

    def restart(self) -> None:
        self._client.stop_channels()
        self._manager.restart_kernel(now=True)
        self._connect()

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
