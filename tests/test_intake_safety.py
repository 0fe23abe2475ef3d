"""Whatever is thrown at `collect`: a verdict, and nothing outside the class folder is written or read."""

import json
import os
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import nbformat
import pytest
from nbgrader.coursedir import CourseDirectory
from small_course import LESSON, released, small_course, solved, write_nb

from autograder.course import Course
from autograder.intake.clean import Refused, clean
from autograder.intake.collect import collect
from autograder.intake.exports import unpack as unpacking
from autograder.intake.exports.unpack import Room, unpack
from autograder.intake.match import student_of


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Course:
    return small_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(built, tmp_path) -> Course:
    return Course(built.root, class_dir=tmp_path / "class")


@pytest.fixture
def right(course) -> str:
    return nbformat.writes(solved(released(course)), version=nbformat.NO_CONVERT)


def overlapping(path: Path, count: int) -> None:
    """Many entries of the directory that share one compressed file, as in the known bomb."""
    data = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = data.compress(bytes(1_000_000)) + data.flush()
    crc, name = zlib.crc32(bytes(1_000_000)), b"a.ipynb"
    sizes = struct.pack("<III", crc, len(packed), 1_000_000)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", len(name), 0) + name
    central = b"".join(
        b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
        + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name for _ in range(count)
    )  # fmt: skip
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(local) + len(packed), 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(local + packed + central + end)


def test_a_zip_whose_files_overlap_is_refused(course, tmp_path):
    overlapping(tmp_path / "in" / "eve" / "bomb.zip", 500)
    [receipt] = collect(tmp_path / "in", course)
    assert receipt.verdict == "refused" and "overlap" in receipt.notes[0].casefold()


def test_zips_in_zips_share_one_limit_of_size_and_of_depth(course, right, tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_OF_ONE", 3_000_000)
    zeros = tmp_path / "zeros.zip"
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("z.bin", bytes(2_000_000))
    (tmp_path / "in" / "eve").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "in" / "eve" / "outer.zip", "w") as archive:
        for number in range(3):
            archive.write(zeros, f"{number}.zip")
    deep = right.encode()
    for number in range(7):
        inner = tmp_path / "level.zip"
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("01_sums.ipynb" if number == 0 else "next.zip", deep)
        deep = inner.read_bytes()
    (tmp_path / "in" / "mallory").mkdir()
    (tmp_path / "in" / "mallory" / "deep.zip").write_bytes(deep)
    write_nb(tmp_path / "in" / "ada" / "01_sums.ipynb", nbformat.reads(right, 4))
    receipts = collect(tmp_path / "in", course)
    said = [(r.student, r.notes[0]) for r in receipts if r.verdict == "refused"]
    assert ("eve", "The zip holds more than 2 MB.") in said
    assert ("mallory", "Zips lie in each other more than 4 deep.") in said
    assert [r.student for r in receipts if r.counts] == ["ada"], "the others are not stopped"


