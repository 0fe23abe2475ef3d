"""The published course in a student's hands: on Colab, on their own machine, and handed in again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from conftest import need
from published import GITHUB, LESSON, ROOT, git, plain_environment, publish

from autograder.authoring.lesson import read_built
from autograder.course import Course
from autograder.demo.classroom import small_class, write
from autograder.demo.colab import as_colab_saves
from autograder.grading.run import grade
from autograder.intake.collect import collect

COURSE = Course(ROOT)
COLAB = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n"
CHECKS = (
    "import classroom\nprint(classroom.__file__)\n"
    'classroom.check("scores", lambda q, k: q @ k.transpose(-2, -1) / q.size(-1) ** 0.5)\n'
    "try:\n    classroom.check('scores', lambda q, k: q @ k.transpose(-2, -1))\n"
    "except AssertionError as wrong:\n    print('FAILED', wrong)"
)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> tuple[Path, Path]:
    """The bundle as a folder, and the bare repository that it was pushed to and points at."""
    place = tmp_path_factory.mktemp("published")
    git(place, "init", "--quiet", "--bare", "course.git")
    bare, folder = place / "course.git", place / "lessons"
    where = ["--repository", bare.as_uri(), "--tag", "v9"]
    assert publish(COURSE, "--to", str(folder), *where, "--push", str(bare)) == 0
    return folder, bare


def set_up(folder: Path) -> str:
    cells = nbformat.read(folder / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4).cells
    (source,) = [cell.source for cell in cells if "set-up" in cell.metadata.get("tags", [])]
    return source


def run(python: str, folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([python, "-c", code], cwd=folder, env=plain_environment(), capture_output=True, text=True)


def test_on_colab_the_set_up_cell_fetches_what_was_pushed_and_the_checks_work(published, tmp_path: Path):
    need((ROOT / ".venv-colab" / ".ready").is_file(), "No environment with Colab's versions: make .venv-colab/.ready")
    folder, _ = published
    source = set_up(folder)
    assert source.count('pathlib.Path("/content")') == 1
    source = source.replace('pathlib.Path("/content")', f"pathlib.Path({str(tmp_path / 'content')!r})")
    (tmp_path / "empty").mkdir()
    done = run(str(ROOT / ".venv-colab" / "bin" / "python"), tmp_path / "empty", f"{COLAB}{source}\n{CHECKS}")
    assert done.returncode == 0, done.stderr
    first, place, *said = done.stdout.splitlines()
    assert first.startswith(LESSON)
    assert place == str(tmp_path / "content" / "course.git" / "classroom" / "__init__.py")
    assert "FAILED" in said[-1] and "✓" in "".join(said)


def test_on_ones_own_machine_a_lesson_finds_the_unpacked_course_above_it(published):
    folder, _ = published
    done = run(sys.executable, folder / "lessons" / LESSON, f"{set_up(folder)}\n{CHECKS}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == str(folder / "classroom" / "__init__.py")
    assert "FAILED" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("editable", [True, False])
def test_the_bundle_can_be_installed(editable, published, tmp_path: Path):
    _, bare = published
    git(tmp_path, "clone", "--quiet", "--branch", "v9", str(bare), "clone")
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    how = [*pip, "--target", str(target), *(["-e"] if editable else []), str(tmp_path / "clone")]
    done = subprocess.run(how, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    here = "import site, sys\nsys.path[:] = [p for p in sys.path if p != " + repr(str(ROOT)) + "]\n"
    done = run(
        sys.executable,
        tmp_path,
        f"{here}sys.path.insert(0, {str(target)!r})\nsite.addsitedir({str(target)!r})\n{CHECKS}",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith(str(tmp_path / "clone" if editable else target))
    assert "FAILED" in done.stdout.splitlines()[-1]


def test_a_published_notebook_earns_the_same_points_as_the_lesson_it_was_made_from(tmp_path: Path):
    """A right one and one with a mistake, of each: as downloaded, and as Colab saves them."""
    assert publish(COURSE, LESSON, "--to", str(tmp_path / "out"), *GITHUB) == 0
    given = nbformat.read(tmp_path / "out" / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    assert "Open in Colab" in given.cells[0].source
    lesson, released = read_built(COURSE, LESSON), nbformat.read(COURSE.lesson(LESSON), as_version=4)
    right, wrong = small_class(lesson, given, {})[:2]
    wrong = replace(wrong, notebook=as_colab_saves(wrong.notebook))
    theirs = [replace(one, student=f"{one.student}_published") for one in (right, wrong)]
    write([*small_class(lesson, released, {})[:2], *theirs], LESSON, tmp_path / "in")
    course = Course(ROOT, tmp_path / "class")
    verdicts = {receipt.student: receipt.verdict for receipt in collect([tmp_path / "in"], course)}
    assert verdicts["ada"] == verdicts["ada_published"] == "accepted"
    scores = {result.student: result.score for result in grade(course, LESSON)}
    assert scores["ada_published"] == scores["ada"] == 18, "the question in words waits for a person"
    assert 0 < scores["chloe_published"] == scores["chloe"] < 18
    graded = nbformat.read(course.autograded / "ada_published" / LESSON / f"{LESSON}.ipynb", as_version=4)
    assert "Open in Colab" in graded.cells[0].source, "nothing had to be repaired, so no cell says so above it"
