"""Lessons that need a full Jupyter kernel: it is forked in the sandbox by a provisioner of jupyter_client's own."""

from __future__ import annotations

import json
import shutil

import nbformat
import pytest
from conftest import need
from jupyter_client import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbformat.v4 import new_code_cell
from nbgrader.utils import determine_grade, is_grade
from small_course import LESSON, SEALED, cell, nbgrader_api, released, small_course, solved, write_nb

from autograder.errors import Stop
from autograder.grading.kernel.provisioner import NAME
from autograder.grading.limits import Limits
from autograder.grading.sandbox import landlock
from autograder.grading.sandbox.choose import VARIABLE
from autograder.grading.task import exam_paper, grade

FULL = Limits(cell_seconds=20, full_kernel=True)
NEEDS_A_KERNEL = {
    "comm": "from ipywidgets import IntSlider\nslider = IntSlider(3)\n"
    "print('comm', slider.comm.comm_id in get_ipython().kernel.comm_manager.comms)\nslider",
    "bash": "%%bash\necho $((20 + 3)) from bash",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\nprint('awaited')",
    "picture": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    config = SEALED + "\nc.SealedExecute.limits = {'01_sums': {'full_kernel': True}}\n"
    return small_course(tmp_path_factory.mktemp("full kernel") / "course", config)


def graded(course, nb, limits=FULL):
    done = grade(exam_paper(course, LESSON), json.dumps(nb).encode(), LESSON, "ada", limits, course=course)
    nb = nbformat.reads(done.notebook.decode(), as_version=4)
    scores = {c.metadata.nbgrader.grade_id: determine_grade(c)[0] for c in nb.cells if is_grade(c)}
    return done, nb, scores


def handed_in(course, **answers):
    nb = solved(released(course))
    for name, source in answers.items():
        cell(nb, name).source = source
    return nb


def shown(nb):
    return json.dumps([c.outputs for c in nb.cells if c.cell_type == "code"])


@pytest.mark.parametrize("sandbox", ["namespaces", "bubblewrap"])
def test_what_needs_a_kernel_runs_in_one_and_the_answers_are_tested_as_ever(course, monkeypatch, sandbox):
    if sandbox == "bubblewrap":
        need(shutil.which("bwrap"), "bubblewrap is not installed.")
    monkeypatch.setenv(VARIABLE, sandbox)
    nb = handed_in(course)
    nb.cells[2:2] = map(new_code_cell, NEEDS_A_KERNEL.values())
    done, nb, scores = graded(course, nb)
    assert (done.reason, done.flags) == ("", ())
    assert scores == {"test_add": 2, "test_mean": 3, "why": None}
    said = shown(nb)
    for part in ("comm True", "23 from bash", "awaited", "image/png", "widget-view"):
        assert part in said, part


def test_where_there_is_only_landlock_it_says_what_is_missing(course, monkeypatch):
    need(landlock._version() >= 6, "This kernel has no Landlock that is new enough.")
    monkeypatch.setenv(VARIABLE, "landlock")
    with pytest.raises(Stop, match="Install bubblewrap"):
        graded(course, handed_in(course))


def test_without_it_the_same_notebook_keeps_its_points_and_the_comm_is_an_error(course):
    nb = handed_in(course)
    nb.cells.insert(2, new_code_cell(NEEDS_A_KERNEL["comm"]))
    _, nb, scores = graded(course, nb, Limits(cell_seconds=20))
    assert scores["test_add"] == 2 and "has no attribute 'kernel'" in shown(nb)


def test_nbgrader_takes_it_from_its_configuration(course):
    nb = handed_in(course)
    nb.cells.insert(2, new_code_cell(NEEDS_A_KERNEL["comm"]))
    write_nb(course.submitted / "bo" / LESSON / f"{LESSON}.ipynb", nb)
    done = nbgrader_api(course).autograde(LESSON, "bo")
    assert done["success"], done
    assert "comm True" in (course.autograded / "bo" / LESSON / f"{LESSON}.ipynb").read_text()


def test_points_before_the_kernels_end_are_kept_and_the_end_is_said(course):
    done, _, scores = graded(course, handed_in(course, mean="import os\nos._exit(3)"))
    assert "exit code 3" in done.reason
    assert scores["test_add"] == 2 and scores["test_mean"] == 0


def test_an_endless_cell_ends_at_its_limit(course):
    nb = handed_in(course, mean="while True: pass")
    done, _, scores = graded(course, nb, Limits(cell_seconds=4, full_kernel=True))
    assert "4 s, the limit for a cell" in done.reason and scores["test_add"] == 2


def test_it_is_in_the_sandbox_and_no_hidden_test_comes_near_it(course):
    looks = f"""
import gc, socket, sys
found = []
for path in ({str(course.solutions)!r}, {str(course.class_dir)!r}):
    try: found.append(__import__("os").listdir(path))
    except OSError: pass
try: found.append(socket.create_connection(("127.0.0.1", 22), 1))
except OSError as error: print("no network:", type(error).__name__)
print("seen", found, [x for x in map(str, get_ipython().user_ns.get("In", [])) if "sealed " + "number" in x])
def add(a, b):
    hidden = [x for x in gc.get_objects() if isinstance(x, str) and "the sealed " + "number" in x]
    return 3 if not hidden else 13
"""
    _, nb, scores = graded(course, handed_in(course, add=looks))
    assert scores["test_add"] == 0
    assert "seen [] []" in shown(nb) and "no network" in shown(nb)


def test_a_flood_of_output_is_cut(course):
    nb = handed_in(course)
    nb.cells.insert(2, new_code_cell("print('x' * 3_000_000)"))
    _, nb, scores = graded(course, nb)
    assert scores["test_add"] == 2
    assert len(shown(nb)) < 2_200_000 and "beyond the limit" in shown(nb)


def test_a_rebuilt_answer_can_not_be_forged_from_inside(course):
    """The module that answers in the kernel is within the student's reach: all it can do is answer wrongly."""
    forged = "import autograder.grading.kernel.inside as i\ni.answer = lambda: i.send(i.READY[0], b'nonsense' * 9)"
    done, _, scores = graded(course, handed_in(course, mean=forged))
    assert scores["test_add"] == 2 and scores["test_mean"] == 0
    assert done.reason


def test_the_provisioner_is_for_the_graders_kernels_only(monkeypatch, request):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", NAME)
    KernelProvisionerFactory.clear_instance()  # one that another test has made has read the variable already
    request.addfinalizer(KernelProvisionerFactory.clear_instance)
    manager = KernelManager()
    with pytest.raises(RuntimeError, match="for the grader's own kernels"):
        manager.start_kernel()
