"""What a student sees: a real JupyterLab in a copy of the course, and a real Chromium looking at it.

Used by tests/test_browser.py and by assets/screenshots/make.py.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parents[1]
LESSON = "lessons/04_self_attention/04_self_attention.ipynb"
CHROMIUM_PLACES = ("chromium", "chromium-browser", "google-chrome")

# JupyterLab asks its user whether to fetch news and looks for newer versions of itself: not here.
SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
# What an instructor's environment has and a student's has not.
LEFT_OUT = {"disabledExtensions": {"@jupyter/nbgrader": True, "jupyterlab-jupytext": True}}
SERVER = (
    "--no-browser",
    "--allow-root",  # a container is often root; nothing but the loopback is served
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
)
# No name but the loopback's own resolves in this browser: what tries to leave is recorded, and gets nowhere.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def chromium() -> str | None:
    """Where a Chromium is, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM_PLACES)), None)


def course_copy(into: Path) -> Path:
    """The parts of the course that a student has."""
    editions = [path.name for path in ROOT.glob("lessons-*")]
    for part in ("lessons", *editions, "classroom", "assets/probes", "assets/models"):
        shutil.copytree(ROOT / part, into / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    return into


def instructors_copy(into: Path, lesson_id: str) -> Path:
    """The course as an instructor has it, with one of its lessons and no class."""
    left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "class")
    rooms = ["autograder", "classroom", "assets/probes", "assets/models", "assets/figures"]
    rooms += [f"solutions/{lesson_id}", f"lessons/{lesson_id}"]
    for part in rooms:
        shutil.copytree(ROOT / part, into / part, ignore=left_out)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, into / name)
    return into


@contextmanager
def jupyterlab(course: Path, home: Path, instructor: bool = False) -> Iterator[str]:
    """JupyterLab on a free loopback port, with settings of its own in `home`; yields its address, with the token.

    instructor: with what only an instructor's environment has, nbgrader's and jupytext's parts of JupyterLab."""
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    labconfig = home / "config" / "labconfig"
    labconfig.mkdir(parents=True)
    (labconfig / "default_setting_overrides.json").write_text(json.dumps(SETTINGS))
    (labconfig / "page_config.json").write_text(json.dumps({} if instructor else LEFT_OUT))
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    command = [sys.executable, "-m", "jupyter", "lab", *SERVER, f"--ServerApp.port={port}"]
    command += [f"--ServerApp.root_dir={course}", f"--IdentityProvider.token={token}"]
    address = f"http://127.0.0.1:{port}"
    with (home / "jupyterlab.log").open("w") as log:
        server = subprocess.Popen(command, env=env, cwd=course, stdout=log, stderr=log)
        try:
            _wait_for(address, token, server, home / "jupyterlab.log")
            yield f"{address}/lab?token={token}"
        finally:
            _quit(address, token, server)


def _ask(address: str, token: str, method: str = "GET") -> None:
    request = urllib.request.Request(address, headers={"Authorization": f"token {token}"}, method=method)
    urllib.request.urlopen(request, timeout=5).close()


def _wait_for(address: str, token: str, server: subprocess.Popen, log: Path, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            return _ask(f"{address}/api/status", token)
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def _quit(address: str, token: str, server: subprocess.Popen) -> None:
    """Ask the server to shut down, which ends its kernels too; end it if it does not."""
    try:
        _ask(f"{address}/api/shutdown", token, "POST")
        server.wait(20)
    except (OSError, subprocess.TimeoutExpired):
        server.terminate()
        server.wait(20)


@dataclass
class Lesson:
    """A lesson open in JupyterLab, with all that the browser asked for and complained of since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def cell(self, source: str) -> Locator:
        """The first code cell whose source holds `source`."""
        holds = self.page.locator(".jp-InputArea-editor").filter(has_text=source)
        return self.page.locator(".jp-Notebook .jp-CodeCell").filter(has=holds).first

    def run_all(self) -> None:
        """Run > Run All Cells, until no cell runs or waits any more."""
        first = self.page.locator(".jp-Notebook .jp-CodeCell").first
        with self._rest_after(first):
            self.page.locator(".lm-MenuBar-item").get_by_text("Run", exact=True).click()
            self.page.locator(".lm-Menu-item").get_by_text("Run All Cells", exact=True).click()

    def run(self, cell: Locator) -> None:
        """Run one cell."""
        with self._rest_after(cell):
            cell.locator(".jp-InputPrompt").click()
            self.page.keyboard.press("Control+Enter")

    def write(self, cell: Locator, source: str) -> None:
        """Put `source` in the place of what stands in the cell."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    @contextmanager
    def _rest_after(self, cell: Locator) -> Iterator[None]:
        """Wait until the cell has a new number, and no cell is running or waiting to run."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.text_content()
        yield
        done = "([p, before]) => /\\d/.test(p.textContent) && p.textContent.trim() !== before.trim()"
        self.page.wait_for_function(done, arg=[prompt.element_handle(), before], timeout=60_000)
        quiet = "() => [...document.querySelectorAll('.jp-InputPrompt')].every(p => !p.textContent.includes('*'))"
        self.page.wait_for_function(quiet, timeout=60_000)

    def said(self, cell: Locator) -> str:
        """The text of a cell's output. What is off screen is not laid out and has no text, so it is scrolled to."""
        output = cell.locator(".jp-Cell-outputArea")
        output.scroll_into_view_if_needed()
        self.page.wait_for_function("output => output.innerText.trim() !== ''", arg=output.element_handle())
        return output.inner_text()


def wait_for_another(picture: Locator, before: str, seconds: float = 20) -> None:
    """Wait until another picture stands there than the one with this address."""
    from playwright.sync_api import expect

    expect(picture).not_to_have_attribute("src", before, timeout=1000 * seconds)


@contextmanager
def opened(
    address: str,
    notebook: str = LESSON,
    width: int = 1200,
    height: int = 900,
    scale: float = 1,
    in_notebook: bool = False,
) -> Iterator[Lesson]:
    """The notebook, open in Chromium with the side bars folded, its kernel ready. in_notebook: in Jupyter Notebook 7,
    which the same server brings, instead of JupyterLab."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        try:
            page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
            lesson = Lesson(page)
            page.on("request", lambda request: lesson.requests.append(request.url))
            page.on("websocket", lambda socket: lesson.requests.append(socket.url))
            page.on(
                "console",
                lambda said: said.type == "error" and lesson.complaints.append(f"{said.text} ({said.location['url']})"),
            )
            page.on("pageerror", lambda error: lesson.complaints.append(str(error)))
            # reset: without it JupyterLab opens again what was open in the last page, too
            place = f"/notebooks/{notebook}?" if in_notebook else f"/lab/tree/{notebook}?reset&"
            page.goto(address.replace("/lab?", place))
            page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
            if in_notebook:
                page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(timeout=60_000)
            else:
                page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for(timeout=60_000)  # the kernel is ready
                page.keyboard.press("Control+b")
            yield lesson
        finally:
            browser.close()
