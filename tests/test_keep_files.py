"""The folder of kept parts: odd files in it, writing that is cut off, and its way to and from Colab."""

from __future__ import annotations

import os
import sys
import types
import zipfile
from pathlib import Path

import pytest
from conftest import need
from kernels import COLAB, Kernel

import classroom
from classroom import keep, parts
from classroom.keep import folder, load, travel
from classroom.parts.finished import FINISHED

RIGHT = """
import torch


class LayerNorm(torch.nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.gamma, self.beta = torch.nn.Parameter(torch.ones(d_model)), torch.nn.Parameter(torch.zeros(d_model))
        self.eps = eps

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        return centred / (centred.square().mean(-1, keepdim=True) + self.eps).sqrt() * self.gamma + self.beta
"""
WRONG = RIGHT.replace("centred.square().mean(-1, keepdim=True)", "x.var(-1, keepdim=True)")


@pytest.fixture
def kept(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "kept"))
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


def use(capsys) -> tuple[bool, str]:
    """Whether parts.use gives one's own LayerNorm, and what it said."""
    (part,) = parts.use("LayerNorm")
    return part is not FINISHED["LayerNorm"], capsys.readouterr().out.strip()


def test_a_kept_part_is_used_and_a_file_that_is_not_there_is_no_fault(kept, capsys):
    assert use(capsys) == (False, "LayerNorm: the finished part")
    (kept / "LayerNorm.py").write_text(RIGHT)
    assert use(capsys) == (True, "LayerNorm: your own, from kept/LayerNorm.py")


ODD = {
    "half a file": (RIGHT[: RIGHT.index("zeros(") + 6].encode(), "its file is damaged (SyntaxError, line "),
    "no text": (b"\xff\xfe\x00LayerNorm", "its file can not be read (no text)"),
    "zeros": (b"\0" * 100, "its file is damaged ("),
    "an empty file": (b"", "there is no LayerNorm in its file"),
    "another program": (b"import sys\nprint('hello')\nsys.exit(3)\n", "its file does not run (SystemExit: 3)"),
    "a missing package": (b"import no_such_package\n", "its file does not run (ModuleNotFoundError: No module named"),
    "a missing name": (b"LayerNorm = torch.nn.Module\n", "its file does not run (NameError: name 'torch' is not"),
    "an error in capitals": (b"raise ValueError('a\\nb')", "its file does not run (ValueError: a b)"),
    "what is no class": (b"LayerNorm = 3", "it does not pass its check"),
    "a mistake": (WRONG.encode(), "it does not pass its check (LayerNorm: a variance divided by D − 1"),
    "an endless file": (b"while True:\n    pass\n", "it did not come to an end within 0.5 seconds"),
    "an endless call": (
        RIGHT.replace("        centred = x -", "        while True:\n            pass\n        centred = x -").encode(),
        "it did not come to an end within 0.5 seconds",
    ),
}  # fmt: skip


STUBBORN = """
            try:
                while True:
                    pass
            except BaseException:
                if not hasattr(LayerNorm, "tired"):
                    LayerNorm.tired = True
                    while True:
                        pass
                raise
"""


def test_an_endless_call_that_catches_the_first_alarm_is_stopped_by_the_next(kept, capsys, monkeypatch):
    monkeypatch.setattr(load.load, "__defaults__", (0.5,))
    load.failing("LayerNorm", None)  # the recordings are read, so that the alarm finds the endless call
    stubborn = STUBBORN.replace("\n    ", "\n").rstrip()
    (kept / "LayerNorm.py").write_text(RIGHT.replace("\n        centred = x -", f"{stubborn}\n        centred = x -"))
    assert use(capsys) == (
        False,
        "LayerNorm: the finished part; your own is not used: it did not come to an end within 0.5 seconds",
    )


@pytest.mark.parametrize("what", ODD)
def test_an_odd_file_gives_one_sentence_and_the_finished_part(kept, capsys, monkeypatch, what):
    content, said = ODD[what]
    if "endless" in what:
        load.failing("LayerNorm", None)
        monkeypatch.setattr(load.load, "__defaults__", (0.5,))
    (kept / "LayerNorm.py").write_bytes(content)
    own, line = use(capsys)
    assert len(line.splitlines()) == 1
    assert not own and line.startswith(f"LayerNorm: the finished part; your own is not used: {said}"), line
    assert (kept / "LayerNorm.py").read_bytes() == content


