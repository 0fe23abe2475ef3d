"""`submit`, the last cell of a lesson: it finds the notebook, says what is in it, and claims no more than it knows."""

from __future__ import annotations

import copy
import os
import re
import sys
import time
import types
from pathlib import Path

import nbformat
import pytest
from fuzz.damage import damaged
from kernels import ROOT, Kernel
from nbformat import NotebookNode

from autograder.authoring import notebook as notebooks
from autograder.authoring.build import answer_cells
from autograder.authoring.lesson import read_built, read_notebook, source_ids
from autograder.course import Course
from autograder.grading.translator.expected import expected_files
from classroom import passed, submit
from classroom.checking import records
from classroom.keep.folder import KEPT_VARIABLE
from classroom.submit import notebook as finding

COURSE = Course.find()
LESSON = "04_self_attention"
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", re.DOTALL)
MARKS = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


def solved(lesson: str = LESSON) -> NotebookNode:
    """The lesson as a student could hand it in: every answer right, no outputs."""
    nb = nbformat.read(COURSE.solutions / lesson / f"{lesson}.ipynb", as_version=4)
    for cell in nb.cells:
        cell.source = MARKS.sub("", HIDDEN.sub("", cell.source))
        if cell.cell_type == "code":
            cell.outputs = []
    return nb


def cell(nb: NotebookNode, grade_id: str) -> NotebookNode:
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def save(nb: NotebookNode, folder: Path, name: str = f"{LESSON}.ipynb") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, folder / name, version=nbformat.NO_CONVERT)
    return folder / name


# What the build makes for it


@pytest.mark.parametrize("lesson", source_ids(COURSE))
def test_what_is_recorded_of_the_answers_is_what_the_released_lesson_asks_for(lesson):
    released = nbformat.read(COURSE.lesson(lesson), as_version=4)
    assert list(records.answer_cells(lesson)) == answer_cells(read_built(COURSE, lesson), released)
    assert records.files(lesson) == expected_files(released)
    checks = [name for answer in records.answer_cells(lesson) for name in answer.checks]
    assert sorted(checks) == sorted(name for name, place in records.names().items() if place == lesson)
    assert any(answer.given for answer in records.answer_cells(lesson)), "a written answer"


@pytest.mark.parametrize("lesson", source_ids(COURSE))
def test_every_lesson_ends_with_the_same_ungraded_cell(lesson):
    last = notebooks.assemble(COURSE, lesson, read_notebook(COURSE, lesson)).cells[-1]
    assert last.cell_type == "code" and "nbgrader" not in last.metadata
    assert last.source.endswith(f'from classroom import progress, submit\n\nsubmit("{lesson}")\nprogress()')


