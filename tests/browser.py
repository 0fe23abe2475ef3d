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
    for part in ("lessons", "classroom", "assets/probes"):
        shutil.copytree(ROOT / part, into / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    return into


@contextmanager
def jupyterlab(course: Path, home: Path) -> Iterator[str]:
    """JupyterLab on a free loopback port, with settings of its own in `home`; yields its address, with the token."""
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    labconfig = home / "config" / "labconfig"
    labconfig.mkdir(parents=True)
    (labconfig / "default_setting_overrides.json").write_text(json.dumps(SETTINGS))
    (labconfig / "page_config.json").write_text(json.dumps(LEFT_OUT))
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

    def cells(self) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell")

    def cell(self, source: str, number: int = 0) -> Locator:
        """The code cell whose source holds `source`."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").filter(has=self._source(source)).nth(number)

    def _source(self, text: str) -> Locator:
        return self.page.locator(".jp-InputArea-editor").filter(has_text=text)

    def menu(self, *items: str) -> None:
        for depth, item in enumerate(items):
            where = ".lm-MenuBar-item" if depth == 0 else ".lm-Menu-item"
            self.page.locator(where).get_by_text(item, exact=True).click()

    def run_all(self) -> None:
        """Run > Run All Cells, until no cell runs or waits any more."""
        first = self.cells().and_(self.page.locator(".jp-CodeCell")).first
        with self._rest_after(first):
            self.menu("Run", "Run All Cells")

    def run(self, cell: Locator) -> Locator:
        """Run one cell; its output area."""
        with self._rest_after(cell):
            cell.locator(".jp-InputPrompt").click()
            self.page.keyboard.press("Control+Enter")
        return cell.locator(".jp-Cell-outputArea")

    def write(self, cell: Locator, source: str) -> None:
        """Put `source` in the place of what stands in the cell."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    @contextmanager
    def _rest_after(self, cell: Locator) -> Iterator[None]:
        """Wait until the cell has a new number, and no cell is running or waiting to run."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        yield
        done = "([p, before]) => /\\d/.test(p.textContent) && p.textContent.trim() !== before.trim()"
        self.page.wait_for_function(done, arg=[prompt.element_handle(), before], timeout=60_000)
        quiet = "() => [...document.querySelectorAll('.jp-InputPrompt')].every(p => !p.textContent.includes('*'))"
        self.page.wait_for_function(quiet, timeout=60_000)

    def settle_pictures(self, cell: Locator) -> None:
        """Wait until every picture in the cell is loaded."""
        cell.scroll_into_view_if_needed()
        loaded = "cell => [...cell.querySelectorAll('img')].every(i => i.complete)"
        self.page.wait_for_function(loaded, arg=cell.element_handle())


@contextmanager
def opened(address: str, notebook: str = LESSON, width: int = 1200, height: int = 900) -> Iterator[Lesson]:
    """The notebook, open in Chromium with the side bars folded, its kernel ready."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        try:
            page = browser.new_page(viewport={"width": width, "height": height})
            lesson = Lesson(page)
            page.on("request", lambda request: lesson.requests.append(request.url))
            page.on("websocket", lambda socket: lesson.requests.append(socket.url))
            page.on("console", lambda said: said.type == "error" and lesson.complaints.append(f"{said.text} ({said.location['url']})"))
            page.on("pageerror", lambda error: lesson.complaints.append(str(error)))
            page.goto(address.replace("/lab?", f"/lab/tree/{notebook}?"))
            page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
            page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(timeout=60_000)
            page.keyboard.press("Control+b")
            yield lesson
        finally:
            browser.close()
