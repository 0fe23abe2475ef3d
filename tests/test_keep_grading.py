"""Grading and building keep nothing and use the finished parts, whatever lies in the folder of kept parts."""

from __future__ import annotations

import contextlib
import copy
import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from small_course import LESSON as SUMS
from small_course import REBUILD, SEALED, cell, nbgrader_api, released, small_course, solved, write_nb
from traitlets.config import PyFileConfigLoader

from autograder.authoring import build as building
from autograder.authoring import lesson as lessons
from autograder.course import Course
from autograder.grading.task import exam_paper, grade
from classroom.keep import folder
from classroom.parts.finished import FINISHED

ROOT = Path(__file__).resolve().parents[1]
PART = "attention"
TRIES = f"""
import os
from classroom import keep, parts, progress, submit
(part,) = parts.use("{PART}")
keep("{PART}", part)
keep.download()
keep.restore("anything.zip")
submit("04_self_attention")
progress()
def add(a, b):
    return a + b if part.__module__.startswith("classroom.parts.") else 0
"""
SAID = (
    f"{PART}: the finished part\n{PART}: nothing is kept in this run.\n"
    "Nothing is kept in this run.\nNothing is restored in this run.\n"
)


def cheat(place: Path, name: str = PART) -> Path:
    """A kept part that passes its check, notes that it was run, and then lies."""
    marker = place / "it was run"
    place.mkdir(parents=True, exist_ok=True)
    text = f"open({str(marker)!r}, 'w').close()\nfrom classroom.parts.finished import FINISHED\n"
    text += f"def {name}(*given):\n    return FINISHED[{name!r}](*given)\n"
    (place / f"{name}.py").write_text(text)
    return marker


def answered(nb):
    cell(solved(nb), "add").source = TRIES
    return nb


def printed(nb) -> str:
    return "".join(output.get("text", "") for output in cell(nb, "add").outputs)


def state(place: Path) -> dict[str, bytes]:
    return {str(file.relative_to(place)): file.read_bytes() for file in place.rglob("*") if file.is_file()}


def test_the_part_that_lies_in_wait_would_be_used_anywhere_else(tmp_path, monkeypatch, capsys):
    from classroom import parts

    marker = cheat(tmp_path)
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path))
    (part,) = parts.use(PART)
    assert marker.exists() and part is not FINISHED[PART]
    assert capsys.readouterr().out == f"{PART}: your own, from kept/{PART}.py\n"


@pytest.fixture
def in_the_courses_own_folder():
    """A part that lies in wait in kept/ of this very course, where no variable is needed to find it."""
    place = ROOT / "kept"
    name = next(name for name in FINISHED if not (place / f"{name}.py").exists())
    marker = cheat(place, name)
    yield name, marker
    (place / f"{name}.py").unlink()
    marker.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        place.rmdir()


@pytest.mark.parametrize("unsafe", [False, True], ids=["in the sandbox", "without one"])
def test_the_sealed_grader_uses_no_kept_part_and_keeps_none(unsafe, tmp_path, monkeypatch, in_the_courses_own_folder):
    name, marker = in_the_courses_own_folder
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "elsewhere"))
    course = small_course(tmp_path / "course", SEALED)
    nb = answered(released(course))
    cell(nb, "add").source = TRIES.replace(f'"{PART}"', f'"{name}"')
    before = state(ROOT / "kept")
    paper = exam_paper(course, SUMS)
    done = grade(paper, json.dumps(nb).encode(), SUMS, "ada", unsafe=unsafe, course=course)
    graded = nbformat.reads(done.notebook.decode(), as_version=4)
    assert printed(graded) == SAID.replace(PART, name)
    assert not [output for output in cell(graded, "test_add").outputs if output.output_type == "error"]
    assert not marker.exists() and state(ROOT / "kept") == before
    assert done.flags == ("A cell takes a part that is finished.",), (
        "by parts.use in an answer, which a person must see"
    )


def test_nbgraders_own_kernel_uses_no_kept_part_and_keeps_none(tmp_path, monkeypatch):
    marker = cheat(tmp_path / "kept")
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "kept"))
    ours = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert os.environ[folder.KEPT_VARIABLE] == str(tmp_path / "kept"), "JupyterLab reads nbgrader_config.py, too"
    arguments = f"c.Execute.extra_arguments = {[*ours.Execute.extra_arguments]!r}\n"
    course = small_course(tmp_path / "course", REBUILD + arguments)
    write_nb(course.submitted / "ada" / SUMS / f"{SUMS}.ipynb", answered(released(course)))
    before = state(tmp_path / "kept")
    done = nbgrader_api(course).autograde(SUMS, "ada", create=True)
    assert done["success"], done["log"]
    graded = nbformat.read(course.autograded / "ada" / SUMS / f"{SUMS}.ipynb", as_version=4)
    assert printed(graded) == SAID
    assert not [output for output in cell(graded, "test_add").outputs if output.output_type == "error"]
    assert not marker.exists() and state(tmp_path / "kept") == before


def test_a_build_uses_no_kept_part_and_keeps_none(tmp_path, monkeypatch):
    """A real build of a lesson that uses a part, in a real kernel, without the cells in between and its own checks."""
    marker = cheat(tmp_path / "kept")
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "kept"))
    execute = building.notebooks.execute
    ran = []

    def first_cells(notebook, *where, **env):
        short = copy.deepcopy(notebook)
        starts = [c for c in short.cells if {"set-up", "imports"} & set(c.metadata.get("tags", []))]
        short.cells = [*starts, new_code_cell('keep("attention", attention)\nattention.__module__', id="tries")]
        ran.append(execute(short, *where, **env))
        return notebook

    monkeypatch.setattr(building.notebooks, "execute", first_cells)
    monkeypatch.setattr(building.lessons, "read", lambda course, lesson_id: lessons.Lesson(lesson_id, (), ()))
    building.build(Course.find(), "05_multi_head_attention")
    imports, tries = ran[0].cells[1:]
    assert [output.text for output in imports.outputs] == ["attention: the finished part\n"]
    kept, module = tries.outputs
    assert kept.text == "attention: nothing is kept in this run.\n"
    assert module.data["text/plain"].startswith("'classroom.parts.")
    assert not marker.exists() and len(state(tmp_path / "kept")) == 1


def test_a_lessons_solutions_are_run_on_the_finished_parts_and_quietly(tmp_path, monkeypatch, capsys):
    marker = cheat(tmp_path)
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path))
    lesson = lessons.Lesson("05", (("", "from classroom import parts\n(attention,) = parts.use('attention')"),), ())
    assert lessons.namespace(lesson)["attention"] is FINISHED[PART]
    assert not marker.exists() and capsys.readouterr().out == ""
    assert os.environ[folder.KEPT_VARIABLE] == str(tmp_path)