# In a student's kernel, step by step


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel in the folder of the lesson, with its imports."""
    folder = tmp_path_factory.mktemp("student")
    save(solved(), folder)
    kernel = Kernel(folder, cwd=folder, PYTHONPATH=str(ROOT), **{KEPT_VARIABLE: str(folder / "kept")})
    kernel.folder = folder
    kernel.run(next(c.source for c in solved().cells if "imports" in c.metadata.get("tags", [])))
    yield kernel
    kernel.close()


def run_answers(kernel: Kernel, nb: NotebookNode, *names: str) -> None:
    for name in names:
        kernel.run(cell(nb, name).source)
        for check in [c.source for c in nb.cells if re.match(rf'check\("[^"]+", {name}\)', c.source)]:
            kernel.run(check)


SUBMIT = f'from classroom import submit\nsubmit("{LESSON}")'


def lines(said: str) -> dict[str, str]:
    """Answer -> (mark and) what is said of it."""
    found = re.findall(r"^  ([✓✗·]) (\w+): (.*)$", said, re.MULTILINE)
    return {name: f"{mark} {words}" for mark, name, words in found}


def test_a_student_is_told_what_passes_what_was_not_run_and_what_is_wrong_in_the_file(kernel):
    nb = solved()
    run_answers(kernel, nb, "project", "scores")
    said = kernel.run(SUBMIT)
    assert "All 10 answers are there. Checks in this session: 2 pass, 8 were not run." in said
    assert lines(said)["scores"] == "✓ check “scores” passes"
    assert lines(said)["attention"] == "· written; checks “attention” and “masked attention” not run in this session"
    assert lines(said)["explain"] == "✓ written; a person reads it"
    assert f"To hand in: the file {LESSON}.ipynb" in said
    assert "before a check passed last" not in said, "the file is older than the checks, and has what they passed with"
    kernel.run(cell(nb, "project").source + "\n# as it is in the browser")
    kernel.run('check("project", project)')
    old = solved()
    cell(old, "project").source = "def project(x, W_q, W_k, W_v):\n    raise NotImplementedError  # your code here"
    save(old, kernel.folder)
    os.utime(kernel.folder / f"{LESSON}.ipynb", (time.time() - 60,) * 2)
    said = kernel.run(SUBMIT)
    assert "before a check passed last" in said and "9 of 10 answers are written, 1 more is not saved yet." in said
    assert lines(said)["project"] == "· check “project” passes, and the file does not have it yet: save it"

    cell(nb, "scores").source += "\n# better"
    cell(nb, "project").source = "def project(x, W_q"
    cell(nb, "explain").source = " *Double-click here  and write your answer.* "
    nb.cells.append(nbformat.v4.new_code_cell("# a copy", metadata=copy.deepcopy(cell(nb, "mended").metadata)))
    nb.cells.remove(cell(nb, "expose"))
    stub = "raise NotImplementedError  # your code here"
    cell(nb, "SelfAttention").source = f"class A:\n    def f(self):\n        {stub}\n    def g(self):\n        {stub}"
    cell(nb, "by_hand").source = "%time pass\ndef by_hand():\n    return {}"
    raw = nb.cells.index(cell(nb, "padding_mask"))
    nb.cells[raw] = nbformat.v4.new_raw_cell(nb.cells[raw].source, metadata=nb.cells[raw].metadata)
    cell(nb, "attention_by_word").source = ""
    kernel.run("def attention(q, k, v, mask=None):\n    return q, q")
    kernel.run('check("attention", attention)')
    save(nb, kernel.folder)
    said = kernel.run(SUBMIT)
    assert "before a check passed last" not in said, "it was saved since"
    assert "3 of 10 answers are written. Checks in this session: 0 pass, 1 fail, 7 were not run, " in said
    assert "2 passed before the cell was changed." in said
    assert lines(said) == {
        "project": "✗ Python can not read its line 1",
        "scores": "· check “scores” passed, but not with the cell as it is now: run both again",
        "by_hand": "· written; check “by_hand” not run in this session",
        "attention": "✗ written, but check “attention” fails",
        "padding_mask": "✗ its cell has become text: turn it into a code cell again",
        "attention_by_word": "✗ its cell is empty",
        "SelfAttention": "✗ 2 places in it are not written yet",
        "expose": "✗ its cell is missing: undo what removed it, or put your answer into a fresh copy of the lesson",
        "mended": "✗ its cell is there 2 times: keep the right one and delete the others",
        "explain": "✗ it is not written yet",
    }


def test_after_a_restart_nothing_is_claimed_of_this_session_but_what_passed_before_is_known(kernel):
    save(solved(), kernel.folder)
    run_answers(kernel, solved(), "scores")
    kernel.restart()
    said = kernel.run(f"import torch\nfrom torch import nn\n{SUBMIT}")
    assert "Checks in this session: 0 pass, 10 were not run." in said
    assert re.search(
        r"· written; check “scores” not run in this session \(it first passed on 20", lines(said)["scores"]
    )
    assert "it first passed" not in lines(said)["expose"]
    assert (kernel.folder / f"{LESSON}.ipynb").stat().st_mtime < time.time()


def written(kernel: Kernel) -> dict[Path, int]:
    """Every file but those of IPython, and when it was written."""
    paths = [path for path in kernel.folder.rglob("*") if path.is_file() and "ipython" not in path.parts]
    return {path: path.stat().st_mtime_ns for path in paths}


def test_it_writes_nothing_and_raises_nothing_whatever_it_is_given(kernel):
    before = written(kernel)
    for call, said in {
        'submit("self_attention")': "There is no lesson 'self_attention'; the lessons are: 01_activation_functions, ",
        "submit(None)": "There is no lesson None",
        f'submit("{LESSON}", file="nowhere.ipynb")': "nowhere.ipynb can not be read (No such file or directory).",
        f'submit("{LESSON}", file=".")': ". can not be read (Is a directory).",
        f'submit("{LESSON}", file=7)': "file is the name of a notebook, as in submit(",
        f'submit("{LESSON}", file="a\\0b")': "a\0b is no notebook, or a damaged one (ValueError).",
        'submit("05_multi_head_attention")': "No notebook with the answers of 05_multi_head_attention was found in ",
        f'submit("05_multi_head_attention", file="{LESSON}.ipynb")': f"{LESSON}.ipynb is of the lesson {LESSON}, not ",
    }.items():
        told = kernel.run(f"from classroom import submit\n{call}")
        assert told.startswith(said) and "\n" not in told, (call, told)
    assert written(kernel) == before


# Where the notebook is found


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A student's folder, in this process."""
    monkeypatch.setenv(KEPT_VARIABLE, str(tmp_path / "kept"))
    monkeypatch.delenv(finding.SESSION, raising=False)
    monkeypatch.setattr(passed, "_said", {})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_is_found_where_jupyter_says_and_after_a_renaming_by_what_is_in_it(here, monkeypatch, capsys):
    monkeypatch.setenv(finding.SESSION, str(save(solved(), here / "far away", "my copy.ipynb")))
    submit(LESSON)
    assert "Looked at: far away/my copy.ipynb, as saved" in capsys.readouterr().out
    monkeypatch.setenv(finding.SESSION, str(here / "renamed since.ipynb"))
    save(solved("05_multi_head_attention"), here, "05.ipynb")
    submit(LESSON)
    assert capsys.readouterr().out.startswith(f"No notebook with the answers of {LESSON} was found")
    save(solved(), here, "final version (2).ipynb")
    submit(LESSON)
    assert "final version (2).ipynb, as saved" in capsys.readouterr().out


