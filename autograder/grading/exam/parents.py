"""The warm parents as whoever grades sees them: started when first needed, shared by all threads, renewed when old."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.course import VARIABLE, Course
from autograder.errors import Stop
from autograder.grading.exam.drawing.drawn import drawn
from autograder.grading.exam.wire.frames import MOST_BYTES, Gone, Late, encode, receive, send
from autograder.grading.limits import Limits
from autograder.grading.sandbox.choose import VARIABLE as SANDBOX
from autograder.grading.sandbox.choose import candidates
from classroom.checking.wire import NotData

RENEWED_AFTER = 500  # exams
STARTING = 180  # seconds that a parent may take to start
_PACKAGES = Path(__file__).resolve().parents[3]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Parents:
    """A student's parent and an examiner's, for one course. Any number of threads may call `exam`."""

    def __init__(self, root: Path, kind: str, prefix: tuple[str, ...], stamp: float) -> None:
        """Raises Stop, with the reason, where a parent does not start (the machine does not allow the sandbox, say)."""
        self._lock = threading.Lock()
        self.kind, self.stamp, self._root = kind, stamp, root
        self._shown: set[str] = set()  # lessons whose pictures the student's parent has
        self.left = RENEWED_AFTER if not prefix else 1
        self.student = _Parent("student", kind, _bare_environment(), root, prefix)
        self.examiner = _Parent("examiner", "none", {**os.environ, VARIABLE: str(root)}, root)
        self.student.wait()
        self.examiner.wait()

    def exam(self, paper: dict[str, Any], files: Mapping[str, bytes], limits: Limits) -> dict[str, Any]:
        """Both processes forked, the notebook gone through. Raises Stop where no result came, Gone for a worn parent.

        paper: see `examiner.examine`; lesson is the lesson's id. files: by name; only the examiner's process gets them.
        """
        seconds = {"cell_seconds": limits.cell_seconds, "notebook_seconds": limits.notebook_seconds}
        sizes = {name: len(content) for name, content in files.items()}
        job = _message({**paper, **seconds, "files": sizes, "most": 2 * limits.output_kb * 1024 + 2**24})
        pairs = [socket.socketpair() for _ in range(3)]  # questions, lifeline, result
        (asks, answers), (line, line_end), (result, result_end) = pairs
        try:
            with self._lock:
                self.left -= 1
                public = {key: paper[key] for key in ("seed", "lesson", "course_cells")}
                public |= {"limits": limits.as_data(), "drawn": self._new_pictures(paper["lesson"])}
                self.student.give(encode(public), answers, line_end)
                self.examiner.give(job, asks, line, result_end)
            for sock in (asks, answers, line, line_end, result_end):
                sock.close()
            self._send(files, result)
            most = MOST_BYTES + 4 * paper["budget_whole"]  # in JSON, text of all kinds of signs grows
            return self._result(result, most, time.monotonic() + limits.notebook_seconds + 150)
        finally:
            for pair in pairs:
                for sock in pair:
                    sock.close()

    def _new_pictures(self, lesson: str) -> str:
        """The pictures of a lesson as it was built, as JSON; none where the student's parent has them."""
        if lesson in self._shown:
            return "[]"
        self._shown.add(lesson)
        return json.dumps(drawn(self._root / "solutions" / lesson / f"{lesson}.ipynb"))

    def _send(self, files: Mapping[str, bytes], sock: socket.socket) -> None:
        try:
            for content in files.values():
                send(sock, content, STARTING)
        except (Gone, Late):
            raise Stop("The examiner did not take the files that were handed in.") from None

    def _result(self, sock: socket.socket, most: int, until: float) -> dict[str, Any]:
        try:
            found = receive(sock, most, until)
            return {**found, "outputs": json.loads(found["outputs"])}
        except (Gone, Late, NotData, ValueError) as error:
            raise Stop(f"The examiner did not come to an end ({type(error).__name__}).") from None

    def close(self) -> None:
        self.student.close()
        self.examiner.close()


def _message(job: dict[str, Any]) -> bytes:
    """The frame of an exam's paper. Raises Stop where the notebook is too large for one."""
    try:
        frame = encode(job)
    except NotData as error:
        raise Stop(f"It has too many cells: too much to be graded ({error}).") from None
    if len(frame) > MOST_BYTES:
        raise Stop(f"It has more than {MOST_BYTES // 2**20} MB of text and code: too much to be graded.")
    return frame


class _Parent:
    def __init__(self, role: str, kind: str, env: dict[str, str], root: Path, prefix: tuple[str, ...] = ()) -> None:
        self._conn, theirs = socket.socketpair()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the parent
        env |= {**dict.fromkeys(_THREADS, "1"), "PYTHONPATH": str(_PACKAGES), "TRANSFORMER_LESSONS_ROOT": str(root)}
        python = [sys.executable, "-P", "-m", "autograder.grading.exam.warm"]
        self._process = subprocess.Popen(
            [*prefix, *python, role, kind, str(theirs.fileno())],
            env=env,
            cwd=root,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            start_new_session=True,
        )
        theirs.close()

    def wait(self) -> None:
        """Until it is ready. Raises Stop where it refuses."""
        try:
            reply = receive(self._conn, until=time.monotonic() + STARTING)
        except (Gone, Late, NotData):
            self._said.seek(0)
            lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
            reply = {"refused": lines[-1] if lines else "it did not start"}
        if "refused" in reply:
            self.close()
            raise Stop(reply["refused"])

    def give(self, job: bytes, *socks: socket.socket) -> None:
        """Have a child forked for this job. Raises Gone where the parent is not fit for it any more, or was closed."""
        try:
            socket.send_fds(self._conn, [b"+"], [sock.fileno() for sock in socks])
            send(self._conn, job)
            reply = receive(self._conn, until=time.monotonic() + STARTING)
        except (OSError, ValueError, Late):
            raise Gone from None
        if "forked" not in reply:
            raise Gone

    def close(self) -> None:
        self._conn.close()
        self._said.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _bare_environment() -> dict[str, str]:
    """What the student's process may know of the machine."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "HOME", "TZ") if name in os.environ}
    return {**kept, "PYTHONHASHSEED": "0", "NBGRADER_EXECUTION": "autograde", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


_open: dict[tuple, Parents] = {}
_opening = threading.Lock()


def parents(course: Course, unsafe: bool, stamp: float) -> Parents:
    """The parents for this course, started where there are none, or where the course (`stamp`) or they have aged.

    Raises Stop where this machine allows no sandbox, with the reason of each kind."""
    key = (os.getpid(), course.root, unsafe, os.environ.get(SANDBOX))
    with _opening:
        known = _open.get(key)
        if known is not None and known.left > 0 and known.stamp == stamp:
            return known
        if known is not None:
            known.close()
        reasons = []
        for kind, prefix in candidates(course, unsafe):
            try:
                _open[key] = Parents(course.root, kind, prefix, stamp)
                return _open[key]
            except Stop as stop:
                reasons.append(f"{kind}: {stop}")
        how = "" if unsafe else "; with --unsafe students' code is run without a sandbox, and may do what you may do"
        raise Stop(f"Students' code can not be run on this machine ({'; '.join(reasons)}){how}.")


@atexit.register
def _close_all() -> None:
    for key, known in list(_open.items()):
        if key[0] == os.getpid():
            known.close()
    _open.clear()
