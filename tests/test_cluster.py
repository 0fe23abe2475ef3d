"""`autograder grade --cluster`: a real Dask scheduler with workers as real processes, one of which is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from conftest import need
from small_class import ANSWERS, hand_in, left_behind
from small_course import LESSON, SEALED, small_course

from autograder.cli import main
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.run import grade

try:
    import distributed
except ImportError:
    distributed = None

SLOW = "import time\ntime.sleep(0.5)\ndef add(a, b):\n    return a + b"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course(tmp_path_factory.mktemp("cluster") / "course", SEALED)


@contextmanager
def program(root, name, *arguments):
    """A program of Dask's, running in the course's folder; with its standard error."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    words = [sys.executable, "-m", f"distributed.cli.{name}", *arguments, "--no-dashboard"]
    running = subprocess.Popen(words, cwd=root, env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


@contextmanager
def scheduler(root, started=lambda running: None):
    with program(root, "dask_scheduler", "--host", "127.0.0.1", "--port", "0") as running:
        line = next(line for line in running.stderr if "Scheduler at:" in line)
        threading.Thread(target=running.stderr.read, daemon=True).start()
        started(running)
        yield line.split()[-1]


@contextmanager
def worker(root, address, scratch):
    own = ("--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", "--local-directory", str(scratch))
    with program(root, "dask_worker", address, *own) as running:
        threading.Thread(target=running.stderr.read, daemon=True).start()
        yield running


def test_a_worker_is_killed_in_the_middle_and_the_scores_are_those_of_a_local_run(course, tmp_path):
    need(distributed, "Dask's distributed is not installed.")
    local, remote = (Course(course.root, tmp_path / name) for name in ("local", "remote"))
    for one in (local, remote):
        for student, answers in ANSWERS.items():
            hand_in(one, student, answers, 1)
        hand_in(one, "eve", None, 1)
        for number in range(6):
            hand_in(one, f"slow-{number}", {"add": SLOW}, 1)
    killed = []
    with (
        scheduler(course.root) as address,
        worker(course.root, address, tmp_path / "a") as first,
        worker(course.root, address, tmp_path / "b") as second,
    ):
        programs = {running.pid: running for running in (first, second)}
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
            assert set(client.run(os.getpid).values()) == set(programs)

        def kill_one(result):
            """Once a result that nobody has fetched yet lies with a worker: it must be made again."""
            if not killed:
                worker = programs[has_two(address)]
                worker.send_signal(signal.SIGKILL)
                killed.append(worker.wait())

        theirs = grade(remote, LESSON, kill_one, cluster=address)
    assert killed == [-signal.SIGKILL]
    ours = grade(local, LESSON)
    assert len(ours) == 11 and theirs == ours
    assert left_behind(remote) == left_behind(local)


def test_the_scheduler_is_killed_in_the_middle_and_the_same_command_goes_on_from_there(course, tmp_path, monkeypatch):
    need(distributed, "Dask's distributed is not installed.")
    monkeypatch.setattr("autograder.grading.many.cluster.ALONE", 2)
    mine = Course(course.root, tmp_path / "class")
    for number in range(4):
        hand_in(mine, f"slow-{number}", {"add": SLOW}, 1)
    schedulers = []
    with (
        scheduler(course.root, schedulers.append) as address,
        worker(course.root, address, tmp_path / "a"),
        pytest.raises(Stop, match=r"The scheduler at .* was lost\. The same command goes on from there"),
    ):
        grade(mine, LESSON, lambda result: schedulers[0].kill(), cluster=address)
    assert 1 <= len(list(mine.autograded.iterdir())) < 4
    assert [result.score for result in grade(mine, LESSON)] == [5.0] * 4


def test_a_worker_with_another_version_of_the_course_is_refused(course, tmp_path, capsys):
    need(distributed, "Dask's distributed is not installed.")
    other = small_course(tmp_path / "other", SEALED)
    (other.solutions / LESSON / "probes.py").write_text("# newer")
    mine = Course(course.root, tmp_path / "class")
    hand_in(mine, "ada", {}, 1)
    with scheduler(course.root) as address, worker(other.root, address, tmp_path / "w"):
        assert run_command(mine, address) == 2
    assert "is another version of the course" in capsys.readouterr().err


def test_a_scheduler_that_is_not_there_is_said(course, tmp_path, capsys, monkeypatch):
    need(distributed, "Dask's distributed is not installed.")
    monkeypatch.setattr("autograder.grading.many.cluster.CONNECTING", 1)
    mine = Course(course.root, tmp_path / "class")
    hand_in(mine, "ada", {}, 1)
    began = time.monotonic()
    assert run_command(mine, "tcp://127.0.0.1:9") == 2
    assert "There is no Dask scheduler at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert time.monotonic() - began < 60 and not mine.autograded.exists()


def has_two(address):
    """The process of a worker with two results in its memory, as soon as there is one: of the four jobs that are on the
    way one worker does two, whichever it is. One at most is the fetched one."""
    with distributed.Client(address, set_as_default=False) as client:
        pids = client.run(os.getpid)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            for worker, results in client.has_what().items():
                if len(results) >= 2:
                    return pids[worker]
            time.sleep(0.02)
    raise AssertionError("no worker got a second result")


def test_without_dask_it_says_what_to_install(course, tmp_path, capsys, monkeypatch):
    mine = Course(course.root, tmp_path / "class")
    hand_in(mine, "ada", {}, 1)
    monkeypatch.delitem(sys.modules, "autograder.grading.many.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run_command(mine, "tcp://127.0.0.1:9") == 2
    assert "Dask is not installed: pip install" in capsys.readouterr().err


def run_command(of_class, address):
    here = os.getcwd()
    os.chdir(of_class.root)
    try:
        return main(["--class-dir", str(of_class.class_dir), "grade", "--cluster", address])
    finally:
        os.chdir(here)