def test_vs_code_says_it_in_the_notebooks_own_names(here, monkeypatch, capsys):
    place = save(solved(), here / "elsewhere", "mine.ipynb")
    monkeypatch.setattr(finding, "_shell", lambda: types.SimpleNamespace(user_ns={finding.VSCODE: str(place)}))
    submit(LESSON)
    assert "Looked at: elsewhere/mine.ipynb, as saved" in capsys.readouterr().out


def test_from_the_courses_folder_it_is_found_below_and_of_two_the_one_saved_last_is_said(here, capsys):
    older = save(solved(), here / "lessons" / LESSON)
    os.utime(older, (time.time() - 3600,) * 2)
    newer = save(solved(), here, "copy.ipynb")
    submit(LESSON)
    said = capsys.readouterr().out
    assert "Looked at: copy.ipynb, as saved" in said and f"There are other notebooks of this lesson: {older}." in said
    newer.unlink()
    submit(LESSON)
    said = capsys.readouterr().out
    assert f"Looked at: lessons/{LESSON}/{LESSON}.ipynb, as saved" in said and "other notebooks" not in said


def test_on_colab_the_notebook_itself_is_read_and_nothing_need_be_saved(here, monkeypatch, capsys):
    nb = solved("09_train_a_translator")
    cell(nb, "train").source = "raise NotImplementedError  # your code here"
    package, message = types.ModuleType("google.colab"), types.ModuleType("google.colab._message")
    package._message = message
    message.blocking_request = lambda name, request, timeout_sec: {"ipynb": nb} if name == "get_ipynb" else None
    monkeypatch.setitem(sys.modules, "google.colab", package)
    monkeypatch.setitem(sys.modules, "google.colab._message", message)
    submit("09_train_a_translator")
    said = capsys.readouterr().out
    assert "13 of 14 answers are written" in said and "✗ train: it is not written yet" in said
    assert "as it stands in your browser now" in said and "before a check passed" not in said
    assert "✗ translator.safetensors: it is not here; submit_model writes it" in said
    assert "File → Download → Download .ipynb" in said and 'keep.download("translator.safetensors")' in said
    (here / "translator.safetensors").write_bytes(b"x")
    submit("09_train_a_translator")
    assert "✓ translator.safetensors: it is here, written at " in capsys.readouterr().out

    def broken(*_, **__):
        raise RuntimeError("frontend is away")

    for answer in (broken, lambda *_, **__: None, lambda *_, **__: {"ipynb": []}):
        message.blocking_request = answer
        submit("09_train_a_translator")
        said = capsys.readouterr().out
        assert len(said.splitlines()) == 1 and said.startswith(("Colab did not hand", "What Colab handed")), said


def test_at_grading_and_in_a_build_it_says_nothing(here, monkeypatch, capsys):
    save(solved(), here)
    monkeypatch.setenv(KEPT_VARIABLE, "off")
    submit(LESSON)
    submit("nonsense")
    assert capsys.readouterr().out == ""


def test_three_hundred_damaged_notebooks_give_a_card_or_one_sentence_each(here, capsys):
    whole = nbformat.writes(solved(), version=nbformat.NO_CONVERT)
    cards = 0
    for number in range(300):
        data, how = damaged(7, number, whole)
        (here / "x.ipynb").write_bytes(data)
        submit(LESSON, file="x.ipynb")
        said = capsys.readouterr().out
        card = said.startswith(f"{LESSON}, before you hand it in")
        cards += card
        assert card or (said.strip() and len(said.splitlines()) <= 2), (how, said)
    assert 100 < cards < 300, cards


def test_the_cards_html_escapes_what_a_file_is_called(here):
    from classroom.submit.report import Report

    seen = finding.Notebook((), "<img src=x>.ipynb", here / "<b>", time.time(), ("<i>.ipynb",))
    shown = Report(LESSON, seen, (), time.time() + 9, (("<u>", None),), False).html()
    assert not re.search(r"<(img|b>/|i>\.|u>)", shown) and "&lt;img src=x&gt;" in shown
