"""`progress()`: the map of the course lit as far as checks have passed, kept on the machine and taken along."""

from __future__ import annotations

import io
import json
import re
import sys
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import need
from kernels import COLAB, ROOT, Kernel
from PIL import Image

from classroom import check, keep, passed, progress
from classroom.checking import records
from classroom.keep import folder, record, travel
from classroom.parts.finished import FINISHED
from classroom.show import course_map

SCORES = "import torch\ndef scores(q, k):\n    return q @ k.transpose(-2, -1) / q.size(-1) ** 0.5\n"
IMPORTS = "from classroom import check, keep, progress"


def lit(said: str) -> dict[int, tuple[int, int]]:
    """Lesson -> (passed, all), as the alt text says it."""
    found = re.findall(r"(\d) [^:;(]+ \([^)]*\): (\d+) of (\d+) checks passed", said)
    return {int(lesson): (int(done), int(of)) for lesson, done, of in found}


@pytest.fixture
def kept(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "kept"))
    monkeypatch.setattr(passed, "_said", {})
    monkeypatch.chdir(tmp_path)
    return tmp_path / "kept"


def test_what_has_passed_is_known_after_a_restart_and_stays_when_it_is_broken_later_on_colab(tmp_path):
    need((COLAB.parent.parent / ".ready").is_file(), "No environment with Colab's versions (.venv-colab).")
    kernel = Kernel(tmp_path, str(COLAB), cwd=ROOT, TRANSFORMER_LESSONS_KEPT=str(tmp_path / "kept"))
    try:
        before = lit(kernel.run(f"{IMPORTS}\nprogress()"))
        assert not (tmp_path / "kept").exists(), "nothing is written before something has passed"
        kernel.run(SCORES)
        kernel.run('check("scores", scores)')
        kernel.restart()
        kernel.run(f"{IMPORTS}\ndef scores(q, k):\n    raise NotImplementedError")
        assert "CheckFailed" in kernel.run('check("scores", scores)')
        after = lit(kernel.run("progress()"))
    finally:
        kernel.close()
    assert list(before) == list(range(1, 10)) and not any(done for done, _ in before.values())
    assert after == {**before, 4: (1, before[4][1])}
    [line] = (tmp_path / "kept" / record.NAME).read_text().splitlines()
    assert json.loads(line)["exercise"] == "scores"


def test_the_map_is_lit_where_all_has_passed_paler_where_some_has_and_says_how_many():
    counts = dict.fromkeys(range(1, 10), (0, 5))

    def pixels(done: dict) -> np.ndarray:
        store = io.BytesIO()
        course_map.draw_progress(done).savefig(store, format="png", dpi=50)
        return np.asarray(Image.open(store).convert("RGB")).astype(int)

    def area(colour: str) -> int:
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        return int((np.abs(drawn - wanted).max(-1) == 0).sum())

    some, whole = counts | {4: (2, 5)}, counts | {4: (5, 5)}
    for done, lit_up, pale in ((counts, False, False), (some, False, True), (whole, True, False)):
        drawn = pixels(done)
        assert (area(course_map.LIT) > 300, area(course_map.PALE) > 300) == (lit_up, pale)
    said = [text.get_text() for text in course_map.draw_progress(some).axes[0].texts]
    assert said.count("2 of 5") == 1 and said.count("0 of 5") == 8
    assert lit(course_map.alt_progress(some)) == some


def test_every_check_of_a_lesson_counts_and_each_once(kept, capsys):
    wanted = {}
    for lesson in records.lessons():
        wanted[int(lesson[:2])] = sum(place == lesson for place in records.names().values())
    for name, lesson in records.names().items():
        if lesson.startswith("03"):
            passed.note(name, True)
            passed.note(name, True)
    progress()
    assert lit(capsys.readouterr().out) == {n: (of if n == 3 else 0, of) for n, of in wanted.items()}
    assert len((kept / record.NAME).read_text().splitlines()) == wanted[3]


def test_a_damaged_record_loses_only_its_damaged_lines_and_is_written_on(kept, capsys):
    kept.mkdir()
    lines = [b'{"exercise": "scores", "when": "2026-01-02 03:04"}', b"\xff\xfe{", b"[1]", b"7", b"[" * 100_000]
    lines += [b'{"exercise": "no such", "when": "x"}', b'{"exercise": 7, "when": 8}', b'{"exercise": "project", "whe']
    (kept / record.NAME).write_bytes(b"\n".join(lines))
    assert record.remembered() == {"scores": "2026-01-02 03:04"}
    passed.note("attention", True)
    assert set(record.remembered()) == {"scores", "attention"}
    progress()
    assert lit(capsys.readouterr().out)[4][0] == 2