def test_a_folder_in_the_place_of_a_file_is_said(kept, capsys):
    (kept / "LayerNorm.py").mkdir()
    own, line = use(capsys)
    assert not own and line == (
        "LayerNorm: the finished part; your own is not used: its file can not be read (Is a directory)"
    )


def test_what_a_kept_part_prints_when_it_is_loaded_is_not_shown_and_torchs_random_numbers_stay(kept, capsys):
    import torch

    (kept / "LayerNorm.py").write_text(f"print('hello')\n{RIGHT}")
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    assert use(capsys) == (True, "LayerNorm: your own, from kept/LayerNorm.py")
    assert torch.equal(torch.rand(3), wanted)


def test_writing_that_is_cut_off_leaves_what_was_there(kept, monkeypatch):
    file = kept / "LayerNorm.py"
    folder.put(file, "old = 1\n")

    def cut_off(*_):
        raise KeyboardInterrupt

    for step in ("replace", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(os, step, cut_off)
            with pytest.raises(KeyboardInterrupt):
                folder.put(file, f"new = {step!r}\n")
        assert file.read_text() == "old = 1\n"
        assert not list(kept.glob(".*")), "a half-written file is left"
    folder.put(file, "new = 2\n")
    assert file.read_text() == "new = 2\n"
    assert {part.read_text() for part in (kept / "earlier").iterdir()} == {"old = 1\n"}


def test_a_folder_that_can_not_be_written_is_said(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "file" / "kept"))
    keep("LayerNorm", FINISHED["LayerNorm"])
    assert capsys.readouterr().out.startswith("Not kept: ")


def test_the_folder_is_the_courses_own_and_git_does_not_see_it(monkeypatch, tmp_path):
    monkeypatch.delenv(folder.KEPT_VARIABLE)
    monkeypatch.chdir(tmp_path)
    root = Path(classroom.__file__).resolve().parents[1]
    assert folder.folder() == root / "kept" and folder.allowed()
    assert "kept/" in (root / ".gitignore").read_text().splitlines()


# To Google Drive, to the browser, and back: as google.colab does it, without Google.


@pytest.fixture
def colab(tmp_path, monkeypatch) -> types.SimpleNamespace:
    seen = types.SimpleNamespace(downloaded=[], mounted=[], drive=tmp_path / "drive")
    package = types.ModuleType("google.colab")
    package.files, package.drive = types.ModuleType("google.colab.files"), types.ModuleType("google.colab.drive")
    package.files.download = seen.downloaded.append
    package.drive.mount = seen.mounted.append
    for module in (package, package.files, package.drive):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(travel, "DRIVE", seen.drive)
    return seen


def filled(kept: Path) -> None:
    folder.put(kept / "attention.py", "attention = 1\n")
    folder.put(kept / "attention.py", "attention = 2\n")
    folder.put(kept / "LayerNorm.py", RIGHT)


def test_download_hands_all_to_the_browser_and_restore_brings_it_back(kept, colab, capsys, monkeypatch, tmp_path):
    filled(kept)
    keep.download()
    assert capsys.readouterr().out.startswith("kept.zip holds LayerNorm, attention.")
    [archive] = colab.downloaded
    assert Path(archive).name == "kept.zip"
    names = sorted(zipfile.ZipFile(archive).namelist())
    assert names == ["kept/LayerNorm.py", "kept/attention.py", "kept/earlier/attention.1.py"]

    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "new"))
    keep.restore(archive)
    assert capsys.readouterr().out == "Restored: LayerNorm, attention.\n"
    assert (tmp_path / "new" / "attention.py").read_text() == "attention = 2\n"
    assert use(capsys)[0]


