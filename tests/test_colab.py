"""The student's part on Google Colab: its old IPython and ipykernel, and the versions of tests/colab_pins.txt."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from conftest import need
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from test_environment import INSTRUCTORS_ONLY, pinned, versions

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted(path.parent.name for path in (ROOT / "lessons").glob("*/*.ipynb"))
VERDICT = "application/vnd.transformer-lessons.verdict+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
PROGRESS = re.compile(r"[■□]{20} \d+ of \d+$")  # as classroom.counting shows it
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", re.DOTALL)
LOADED = "import sys\nprint(*sorted({name.split('.')[0] for name in sys.modules}))"

# One wrong answer, in each of the two ways in which a check fails.
WRONG = {
    "a wrong answer": "def scores(q, k):\n    return q @ k.transpose(-2, -1)",
    "an answer that breaks": "def scores(q, k):\n    return q @ k",
}


@pytest.fixture(scope="module")
def python() -> str:
    """The interpreter of the environment with Colab's versions."""
    environment = ROOT / ".venv-colab"
    why = "No environment with Colab's versions: `make .venv-colab/.ready` makes it, or says why it cannot."
    need((environment / ".ready").is_file(), why)
    return str(environment / "bin" / "python")


@pytest.fixture
def run(python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a notebook in the course's folder, in a kernel of Colab's versions, past every error; returns its cells."""
    spec = {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Colab",
        "language": "python",
    }
    folder = tmp_path / "jupyter" / "kernels" / "colab"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("PYTHONPATH", raising=False)

    def run(cells: list[NotebookNode]) -> list[NotebookNode]:
        notebook = nbformat.v4.new_notebook(cells=cells)
        client = NotebookClient(
            notebook,
            kernel_name="colab",
            timeout=600,  # lesson 09 trains for two to three minutes, on a machine that may be busy
            allow_errors=True,
            store_widget_state=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(ROOT)}},
        )
        client.execute()
        return notebook.cells

    return run


def solution(lesson: str) -> list[NotebookNode]:
    """The solved lesson as a student could have written it: without its outputs and its hidden tests."""
    cells = copy.deepcopy(nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4).cells)
    for cell in cells:
        if cell.cell_type == "code":
            cell.source, cell.outputs = HIDDEN.sub("", cell.source), []
    return cells


def pictures(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Every output that is neither a line of text, how far a training has come included, nor a check's verdict, nor a
    cell's value."""
    outputs = [output for cell in cells for output in cell.get("outputs", []) if output.output_type != "stream"]
    outputs = [output for output in outputs if VERDICT not in output.get("data", {})]
    outputs = [o for o in outputs if o.output_type != "execute_result" or [*o.data] != ["text/plain"]]
    return [output for output in outputs if not PROGRESS.search(output.get("data", {}).get("text/plain", ""))]


def test_the_environment_has_colabs_versions_and_the_course_imports_there(python: str):
    wanted = versions(pinned("tests/colab_pins.txt"))
    code = (
        "import importlib.metadata, json, sys, classroom, classroom.show\n"
        f"found = {{name: importlib.metadata.version(name) for name in {sorted(wanted)}}}\n"
        "installed = sorted(d.metadata['Name'].lower() for d in importlib.metadata.distributions())\n"
        "print(json.dumps([found, installed]))"
    )
    done = subprocess.run([python, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found, installed = json.loads(done.stdout)
    assert found == wanted
    assert not INSTRUCTORS_ONLY & set(installed)
    assert done.stderr == ""


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solved_lesson_runs_from_top_to_bottom_on_colab(lesson: str, run):
    given = solution(lesson)
    assert not any("sealed" in cell.source for cell in given if cell.cell_type == "code")
    cells = run([*given, new_code_cell(LOADED)])
    outputs = [(cell.source, output) for cell in cells for output in cell.get("outputs", [])]
    assert not [(source, output.evalue) for source, output in outputs if output.output_type == "error"]
    assert not [(source, output.text) for source, output in outputs if output.get("name") == "stderr"]

    loaded = set(cells[-1].outputs[0].text.split())
    assert "torch" in loaded and not loaded & (INSTRUCTORS_ONLY | {"autograder", "nbformat"})

    built = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4).cells
    assert len(pictures(cells)) == len(pictures(built)) > 3
    for output in pictures(cells):
        assert {"image/png", "text/plain"} <= set(output.data), "a picture needs its PNG and its text"
        assert output.metadata["image/png"]["alt"] == output.data["text/plain"]
    alive = [
        output for output in pictures(cells) if WIDGET in output.data or "<form" in output.data.get("text/html", "")
    ]
    assert alive, "a picture that answers to a hand has its widget or its HTML beside it"
    verdicts = [output.data[VERDICT] for _, output in outputs if VERDICT in output.get("data", {})]
    code = [line for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines()]
    checks = [line for line in code if line.startswith(("check(", "check_model("))]
    assert len(verdicts) == len(checks) > 3


def test_a_wrong_answer_shows_its_verdict_and_one_line_but_no_traceback_on_colab(run):
    cells = [new_code_cell("import torch\nfrom classroom import check")]
    for source in WRONG.values():
        cells += [new_code_cell(source), new_code_cell('check("scores", scores)')]
    cells = run(cells)
    failures = []
    for check in (cells[2], cells[4]):
        verdict, error = check.outputs
        assert "✗" in verdict.data["text/plain"] and "text/html" in verdict.data
        assert error.ename == "CheckFailed"
        (line,) = error.traceback
        assert line == f"CheckFailed: {error.evalue}" and "\n" not in line and "Traceback" not in line
        failures.append(line)
    assert failures[0] != failures[1]


# The set-up cell, as it stands in the released lesson.


@pytest.fixture
def fetch(python: str, tmp_path: Path):
    """Runs a lesson's set-up cell in an empty folder, in a fresh interpreter; the course lies in a git repository.

    Returns the function that does it, which is given the code that runs before and after the cell's source `CELL`.
    """
    cells = nbformat.read(ROOT / "lessons" / LESSONS[0] / f"{LESSONS[0]}.ipynb", as_version=4).cells
    (source,) = [cell.source for cell in cells if "set-up" in cell.metadata.get("tags", [])]
    settings = re.search(r'^REPOSITORY, TAG = "[^"]+", "[^"]+"$', source, re.MULTILINE)
    repository = _repository(tmp_path)
    source = source.replace(settings[0], f'REPOSITORY, TAG = "{repository.as_uri()}", "v9"')
    assert source.count('pathlib.Path("/content")') == 1
    source = source.replace('pathlib.Path("/content")', f"pathlib.Path({str(tmp_path / 'content')!r})")
    (tmp_path / "empty").mkdir()

    def fetch(code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-c", f"CELL, REPOSITORY_FOLDER = {source!r}, {str(repository)!r}\n{code}"],
            cwd=tmp_path / "empty",
            env=_plain_environment(),
            capture_output=True,
            text=True,
        )

    return fetch


COLAB = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n"


def _plain_environment() -> dict[str, str]:
    """This process's environment without git's and Python's settings of this machine, or of a hook that runs us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def _repository(folder: Path) -> Path:
    """A bare git repository with the student's part of this working tree, tagged v9."""
    tree = folder / "tree"
    for part in ("classroom", "assets/probes"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    bare = folder / "course.git"
    identity = ["-c", "user.name=A Teacher", "-c", "user.email=teacher@example.org"]
    for command in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*identity, "commit", "--quiet", "--message", "The student's part"],
        ["tag", "v9"],
        ["clone", "--quiet", "--bare", ".", str(bare)],
    ):
        subprocess.run(["git", *command], cwd=tree, env=_plain_environment(), check=True)
    return bare


def test_on_colab_the_set_up_cell_fetches_the_course_once_and_may_be_run_again(fetch, tmp_path: Path):
    again = "import os\nos.rename(REPOSITORY_FOLDER, REPOSITORY_FOLDER + '.gone')\nexec(CELL)\n"
    after = (
        "import classroom\nprint(classroom.__file__)\nprint(sum(path.endswith('course.git') for path in sys.path))\n"
        'classroom.check("scores", lambda q, k: q @ k.transpose(-2, -1) / q.size(-1) ** 0.5)'
    )
    done = fetch(f"{COLAB}exec(CELL)\n{again}{after}")
    assert done.returncode == 0, done.stderr
    first, second, place, times, *verdict = done.stdout.splitlines()
    assert first == second and first.startswith(LESSONS[0]) and "Runtime → Change runtime type" in first
    assert place == str(tmp_path / "content" / "course.git" / "classroom" / "__init__.py") and times == "1"
    assert verdict and "✗" not in "".join(verdict)
    assert not (tmp_path / "course.git").exists(), "the second run had nothing to fetch from"


def test_on_colab_the_set_up_cell_prints_its_one_line_and_nothing_else(fetch):
    done = fetch(f"{COLAB}exec(CELL)")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_anywhere_but_on_colab_the_set_up_cell_fetches_nothing(fetch, tmp_path: Path):
    done = fetch("exec(CELL)")
    assert "The course was not found above this notebook" in done.stderr
    assert not (tmp_path / "content").exists()