def test_a_folder_that_can_not_be_written_is_no_fault_and_the_session_still_counts(kept, capsys):
    kept.write_text("a file where the folder should be")
    check("LayerNorm", FINISHED["LayerNorm"])
    capsys.readouterr()
    progress()
    assert lit(capsys.readouterr().out)[6][0] == 1
    assert kept.read_text() == "a file where the folder should be"


def test_at_grading_nothing_is_written_down_and_nothing_shown(kept, capsys, monkeypatch):
    monkeypatch.setenv(folder.KEPT_VARIABLE, folder.OFF)
    monkeypatch.setattr(record, "path", lambda: kept / record.NAME)
    passed.note("scores", True)
    progress()
    assert capsys.readouterr().out == "" and not kept.exists()


# On Colab: to the browser, to Google Drive, and back, as google.colab does it, without Google.


@pytest.fixture
def colab(tmp_path, monkeypatch) -> types.SimpleNamespace:
    seen = types.SimpleNamespace(downloaded=[], drive=tmp_path / "drive")
    package = types.ModuleType("google.colab")
    package.files, package.drive = types.ModuleType("google.colab.files"), types.ModuleType("google.colab.drive")
    package.files.download = seen.downloaded.append
    package.drive.mount = lambda place: None
    for module in (package, package.files, package.drive):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(travel, "DRIVE", seen.drive)
    return seen


def test_progress_goes_to_drive_and_comes_back_beside_what_has_passed_since(kept, colab, capsys, monkeypatch, tmp_path):
    passed.note("scores", True)
    keep.to_drive()
    assert capsys.readouterr().out == (
        "On Google Drive, in MyDrive/transformer-lessons/kept: your progress. keep.restore() brings it back.\n"
    )
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "new"))
    monkeypatch.setattr(passed, "_said", {})
    passed.note("attention", True)
    for _ in range(2):  # a second time it changes nothing
        keep.restore()
        assert capsys.readouterr().out == "Restored: your progress.\n"
        assert sorted(record.remembered()) == ["attention", "scores"]
        assert len((tmp_path / "new" / record.NAME).read_text().splitlines()) == 2


def test_progress_and_a_checkpoint_go_to_the_browser_and_progress_comes_back(
    kept, colab, capsys, monkeypatch, tmp_path
):
    passed.note("scores", True)
    Path("training_korean_english.pt").write_bytes(b"weights")
    keep.download("training_korean_english.pt")
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("kept.zip holds your progress.") and said[1].startswith("training_korean_english.pt went")
    archive, checkpoint = colab.downloaded
    assert (
        zipfile.ZipFile(archive).namelist() == [f"kept/{record.NAME}"] and Path(checkpoint).read_bytes() == b"weights"
    )
    monkeypatch.setenv(folder.KEPT_VARIABLE, str(tmp_path / "new"))
    keep.restore(archive)
    assert capsys.readouterr().out == "Restored: your progress.\n" and list(record.remembered()) == ["scores"]


def test_a_checkpoint_goes_to_drive_and_comes_back_where_there_is_none(kept, colab, capsys, tmp_path, monkeypatch):
    keep.to_drive("training_korean_english.pt")
    assert capsys.readouterr().out == f"There is no file training_korean_english.pt in {tmp_path}.\n"
    Path("training_korean_english.pt").write_bytes(b"weights")
    keep.to_drive("training_korean_english.pt")
    assert "kept: training_korean_english.pt. keep.restore() brings it back." in capsys.readouterr().out
    Path("training_korean_english.pt").write_bytes(b"newer")
    keep.restore()
    assert "training_korean_english.pt is here already, and stays as it is." in capsys.readouterr().out
    assert Path("training_korean_english.pt").read_bytes() == b"newer"
    Path("training_korean_english.pt").unlink()
    keep.restore()
    assert capsys.readouterr().out == "Restored: training_korean_english.pt.\n"
    assert Path("training_korean_english.pt").read_bytes() == b"weights"
    assert not list(tmp_path.rglob("*.half"))