def test_to_drive_loses_no_version_there_and_restore_brings_it_back(kept, colab, capsys, monkeypatch, tmp_path):
    filled(kept)
    place = colab.drive / "MyDrive" / "transformer-lessons" / "kept"
    folder.put(place / "attention.py", "attention = 'on Drive'\n")
    keep.to_drive()
    assert capsys.readouterr().out.startswith(
        "On Google Drive, in MyDrive/transformer-lessons/kept: LayerNorm, attention."
    )
    assert (place / "attention.py").read_text() == "attention = 2\n"
    assert (place / "earlier" / "attention.1.py").read_text() == "attention = 'on Drive'\n"
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "new"))
    folder.put(tmp_path / "new" / "attention.py", "attention = 'here'\n")
    keep.restore()
    assert capsys.readouterr().out == "Restored: LayerNorm, attention.\n"
    assert colab.mounted == [str(colab.drive)] * 2
    assert (tmp_path / "new" / "attention.py").read_text() == "attention = 2\n"
    assert (tmp_path / "new" / "earlier" / "attention.1.py").read_text() == "attention = 'here'\n"


def test_a_drive_that_is_not_opened_is_said(kept, colab, capsys):
    filled(kept)

    def refused(_):
        raise ValueError("mount failed")

    sys.modules["google.colab.drive"].mount = refused
    keep.to_drive()
    keep.restore()
    assert capsys.readouterr().out == "Google Drive could not be reached (mount failed).\n" * 2


def test_off_colab_download_says_where_the_folder_is_and_drive_that_it_is_not_there(kept, capsys, tmp_path):
    for do in (keep.download, keep.to_drive):
        do()
    assert capsys.readouterr().out == "Nothing is kept yet.\n" * 2
    filled(kept)
    keep.download()
    assert capsys.readouterr().out == f"Your kept parts lie in {kept}. Copy that folder to take them along.\n"
    for do in (keep.to_drive, keep.restore):
        do()
        assert capsys.readouterr().out.startswith("Google Drive is reached from Colab only.")
    keep.restore(kept)
    assert capsys.readouterr().out == "Restored: LayerNorm, attention.\n"


def test_restore_takes_only_parts_and_writes_nowhere_else(kept, capsys, tmp_path):
    archive = tmp_path / "odd.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("../../outside.py", "outside = 1\n")
        out.writestr("kept/attention.py", "attention = 3\n")
        out.writestr("kept/earlier/LayerNorm.1.py", "LayerNorm = 1\n")
        out.writestr("kept/earlier/LayerNorm.py", "LayerNorm = 1\n")
        out.writestr("kept/read me.txt", "hello\n")
        out.writestr("kept/large.py", "# " + "x" * travel.MOST_BYTES)
    keep.restore(archive)
    assert capsys.readouterr().out == "Restored: attention, outside.\n"
    assert sorted(file.name for file in tmp_path.rglob("*.py")) == ["attention.py", "outside.py"]
    assert (kept / "outside.py").is_file()
    for place in (tmp_path / "nowhere", Path(__file__)):
        keep.restore(place)
        assert capsys.readouterr().out.startswith(f"Nothing could be restored from {place} (")
    (tmp_path / "empty").mkdir()
    keep.restore(tmp_path / "empty")
    assert capsys.readouterr().out == f"There are no kept parts in {tmp_path / 'empty'}.\n"


def test_the_way_to_the_browser_works_in_colabs_kernel(tmp_path):
    need((COLAB.parent.parent / ".ready").is_file(), "No environment with Colab's versions (.venv-colab).")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "LayerNorm.py").write_text(RIGHT)
    kernel = Kernel(tmp_path, str(COLAB), TRANSFORMER_LESSONS_KEPT=str(tmp_path / "kept"))
    try:
        kernel.run(
            "import sys, types, zipfile\ngoogle = types.ModuleType('google.colab')\n"
            "google.files = types.ModuleType('google.colab.files')\n"
            "google.files.download = lambda path: print(zipfile.ZipFile(path).namelist())\n"
            "sys.modules |= {'google.colab': google, 'google.colab.files': google.files}\n"
            "from classroom import keep"
        )
        said = kernel.run("keep.download()")
    finally:
        kernel.close()
    assert said.startswith("['kept/LayerNorm.py']\nkept.zip holds LayerNorm. keep.restore(")
