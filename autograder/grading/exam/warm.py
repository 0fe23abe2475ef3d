"""A warm parent: a process of its own, with torch imported and one thread, that forks one child for each submission.

There are two: the student's, which holds nothing secret and forks into the sandbox, and the examiner's, which holds the
lessons' probes. Run as `python -m autograder.grading.exam.warm ROLE SANDBOX FD`; `parents` starts it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from autograder.grading.exam.wire.frames import Gone, encode, read, receive, send

LAZY = ("torch.testing", "torch.nn.functional", "torch.optim", "torch.utils.data", "matplotlib.pyplot",
        "classroom.check", "classroom.parts", "classroom.show", "classroom.corpus", "classroom.bugs", "classroom.reach",
        "classroom.start", "classroom.submission", "sacrebleu.metrics", "IPython.core.magics.execution", "asyncio",
        "pygments.lexers.python",
        "pygments.formatters.terminal256", "PIL.PngImagePlugin", "ipywidgets", "html.parser",
        "timeit", "pdb", "numpy.random")  # fmt: skip
JUDGING_MB = 2048  # memory that an examiner may take: data that came back may be large, and larger once compared
LAZY_IN_TRAINING = "torch._dynamo"  # the first step of an optimiser imports it: a second


def main() -> None:
    role, kind, number = sys.argv[1:]
    conn = socket.socket(fileno=int(number))
    os.set_inheritable(conn.fileno(), False)
    try:
        prepare, work = _student(kind) if role == "student" else _examiner()
        if _threads() != 1:
            raise RuntimeError(f"the warm process has {_threads()} threads; with more than one it can not be forked")
    except Exception as error:
        send(conn, encode({"refused": str(error) or type(error).__name__}))
        return
    send(conn, encode({"ready": os.getpid()}))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asked: they hang up
    _loop(conn, prepare, work)


Job = dict[str, Any]
Sockets = list[socket.socket]


def _loop(conn: socket.socket, prepare: Callable[[Job], None], work: Callable[[Job, Sockets], None]) -> None:
    """Fork a child for every job that comes, until whoever asks hangs up or the process can not be forked any more."""
    while True:
        try:
            mark, given, _, _ = socket.recv_fds(conn, 1, 3)
            if not mark:
                return
            job = receive(conn)
        except (Gone, OSError):
            return
        socks = [socket.socket(fileno=number) for number in given]
        _reap()
        prepare(job)
        if _threads() != 1:
            send(conn, encode({"refused": "the warm process has started a thread"}))
            return
        gc.freeze()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                conn.close()
                signal.signal(signal.SIGINT, signal.default_int_handler)
                work(job, socks)
                code = 0
            finally:
                os._exit(code)
        for sock in socks:
            sock.close()
        send(conn, encode({"forked": child}))


def _student(kind: str) -> tuple[Callable, Callable]:
    """Prepares and does a job (limits, seed, lesson, course_cells), with a socket to the examiner and the lifeline."""
    _import_what_lessons_use(LAZY_IN_TRAINING)
    from autograder.grading import sandbox
    from autograder.grading.exam.cells import inline_pictures, make_shell
    from autograder.grading.exam.child.flags import Watch
    from autograder.grading.exam.child.keeper import keep
    from autograder.grading.exam.child.student import serve
    from autograder.grading.exam.drawing import pictures
    from autograder.grading.kernel import serve as full  # inside the sandbox there is no file to import it from
    from autograder.grading.limits import Limits

    shell = make_shell()
    inline_pictures(shell)
    _warm(shell)
    pictures.remember()
    box = sandbox.KINDS[kind]
    box.enter()
    watch = Watch(shell)
    learned: set[str] = set()
    gc.collect()

    def prepare(job: Job) -> None:
        if job["lesson"] not in learned:
            learned.add(job["lesson"])
            pictures.take(json.loads(job["drawn"]))
            pictures.learn(job["course_cells"], shell)
            gc.collect()

    def work(job: Job, socks: Sockets) -> None:
        sock, lifeline = socks
        limits, seed = Limits(**job["limits"]), job["seed"]
        bare, kernel = partial(serve, sock, shell, watch, seed), partial(full.serve, sock, seed)
        keep(box, limits, sock, lifeline, kernel if limits.full_kernel else bare)

    return prepare, work


def _examiner() -> tuple[Callable, Callable]:
    """Prepares and does an exam's paper, with sockets to the student's process and its lifeline, and for the result."""
    _import_what_lessons_use()
    from autograder.grading import judge
    from autograder.grading.exam.cells import make_shell
    from autograder.grading.exam.examiner import examine
    from autograder.grading.exam.proxy import Student
    from autograder.grading.sandbox import kernel

    shell = make_shell()
    _warm(shell)
    gc.collect()

    def work(job: Job, socks: Sockets) -> None:
        sock, lifeline, result = socks
        kernel.limit_memory(JUDGING_MB, 500)
        signal.alarm(int(job["notebook_seconds"]) + 120)  # whatever happens, an exam ends
        files = {name: read(result, size) for name, size in job["files"].items()}
        student = Student(sock, lifeline, job["most"], job["cell_seconds"], job["notebook_seconds"])
        found = examine(job, files, student, shell)
        student.end("the exam is over")
        send(result, encode({**found, "outputs": json.dumps(found["outputs"], ensure_ascii=False)}))

    def prepare(job: Job) -> None:
        judge.preload(job["lesson"], job["who"], [step["source"] for step in job["steps"] if step["do"] == "test"])

    return prepare, work


def _import_what_lessons_use(*more: str) -> None:
    import torch

    from classroom.keep.folder import KEPT_VARIABLE, OFF

    torch.set_num_threads(1)
    os.environ[KEPT_VARIABLE] = OFF  # nothing is kept at grading, and a lesson uses the finished parts
    for name in (*LAZY, *more):
        try:
            importlib.import_module(name)
        except ImportError:  # a version that has it elsewhere, or a lesson's part that is not here
            continue


def _warm(shell: Any) -> None:
    """Do once what is slow the first time: a traceback, a picture, a failed check; then forget it."""
    from autograder.grading.exam.cells import run

    run(shell, "def f(x):\n    raise ValueError(x)\nf(1)", 1000)
    run(shell, "import torch\nx = torch.ones(2, 2, requires_grad=True)\n(x @ x).softmax(-1).sum()", 1000)
    run(shell, "from classroom import keep\nkeep('attention')", 1000)  # reads what every lesson's checks are called
    run(shell, "from classroom.show import style\nwith style.figure(1, 1) as fig:\n    style.png(fig)", 1000)
    shell.reset(new_session=True)
    sys.last_value = sys.last_type = sys.last_traceback = None


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main()
