"""The wheel: what is in it, what is not, and that it finds its recordings far from the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.authoring.leaks import leaks, secret_lines
from autograder.authoring.lesson import read_notebook, source_ids
from autograder.course import Course

ROOT = Path(__file__).resolve().parents[1]
NOT_OURS = shutil.ignore_patterns("__pycache__", "class", ".ipynb_checkpoints")
PARTS = ("classroom", "autograder", "assets", "solutions", "lessons", "tests")
# Left by a grading in the folder that is packed: nothing of it may travel.
LEFT_BY_A_CLASS = ("autograder/class/gradebook.db", "autograder/class/submitted/ada/04_self_attention/answer.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the working tree. The copy has no .gitignore to hide behind, and a class in it."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    for part in PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=NOT_OURS)
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, tree / name)
    for name in LEFT_BY_A_CLASS:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("of a student\n")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(tree)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the wheel installed in it."""
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True)
    return target


def run(installed: Path, folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in `folder` with the installed wheel, and with the repository out of sight."""
    hide = f"import sys\nsys.path[:] = [path for path in sys.path if path != {str(ROOT)!r}]\n"
    env = os.environ | {"PYTHONPATH": str(installed)}
    env.pop("TRANSFORMER_LESSONS", None)
    env.pop("TRANSFORMER_LESSONS_PROBES", None)
    return subprocess.run([sys.executable, "-c", hide + code], cwd=folder, env=env, capture_output=True, text=True)


def test_the_wheel_holds_both_packages_and_the_recordings(names: set[str]):
    for room in ("classroom", "autograder"):
        for path in (ROOT / room).rglob("*"):
            inside = path.relative_to(ROOT)
            if path.suffix in (".py", ".css") and inside.parts[:2] != ("autograder", "class"):
                assert inside.as_posix() in names
    recordings = [path.name for path in (ROOT / "assets" / "probes").glob("*.*") if path.suffix != ".md"]
    assert {Path(name).suffix for name in recordings} == {".json", ".safetensors"}
    for name in recordings:
        assert f"classroom/_assets/probes/{name}" in names


def test_the_wheel_holds_no_solution_no_test_and_nothing_of_a_class(names: set[str]):
    roots = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert roots == {"classroom", "autograder"}
    assert not [name for name in names if name.startswith("autograder/class/")]
    own = {path.name for path in (ROOT / "solutions").rglob("*.py")} - {"probes.py"}  # authoring has a probes.py too
    assert len(own) >= 3
    assert not own & {Path(name).name for name in names}
    assert not [name for name in names if name.endswith((".ipynb", ".db")) or Path(name).name.startswith("test_")]


def test_an_installed_check_finds_its_recordings_far_from_the_repository(installed: Path, tmp_path: Path):
    code = (
        "from classroom import check\nfrom classroom.checking import records\n"
        "print(records.__file__)\nprint(records.folder())\n"
        'check("scores", lambda q, k: q @ k.transpose(-2, -1) / q.size(-1) ** 0.5)\n'
        'check("scores", lambda q, k: q @ k.transpose(-2, -1))'
    )
    done = run(installed, tmp_path, code)
    module, folder, *said = done.stdout.splitlines()
    assert Path(module) == installed / "classroom" / "checking" / "records.py"
    assert Path(folder) == installed / "classroom" / "_assets" / "probes"
    assert "✓" in "".join(said) and "✗" in "".join(said), done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("classroom.check.CheckFailed")


def test_the_installed_command_outside_a_course_says_so_in_one_sentence(installed: Path, tmp_path: Path):
    code = "from autograder.cli import main\nsys.exit(main(['build']))"
    done = run(installed, tmp_path, code)
    assert done.returncode == 2
    assert "No course found" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    with (next(installed.glob("*.dist-info")) / "entry_points.txt").open() as lines:
        assert "autograder = autograder.cli:main" in lines.read()


def test_no_line_of_a_solution_or_hidden_test_is_in_the_wheel(wheel: Path):
    course = Course.find()
    secrets = {line for lesson_id in source_ids(course) for line in secret_lines(read_notebook(course, lesson_id))}
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert len(secrets) > 15
    assert leaks(secrets, files) == []
    planted = sorted(secrets)[0]
    assert leaks(secrets, {**files, "classroom/more.py": f"    {planted}\n".encode()}) == [
        ("classroom/more.py", planted)
    ]
