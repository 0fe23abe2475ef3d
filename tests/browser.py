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
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

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


def instructors_copy(into: Path, *lesson_ids: str) -> Path:
    """The course as an instructor has it, with these of its lessons and no class."""
    left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "class")
    rooms = ["autograder", "classroom", "assets/probes", "assets/models", "assets/figures", "assets/badge"]
    rooms += [f"{room}/{lesson_id}" for lesson_id in lesson_ids for room in ("solutions", "lessons")]
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


def stop_kernels(address: str) -> None:
    """End the kernels of a server that is still wanted: nine lessons would hold the memory of nine."""
    place, token = address.split("/lab?token=")
    for kernel in json.loads(_ask(f"{place}/api/kernels", token)):
        _ask(f"{place}/api/kernels/{kernel['id']}", token, "DELETE")


def _wait_for_kernel(address: str, notebook: str, seconds: float = 60) -> None:
    """Wait until the page holds the notebook's kernel. Before, Notebook 7 is "idle" too, and asks for one."""
    place, token = address.split("/lab?token=")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        kernels = [one["kernel"] for one in json.loads(_ask(f"{place}/api/sessions", token)) if one["path"] == notebook]
        if any(kernel["connections"] and kernel["execution_state"] == "idle" for kernel in kernels):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{notebook} has no kernel after {seconds} s")


def _ask(address: str, token: str, method: str = "GET") -> bytes:
    request = urllib.request.Request(address, headers={"Authorization": f"token {token}"}, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def _wait_for(address: str, token: str, server: subprocess.Popen, log: Path, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            _ask(f"{address}/api/status", token)
            return
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


POLL = 100  # milliseconds; to look at each frame, as playwright would, has the browser draw each
PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(prompt => prompt.textContent.trim())"


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

    def run_from_to(self, first: int, last: int, seconds: float = 60) -> None:
        """Select the code cells from one number to another, with all that stands between them, and run them."""
        cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        with self._rest_after(cells.nth(first), seconds):
            cells.nth(first).locator(".jp-InputPrompt").click()
            if last > first:
                cells.nth(last).locator(".jp-InputPrompt").click(modifiers=["Shift"])
            self.page.keyboard.press("Control+Enter")

    def clear(self) -> None:
        """Edit > Clear Outputs of All Cells."""
        self.page.locator(".lm-MenuBar-item").get_by_text("Edit", exact=True).click()
        self.page.locator(".lm-Menu-item").get_by_text("Clear Outputs of All Cells", exact=True).click()
        self.page.wait_for_function(f"() => {PROMPTS}.every(text => text === '[ ]:')", polling=POLL)

    def numbers(self) -> list[str]:
        """What stands in front of each code cell: "[3]:", or "[ ]:" where it was not run."""
        return self.page.evaluate(f"() => {PROMPTS}")

    def write(self, cell: Locator, source: str) -> None:
        """Put `source` in the place of what stands in the cell."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    @contextmanager
    def _rest_after(self, cell: Locator, seconds: float = 60) -> Iterator[None]:
        """Wait until the cell has a new number, and no cell is running or waiting to run."""
        from playwright.sync_api import TimeoutError

        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.text_content()
        yield
        done = "([p, before]) => /\\d/.test(p.textContent) && p.textContent.trim() !== before.trim()"
        quiet = f"() => {PROMPTS}.every(text => !text.includes('*'))"
        try:
            self.page.wait_for_function(done, arg=[prompt.element_handle(), before], timeout=60_000, polling=POLL)
            self.page.wait_for_function(quiet, timeout=1000 * seconds, polling=POLL)
        except TimeoutError as late:
            raise AssertionError(f"after {seconds} s: {before} before, now {' '.join(self.numbers())}") from late

    def said(self, cell: Locator) -> str:
        """The text of a cell's output. What is off screen is not laid out and has no text, so it is scrolled to."""
        output = cell.locator(".jp-Cell-outputArea")
        output.scroll_into_view_if_needed()
        self.page.wait_for_function(
            "output => output.innerText.trim() !== ''", arg=output.element_handle(), polling=POLL
        )
        return output.inner_text()


def wait_for_another(picture: Locator, before: str, seconds: float = 20) -> None:
    """Wait until another picture stands there than the one with this address."""
    from playwright.sync_api import expect

    try:
        expect(picture).not_to_have_attribute("src", before, timeout=1000 * seconds)
    except AssertionError:
        raise AssertionError(f"the picture is the same after {seconds} s") from None  # its address is the whole picture


@contextmanager
def chromium_open(width: int = 1200, height: int = 900, scale: float = 1) -> Iterator[BrowserContext]:
    """Chromium. What is opened in one is loaded once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        try:
            yield browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=scale)
        finally:
            browser.close()


@contextmanager
def opened(
    address: str,
    notebook: str = LESSON,
    width: int = 1200,
    height: int = 900,
    scale: float = 1,
    in_notebook: bool = False,
    within: BrowserContext | None = None,
) -> Iterator[Lesson]:
    """The notebook, open in Chromium with the side bars folded, its kernel ready. in_notebook: in Jupyter Notebook 7,
    which the same server brings, instead of JupyterLab. within: a Chromium that is open already, of its own size."""
    with chromium_open(width, height, scale) if within is None else nullcontext(within) as browser:
        page = browser.new_page()
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
        try:
            page.goto(address.replace("/lab?", place))
            page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
            if in_notebook:
                _wait_for_kernel(address, notebook)
                page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(timeout=60_000)
            else:
                page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for(timeout=60_000)  # the kernel is ready
                page.keyboard.press("Control+b")
            yield lesson
        finally:
            page.close()