def test_one_damaged_file_in_a_zip_does_not_take_the_class_with_it(course, right, tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a_1_1_01_sums.ipynb", right)
        archive.writestr("b_2_2_01_sums.ipynb", right)
    content = bytearray(path.read_bytes())
    at = content.index(b"a_1_1_01_sums.ipynb") + 60
    content[at : at + 40] = bytes(40)
    path.write_bytes(content)
    receipts = collect(path, course)
    assert [r.student for r in receipts if r.counts] == ["b"]
    assert any("a_1_1_01_sums.ipynb" in " ".join(r.notes) for r in receipts if r.verdict == "refused")


def test_two_entries_of_one_name_and_names_of_any_length_are_all_kept(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        for content in ("one", "two"):
            archive.writestr("ada/x.ipynb", content)
        archive.writestr("é" * 4000 + ".ipynb", "long")
        archive.writestr("ada/x.ipynb/below a file", "no")
        archive.writestr("a\x00b", "nul")
        archive.writestr("C:\\windows\\x.ipynb", "no drive")
    lost = unpack(path, tmp_path / "room", Room())
    found = {p.name: p.read_text() for p in (tmp_path / "room").rglob("*") if p.is_file()}
    assert (found["x.ipynb"], found["x (2).ipynb"]) == ("one", "two")
    assert "long" in found.values() and len(lost) == 1
    assert {p.parent.name for p in tmp_path.rglob("*.ipynb")} <= {"room", "ada", "windows"}


def test_korean_names_of_a_korean_windows_zip_are_read(course, right, tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("AAAAAA/01_sums.ipynb", right)
    path.write_bytes(path.read_bytes().replace(b"AAAAAA", "김서연".encode("euc_kr")))
    [receipt] = collect(path, course)
    assert receipt.student == "김서연"


HOSTILE = ["CON", "aux", "nul.txt", "a\u202eb", "\x1b[31mred", "x" * 240, "\udcff\udcfe", "a\nb", "..a", "=1+1", " "]


def test_hostile_names_of_folders_and_files_are_shown_harmless_and_collected(course, right, tmp_path):
    for name in HOSTILE:
        folder = tmp_path / "in" / name
        folder.mkdir(parents=True)
        (folder / f"01_sums{name[:20]}.ipynb").write_text(right)
    receipts = collect(tmp_path / "in", course)
    assert len(receipts) == len(HOSTILE) == len({r.student for r in receipts})
    assert all(r.counts for r in receipts)
    text = course.collected.read_text(encoding="utf-8")
    assert not set("\u202e\x1b\udcff") & set(text) and len(json.loads(text)) == len(HOSTILE)
    for receipt in receipts:
        assert CourseDirectory().get_existing_timestamp(str(course.submitted / receipt.student / LESSON))
    for name in ("CON", "aux", "nul.txt", "COM1"):
        assert student_of(name)[0] != name


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"metadata": {}', f'"metadata": {{"x": {nested(500)}}}', 1), "nested more than"),
        (lambda text: text.replace('"execution_count": null', '"execution_count": NaN', 1), "NaN, or too large"),
        (lambda text: text.replace('"execution_count": null', f'"execution_count": {"9" * 5000}', 1), "too large"),
        (lambda text: text.replace('"metadata": {}', '"metadata": {"x": 1e999}', 1), "too large"),
        (lambda text: text.replace("Because", "\\ud800Because", 1), "Half characters"),
        (lambda text: text.replace('"source":', '"source": "", "source":', 1), "some things twice"),
        (lambda text: text.encode("utf-16-le"), "UTF-16"),
        (lambda text: text.encode("utf-32"), "UTF-32"),
        (lambda text: text.encode().replace(b"Because", b"Bec\xffause"), "not UTF-8"),
        (lambda text: text.replace('"cells": [', '"cells": [7, null, ', 1), "could not be read were dropped: 2"),
        (lambda text: text.replace('"kernelspec": {', '"language_info": 5, "kernelspec": {"n": 1, ', 1), "put right"),
    ],
)  # fmt: skip
def test_strange_files_are_repaired_and_it_is_said_and_they_can_be_written(right, change, said):
    nb, notes = clean(change(right))
    assert said in " ".join(notes)
    written = nbformat.writes(nb, version=nbformat.NO_CONVERT).encode("utf-8")
    nbformat.validate(nbformat.reads(written.decode(), as_version=4))
    assert "NaN" not in written.decode() and b"return a + b" in written


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda nb: nb.cells[3].update(source="#" * 1_000_001), "Cell 4 of the notebook has more than a million"),
        (lambda nb: nb.update(cells=nb.cells * 1000), "more than 5,000 cells"),
    ],
)
def test_what_nobody_typed_is_refused(course, change, said):
    nb = solved(released(course))
    change(nb)
    with pytest.raises(Refused, match=said):
        clean(json.dumps(nb))


def test_a_large_picture_pasted_into_a_text_cell_is_no_giant_cell(course):
    nb = solved(released(course))
    nb.cells[-1].source = f"![x](data:image/png;base64,{'A' * 2_000_000})"
    assert clean(json.dumps(nb))[1] == []


def test_pipes_devices_and_folders_called_like_notebooks_are_refused_not_waited_for(course, right, tmp_path):
    folder = tmp_path / "in" / "eve"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "01_sums.ipynb")
    (tmp_path / "in" / "bo" / "01_sums.ipynb").mkdir(parents=True)
    (tmp_path / "in" / "bo" / "01_sums.ipynb" / "01_sums.ipynb").write_text(right)
    receipts = {r.student: r.verdict for r in collect(tmp_path / "in", course)}
    assert receipts == {"eve": "refused", "bo": "accepted"}


def test_what_leads_out_of_a_zip_is_left_there(course, right, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name in ("../../../evil_1_2_01_sums.ipynb", f"{tmp_path}/evil_1_3_01_sums.ipynb", "ada_1_4_01_sums.ipynb"):
            archive.writestr(name, right)
    assert [r.student for r in collect(tmp_path / "x.zip", course)] == ["ada"]
    assert not list(tmp_path.rglob("evil*"))
