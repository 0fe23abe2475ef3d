"""Grades many submissions on an existing Dask cluster. Workers get bytes, as the threads of `pool` do: no gradebook.

A worker needs this course: the same commit, installed, its folder the working folder or in TRANSFORMER_LESSONS. It
starts its warm processes as plain programs when the first submission comes, and shares them among its threads; only
they fork, never the worker itself. A submission whose worker dies is given to another one by the scheduler.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import dask
from distributed import CancelledError, Client, Future, wait
from distributed.comm import CommClosedError

from autograder.course import Course
from autograder.errors import Stop
from autograder.grading import task
from autograder.grading.many.pool import Job, Outcome, ready, work
from autograder.grading.translator.expected import LARGEST

CONNECTING = 30  # seconds
ALONE = 60  # seconds without any worker after which we give up
QUIET = "distributed.admin.large-graph-warning-threshold"  # a job with a model in it is no mistake
PROGRAMS = ("classroom", "autograder/grading", "autograder/authoring")
_PACKAGES = Path(__file__).resolve().parents[3]


def graded_there(jobs: Iterable[Job], course: Course, unsafe: bool, address: str) -> Iterator[Outcome]:
    """Each job with what came of it, as they are done. At most a few for each of the workers' threads are on the way.

    Raises Stop where the cluster can not be reached, has no worker, or has one that can not grade for this course.
    """
    mark = fingerprint(course)
    try:
        client = Client(address, timeout=CONNECTING)
    except (OSError, ValueError, RuntimeError) as error:
        raise Stop(f"There is no Dask scheduler at {address} ({error or type(error).__name__}).") from None
    with client, dask.config.set({QUIET: LARGEST}):
        at_once = 2 * _threads(client, ALONE)
        for worker, reason in client.run(why_not, mark, unsafe).items():
            if reason:
                raise Stop(f"The worker {worker} can not grade for this course: {reason}")
        running: dict[Future, Job] = {}
        jobs = iter(jobs)
        try:
            while True:
                for job in islice(jobs, at_once - len(running)):
                    running[client.submit(grade_here, job, mark, pure=False)] = job
                if not running:
                    return
                for future, outcome in _done(client, running):
                    yield running.pop(future), outcome
        except (CancelledError, CommClosedError):
            raise Stop(f"The scheduler at {address} was lost. The same command goes on from there.") from None


def _done(client: Client, running: Iterable[Future]) -> Iterator[tuple[Future, Outcome]]:
    """Those that are done, once there is one, each with what came of it; or none, so that one looks again."""
    try:
        done = wait(list(running), timeout=ALONE, return_when="FIRST_COMPLETED").done
    except TimeoutError:
        _threads(client, ALONE)
        return
    for future in done:
        if future.status in ("error", "finished"):  # else its worker has died since, and another makes the result again
            yield future, future.exception() if future.status == "error" else future.result()


def grade_here(job: Job, mark: str) -> task.Graded:
    """What a worker does."""
    course = Course.find()
    if fingerprint(course) != mark:  # a worker that came later
        raise Stop("Its worker has another version of the course.")
    return work(job, course)


def why_not(mark: str, unsafe: bool) -> str:
    """Why this worker can not grade for a course with this fingerprint, or ""."""
    try:
        course = Course.find()
        if fingerprint(course) != mark:
            return f"{course.root} is another version of the course."
        ready(course, unsafe)
    except Stop as stop:
        return str(stop)
    return ""


def fingerprint(course: Course) -> str:
    """Of all that a score hangs on: the course's programs, the lessons' probes and their recordings."""
    return _fingerprint(course, task.stamp(course))


@functools.lru_cache(maxsize=1)
def _fingerprint(course: Course, stamp: float) -> str:
    programs = [path for room in PROGRAMS for path in (_PACKAGES / room).rglob("*.py")]
    probes = [*course.solutions.glob("*/*.py"), *(course.assets / "probes").rglob("*.*")]
    found = hashlib.sha256()
    for base, paths in ((_PACKAGES, programs), (course.root, probes)):
        for path in sorted(paths):
            found.update(f"{path.relative_to(base)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def _threads(client: Client, patience: float) -> int:
    """Of all the workers together, once there is one."""
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError:
        raise Stop(f"The scheduler has had no worker for {patience} seconds.") from None
    return sum(client.nthreads().values()) or 1
