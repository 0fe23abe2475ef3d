"""The attacks again as an ordinary user, and in the sandboxes that are fallen back on where namespaces are closed."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import need
from ordinary_user import run_as_ordinary_user

from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.exam import parents
from autograder.grading.sandbox import choose, landlock

HERE = Path(__file__).parent
AGAIN = "ATTACKS_AGAIN"
# Bubblewrap starts a new parent for each submission: a few seconds each. Its /tmp and Landlock's are not of one kind.
FEW = "instructors or gradebook or network or daemon or everything or tests_are_put_back or frames"

pytestmark = pytest.mark.skipif(AGAIN in os.environ, reason="this is the second time")


def attacks(home: Path, *options: str, kind: str = "") -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"--basetemp={home / 'pytest'}"]
    os.environ.update({AGAIN: "1", choose.VARIABLE: kind, "PYTHONDONTWRITEBYTECODE": "1"})
    try:
        done = run_as_ordinary_user([*command, *options], home, cwd=HERE.parent)
    finally:
        for name in (AGAIN, choose.VARIABLE, "PYTHONDONTWRITEBYTECODE"):
            del os.environ[name]
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def home():
    """A user's empty home. Not below pytest's own folder, which every run of root's closes to others."""
    with tempfile.TemporaryDirectory(prefix="home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_an_ordinary_users_grader_withstands_the_same(home):
    said = attacks(home, "attacks/test_secrets.py", "attacks/test_endings.py")
    assert "passed" in said and "failed" not in said


@pytest.mark.parametrize("kind", ["bubblewrap", "landlock"])
def test_the_other_sandboxes_withstand_the_worst(home, kind):
    if kind == "bubblewrap":
        need(shutil.which("bwrap"), "bubblewrap is not installed.")
    else:
        need(landlock._version() >= 6, "This kernel has no Landlock that is new enough.")
    said = attacks(home, "attacks", "-k", FEW, kind=kind)
    assert "passed" in said and "failed" not in said


def test_where_nothing_can_shut_it_in_the_grader_refuses_and_says_why(monkeypatch):
    def closed(*_):
        raise Stop("the machine does not allow it")

    monkeypatch.setattr(parents, "Parents", closed)
    with pytest.raises(Stop, match=r"namespaces: the machine does not allow it; .*landlock: .*with --unsafe"):
        parents.parents(Course.find(), unsafe=False, stamp=-1.0)


def test_on_another_system_one_sentence_says_what_can_be_done(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    for unsafe in (False, True):
        with pytest.raises(Stop, match=r"needs Linux \(this is darwin\).*container.*nbgrader\.preprocessors\.Execute"):
            choose.candidates(Course.find(), unsafe)
