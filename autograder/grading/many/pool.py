"""Grades many submissions on the cores of this machine: each job is bytes, and knows of no gradebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

from autograder.course import Course
from autograder.grading import task
from autograder.grading.exam.parents import parents
from autograder.grading.limits import Limits


@dataclass(frozen=True)
class Job:
    """One submission, with all that grading it takes. files: what lay beside the notebook, by name."""

    lesson: str
    student: str
    master: bytes
    submission: bytes
    limits: Limits
    skipped: str
    unsafe: bool
    files: Mapping[str, bytes]


Outcome = tuple[Job, task.Graded | Exception]


def work(job: Job, course: Course) -> task.Graded:
    given = (job.master, job.submission, job.lesson, job.student, job.limits, job.unsafe)
    return task.grade(*given, course, job.skipped, job.files)


def ready(course: Course, unsafe: bool) -> None:
    """Start the warm processes, once for all threads. Raises Stop where this machine can not grade."""
    parents(course, unsafe, task.stamp(course))


def graded_here(jobs: Iterable[Job], course: Course, at_once: int) -> Iterator[Outcome]:
    """Each job with what came of it, as they are done. A few are read ahead, never all.

    A thread of this process only waits for an exam, which is in two processes forked from the warm ones.
    """
    jobs = iter(jobs)
    with ThreadPoolExecutor(at_once) as threads:
        running: dict[Future, Job] = {}
        while True:
            for job in islice(jobs, 2 * at_once - len(running)):
                running[threads.submit(work, job, course)] = job
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future.exception() or future.result()
