"""What is installed, for whom, and who imports whom: pyproject.toml, environment.yml, the pins, and the arrows."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import colab_list
import pytest
import yaml
from conftest import need
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PYPROJECT["optional-dependencies"]
INSTRUCTORS_ONLY = {"nbgrader", "jupyterlab", "jupytext"}

# PyPI's name -> conda-forge's, where they differ. (matplotlib-base is matplotlib without a window system.)
CONDA_NAMES = {
    "torch": "pytorch",
    "matplotlib": "matplotlib-base",
    "playwright": "playwright-python",
    "build": "python-build",
}
FROM_PYPI = {"axe-playwright-python"}  # what conda-forge may not have
CONDA_ONLY = {"python", "pip"}  # what a pip environment has before anything is installed


def requirements(lines: list[str]) -> dict[str, SpecifierSet]:
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one.specifier for one in found}


def pinned(name: str) -> dict[str, SpecifierSet]:
    """The lines of a requirements file, without its comments."""
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    return requirements([line for line in lines if line])


def version(pin: SpecifierSet) -> str:
    """The version that a pin fixes."""
    (only,) = pin
    assert only.operator == "==" and "*" not in only.version, f"{only} is not a pin"
    return only.version


def versions(pins: dict[str, SpecifierSet]) -> dict[str, str]:
    return {name: version(pin) for name, pin in pins.items()}


def colab() -> dict[str, str]:
    """What Colab had on the snapshot date: the pins of the file and the lines that begin with `# colab:`."""
    text = (ROOT / "tests" / "colab_pins.txt").read_text(encoding="utf-8")
    noted = re.findall(r"^# colab: (\S+==\S+)$", text, re.MULTILINE)
    return versions(pinned("tests/colab_pins.txt")) | versions(requirements(noted))


STUDENT = requirements(PYPROJECT["dependencies"])
ALL = requirements([*PYPROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)])


def test_no_package_is_named_twice_with_two_bounds():
    lines = [*PYPROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
    assert len(lines) == len(ALL)


def test_conda_gets_the_same_packages_within_the_same_bounds():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    by_pip = [line for entry in listed["dependencies"] if isinstance(entry, dict) for line in entry["pip"]]
    assert set(requirements(by_pip)) == FROM_PYPI, "conda's own packages come from conda-forge"
    listed["dependencies"] = [entry for entry in listed["dependencies"] if isinstance(entry, str)] + by_pip
    found = requirements(listed["dependencies"])
    assert found.pop("python") == SpecifierSet(PYPROJECT["requires-python"])
    assert len(listed["dependencies"]) == len(found) + 1, "a package is listed twice"
    wanted = {CONDA_NAMES.get(name, name): bounds for name, bounds in ALL.items()}
    assert {name: bounds for name, bounds in found.items() if name not in CONDA_ONLY} == wanted
    assert "conda-forge" in listed["channels"] and "defaults" not in listed["channels"]


def test_colabs_list_names_its_date_and_every_package_of_the_student():
    text = (ROOT / "tests" / "colab_pins.txt").read_text(encoding="utf-8")
    assert re.search(r"^# snapshot: 20\d\d-\d\d-\d\d$", text, re.MULTILINE)
    assert set(STUDENT) | {"python"} <= set(colab())
    assert colab()["torch"] == "2.11.0" and "torch" not in pinned("tests/colab_pins.txt")


@pytest.mark.parametrize("package", [*STUDENT, "python"])
def test_a_student_on_colab_installs_nothing(package: str):
    ranges = STUDENT | {"python": SpecifierSet(PYPROJECT["requires-python"])}
    assert colab()[package] in ranges[package]


def test_the_constraints_lie_inside_every_range_and_pin_torch():
    constraints = versions(pinned("constraints.txt"))
    assert constraints["torch"] == "2.13.0"
    outside = {name: at for name, at in constraints.items() if name in ALL and at not in ALL[name]}
    assert not outside
    assert set(STUDENT) <= set(constraints), "every package of the student's part has its pin"


def test_the_students_part_holds_nothing_of_the_instructors():
    assert not INSTRUCTORS_ONLY & set(STUDENT)
    assert set(EXTRAS) == {"translation", "lab", "instructor", "cluster", "postgres", "test"}


def test_importing_what_a_lesson_imports_loads_nothing_of_the_instructors():
    code = "import sys, classroom, classroom.show, classroom.reach; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "torch" in loaded
    assert not loaded & (INSTRUCTORS_ONLY | {"nbformat", "nbconvert", "nbclient", "autograder", "solutions"})


def third_party(code: str) -> set[str]:
    """The packages, by their first name, that are loaded in a new process once it has run `code`."""
    listed = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", listed], cwd=ROOT, capture_output=True, text=True, check=True)
    names = {name.split(".")[0] for name in done.stdout.split()} - set(sys.stdlib_module_names)
    return {name for name in names if not name.startswith("_")}


def test_the_check_needs_nothing_beyond_torch_and_the_pictures_nothing_beyond_matplotlib_and_ipywidgets():
    """So that `from classroom import check` is quick: benchmarks/lessons.py measures it."""
    torch = third_party("import torch, numpy")
    imported = "from classroom import check, corpus, keep, models, parts, start"
    assert third_party(f"import torch, numpy\n{imported}") - torch == {"classroom", "safetensors"}
    drawing = third_party("import torch, numpy, matplotlib.axes, matplotlib.figure, ipywidgets, safetensors")
    assert third_party(f"{imported}, show") - drawing == {"classroom"}


def test_what_a_test_misses_is_a_reason_to_skip_it_and_on_ci_to_fail(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CI", "true")
    need(True, "all is here")
    with pytest.raises(pytest.fail.Exception, match="no such thing"):
        need(None, "no such thing")
    monkeypatch.delenv("CI")
    need(True, "all is here")
    with pytest.raises(pytest.skip.Exception, match="no such thing"):
        need(None, "no such thing")


# The arrows: who imports whom, read from the source.


def files(room: str) -> dict[str, Path]:
    """The modules of a room: dotted name -> file. The class folder holds students' work, not ours."""
    found = {}
    for path in sorted((ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[:2] != ("autograder", "class"):
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def imports(path: Path, package: str, everywhere: bool) -> frozenset[str]:
    """Every dotted name that a file imports: all of them, or only those that are imported when it is itself."""
    found = set()
    for node in _imports(ast.parse(path.read_text(encoding="utf-8")), everywhere):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def _imports(node: ast.AST, everywhere: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif everywhere or not _later(child):
            yield from _imports(child, everywhere)


def _later(node: ast.AST) -> bool:
    """Whether what stands in this node is not run when the file is imported."""
    typing_only = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
    return typing_only or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def packaged(name: str, path: Path) -> str:
    return name if path.name == "__init__.py" else name.rpartition(".")[0]


@pytest.mark.parametrize(
    ("room", "never"),
    [
        ("classroom", {"autograder", "solutions", "lessons", "tests", *INSTRUCTORS_ONLY, "nbformat", "nbclient"}),
        ("autograder", {"solutions", "lessons", "tests"}),
    ],
)
def test_the_arrows_run_one_way(room: str, never: set[str]):
    assert len(files(room)) > 10
    against = [
        f"{name} imports {target}"
        for name, path in files(room).items()
        for target in imports(path, packaged(name, path), everywhere=True)
        if target.split(".")[0] in never
    ]
    assert not against


@pytest.mark.parametrize("room", ["classroom", "autograder"])
def test_no_two_files_import_each_other_in_a_circle(room: str):
    modules = files(room)
    graph = {}
    for name, path in modules.items():
        wanted = imports(path, packaged(name, path), everywhere=False)
        # `from room import module` runs the room's own __init__ too, but only names the module here: an __init__
        # that gathers its room (classroom.show) is no partner in a circle unless its names are what is asked for.
        graph[name] = {target for target in wanted if target in modules and target != name} - _passed_through(
            wanted, modules
        )
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def _passed_through(wanted: frozenset[str], modules: dict[str, Path]) -> set[str]:
    """Packages that are named only on the way to one of their modules."""
    return {
        package
        for package in wanted
        if any(other.startswith(f"{package}.") and other in modules for other in wanted)
        and not any(other.rpartition(".")[0] == package and other not in modules for other in wanted)
    }


COLAB = """\
absl-py==1.4.0
ipython==7.34.0
ipykernel==6.17.1
ipywidgets==7.7.1
matplotlib==3.10.0
numpy==2.1.3
notebook==6.5.7
python==3.13.15
safetensors==0.8.0
sentencepiece==0.2.2
torch==2.11.0+cu128
en_core_web_sm @ https://example.org/en_core_web_sm-3.8.0.whl
"""


def test_a_new_list_of_colabs_packages_says_what_would_break_and_what_only_moved(tmp_path, capsys, monkeypatch):
    given, pins = tmp_path / "list.txt", tmp_path / "pins.txt"
    pins.write_text((ROOT / "tests" / "colab_pins.txt").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(colab_list, "ROOT", tmp_path)
    monkeypatch.setattr(colab_list, "PINS", pins)
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())

    def said(text, *more):
        given.write_text(text, encoding="utf-8")
        code = colab_list.main([str(given), *more])
        return code, capsys.readouterr()

    code, today = said(COLAB)
    assert code == 0 and today.out == "Nothing would break.\nNothing moved.\n"
    newer = COLAB.replace("numpy==2.1.3", "numpy==3.0.1").replace("matplotlib==3.10.0", "matplotlib==3.11.0")
    code, found = said(newer.replace("safetensors==0.8.0\n", ""))
    assert code == 1
    assert "  numpy: Colab has 3.0.1, the course takes <3,>=1.26.\n" in found.out
    assert "  safetensors: not in the list; the course needs <1,>=0.4.\n" in found.out
    assert "  matplotlib: 3.10.0 -> 3.11.0\n" in found.out and "matplotlib: Colab" not in found.out
    assert said("# nothing")[0] == 2
    code, _ = said(newer, "--write")
    assert "matplotlib==3.11.0" in pins.read_text(encoding="utf-8")
    assert said(newer)[1].out.endswith("Nothing moved.\n")


def test_what_the_course_is_cited_by_is_what_it_is():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert cited["version"] == project["project"]["version"]
    assert cited["license"] == project["project"]["license"]
    assert cited["repository-code"] == project["tool"]["transformer-lessons"]["repository"]
    assert f"## {cited['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
