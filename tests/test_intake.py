"""What happens to a file between the student's hand and nbgrader's submitted folder."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.coursedir import CourseDirectory
from small_course import LESSON, OTHER, cell, nbgrader_api, released, small_course, solved, write_nb

from autograder.course import Course
from autograder.demo.colab import as_colab_saves
from autograder.errors import Stop
from autograder.files import write_atomically
from autograder.intake.clean import Refused, clean
from autograder.intake.collect import collect
from autograder.intake.exports.files import TOO_LARGE
from autograder.intake.match import lesson_in_name, lesson_of, marks_of, student_of


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Course:
    return small_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(built, tmp_path) -> Course:
    """The built course with an empty class of its own."""
    return Course(built.root, class_dir=tmp_path / "class")


def hand_in(source: Path, student: str, name: str, nb, when: float = 1_760_000_000) -> Path:
    path = write_nb(source / student / name, nb)
    os.utime(path, (when, when))
    return path


def test_what_colab_adds_is_taken_away_again_and_nothing_else(built):
    nb = solved(released(built))
    nb.cells[1].outputs = [
        new_output("stream", text="hello\n"),
        new_output("display_data", {"text/plain": "x"}),
    ]
    nb.cells[1].execution_count = 3
    saved = as_colab_saves(nb, badge="ada/course/blob/main/01_sums.ipynb")
    assert saved.nbformat_minor == 0 and "executionInfo" in saved.cells[2].metadata

    cleaned, notes = clean(nbformat.writes(saved, version=nbformat.NO_CONVERT))

    assert cleaned.cells == nb.cells
    assert set(cleaned.metadata) == {"kernelspec", "language_info"}
    assert (cleaned.nbformat, cleaned.nbformat_minor) == (4, 5)
    assert "displayName" not in json.dumps(cleaned)
    assert notes == [
        'The badge cell that Colab adds with "Save a copy in GitHub" was dropped.',
        "Saved by Colab: personal data of its run log dropped.",
        "Saved widgets without their state: dropped, they cannot be shown.",
        "Notebook format 4.0 brought to 4.5.",
    ]


def test_a_notebook_as_released_needs_no_repair_even_with_a_byte_order_mark(built):
    text = built.lesson(LESSON).read_bytes()
    assert clean(text)[1] == []
    nb, notes = clean(b"\xef\xbb\xbf" + text)
    assert notes == [] and nb.cells == released(built).cells


def test_cells_without_an_id_or_with_a_doubled_one_get_their_own_and_always_the_same():
    nb = new_notebook(cells=[new_code_cell("a = 1"), new_code_cell("b = 2"), new_code_cell("a = 1")])
    nb.cells[1]["id"] = nb.cells[0]["id"]
    del nb.cells[2]["id"]
    text = nbformat.v4.writes(nb)
    first, notes = clean(text)
    assert len({c.id for c in first.cells}) == 3 and first.cells[0].id == nb.cells[0].id
    assert notes == ["Some cells had no id of their own: they were given one."]
    assert clean(text)[0] == first


def test_real_widget_state_is_kept_and_only_the_stateless_kind_dropped(built):
    nb = released(built)
    nb.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2, "version_minor": 0}
    }
    cleaned, notes = clean(nbformat.writes(nb))
    assert "widgets" in cleaned.metadata and notes == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\x93\xff\x00\x01 binary", "not text in UTF-8"),
        (b'{"cells": [', "not complete JSON"),
        (b"[" * 100_000, "not complete JSON"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'{"a": 1}', "not a notebook"),
        (b'{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', "format 3"),
        (b'{"nbformat": 5, "nbformat_minor": 0, "cells": []}', "newer"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "cells": 7}', "no list of cells"),
        (b'{"nbformat": "four", "cells": []}', "which notebook format"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason_and_what_to_do(content, reason):
    with pytest.raises(Refused, match=reason) as refused:
        clean(content)
    assert refused.value.what_to_do.endswith(".")


def test_a_notebook_with_broken_parts_is_put_right_rather_than_refused():
    raw = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": None, "stray": 1,
        "cells": [
            {"cell_type": "code", "source": ["x = 1\n", "y = 2"], "outputs": [{"output_type": "alien"}, 7]},
            {"cell_type": "markdown", "source": "hello", "outputs": [], "metadata": {}},
            {"cell_type": "heading", "source": None},
        ],
    }  # fmt: skip
    nb, notes = clean(json.dumps(raw))
    nbformat.validate(nb)
    assert [c.source for c in nb.cells] == ["x = 1\ny = 2", "hello", ""]
    assert any("put right" in note for note in notes)


@pytest.mark.parametrize(
    "name",
    [
        "01_sums.ipynb", "Copy of 01_sums.ipynb", "Copy_of_01_sums.ipynb", "01_sums (1).ipynb",
        "ada_01_sums.ipynb", "Copy of Copy of 01_sums (2).ipynb", "lovelaceada_123_4567_01_sums-1.ipynb",
        "01-Sums.IPYNB", "01 sums - Copy.ipynb",
    ],
)  # fmt: skip
def test_the_usual_names_say_which_lesson_it_is(name):
    assert lesson_in_name(name, ["01_sums", "02_words"]) == "01_sums"


def test_a_name_that_only_looks_alike_says_nothing():
    assert lesson_in_name("101_sums.ipynb", ["01_sums"]) is None
    assert lesson_in_name("04_self_attention.ipynb", ["04_self", "04_self_attention"]) == "04_self_attention"


def test_the_cells_tell_the_lesson_when_the_name_does_not_or_is_wrong(built):
    lessons = {lesson: marks_of(released(built, lesson)) for lesson in (LESSON, OTHER)}
    nb = solved(released(built))
    assert lesson_of("homework.ipynb", nb, lessons)[0] == LESSON
    assert lesson_of("02_words.ipynb", nb, lessons) == (
        LESSON, "It is named after 02_words, but its cells are those of 01_sums: taken as 01_sums."
    )  # fmt: skip
    for each in nb.cells:
        each.metadata.clear()
    assert lesson_of("homework.ipynb", nb, lessons)[0] == LESSON
    assert lesson_of("homework.ipynb", new_notebook(cells=[new_code_cell("x")]), lessons) == (None, None)


def test_hostile_student_names_become_names_that_nbgrader_finds(tmp_path):
    names = [
        "Ada Lovelace",
        "o.k@uni.edu",
        "김서연",
        "a*b",
        "a?b",
        "[x]",
        "{student_id}",
        "a,b",
        ".hidden",
        "..",
        "x ",
        "<script>",
        "*",
    ]
    made = [student_of(name) for name in names]
    assert [made[i] for i in range(3)] == [(name, None) for name in names[:3]]
    assert all(note for _, note in made[3:]) and len({safe for safe, _ in made}) == len(names)
    directory = CourseDirectory(root=str(tmp_path))
    import glob

    for safe, _ in made:
        (tmp_path / "submitted" / safe / LESSON).mkdir(parents=True)
        assert len(glob.glob(directory.format_path("submitted", safe, LESSON))) == 1
    assert len(glob.glob(directory.format_path("submitted", "*", LESSON))) == len(names)


def test_a_class_folder_is_collected_and_every_file_gets_a_verdict(course, tmp_path):
    source = tmp_path / "handed in"
    nb = solved(released(course))
    hand_in(source, "ada", f"{LESSON}.ipynb", nb)
    hand_in(source, "bo", "deep/er/Copy of 01_sums.ipynb", as_colab_saves(nb))
    hand_in(source, "cy", "homework.ipynb", nb)
    (source / "di").mkdir()
    (source / "di" / "01_sums.ipynb").write_text('{"cells": [')
    (source / "di" / "helper.py").write_text("import os")
    (source / "ed").mkdir()
    (source / "ed" / "notes.docx").write_text("words")
    hand_in(source, "fi", "poem.ipynb", new_notebook(cells=[new_code_cell("x")]))
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}

    receipts = collect(source, course)

    assert {r.student: (r.verdict, r.lesson) for r in receipts} == {
        "ada": ("accepted", LESSON), "bo": ("repaired", LESSON), "cy": ("accepted", LESSON),
        "di": ("refused", LESSON), "ed": ("refused", None), "fi": ("refused", None),
    }  # fmt: skip
    assert "helper.py" in " ".join(receipts[3].notes)
    assert before == {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}
    stored = nbformat.read(course.submitted / "bo" / LESSON / f"{LESSON}.ipynb", as_version=4)
    assert stored.cells == nb.cells
    original = course.submitted / "bo" / LESSON / "original" / "2025-10-09 08.53.20 Copy of 01_sums.ipynb"
    assert original.read_bytes() == before[source / "bo/deep/er/Copy of 01_sums.ipynb"]
    saved = json.loads(course.collected.read_text())
    assert all({"student", "lesson", "file", "verdict", "notes", "counts", "when", "kept"} <= set(r) for r in saved)
    assert [r["student"] for r in saved if r["counts"]] == ["ada", "bo", "cy"]
    assert not list(course.class_dir.rglob("*.tmp"))


def test_the_timestamp_is_the_files_and_nbgrader_reads_it(course, tmp_path):
    hand_in(tmp_path / "in", "ada", f"{LESSON}.ipynb", released(course), when=1_760_000_000.25)
    collect(tmp_path / "in", course)
    read = CourseDirectory().get_existing_timestamp(str(course.submitted / "ada" / LESSON))
    assert read.isoformat() == "2025-10-09T08:53:20.250000"


def kept(course, student):
    return sorted(path.name for path in (course.submitted / student / LESSON / "original").iterdir())


def test_of_two_notebooks_of_one_lesson_the_newest_counts_both_are_kept_and_it_is_said(course, tmp_path):
    old, new = solved(released(course)), solved(released(course))
    cell(new, "why").source = "the later answer"
    hand_in(tmp_path / "in", "ada", "01_sums.ipynb", old, when=1000)
    hand_in(tmp_path / "in", "ada", "01_sums (1).ipynb", new, when=2000)
    counting, earlier = sorted(collect(tmp_path / "in", course), key=lambda r: not r.counts)
    assert (counting.file, counting.verdict, counting.counts) == ("01_sums (1).ipynb", "accepted", True)
    assert (earlier.file, earlier.verdict, earlier.counts) == ("01_sums.ipynb", "accepted", False)
    assert "newest counts" in counting.notes[0] and "An earlier attempt" in earlier.notes[0]
    assert "the later answer" in (course.submitted / "ada" / LESSON / f"{LESSON}.ipynb").read_text()
    assert kept(course, "ada") == ["1970-01-01 00.16.40 01_sums.ipynb", "1970-01-01 00.33.20 01_sums (1).ipynb"]


def test_collecting_again_changes_nothing_and_an_older_file_never_replaces_a_newer(course, tmp_path):
    hand_in(tmp_path / "in", "ada", f"{LESSON}.ipynb", solved(released(course)), when=2000)
    first = collect(tmp_path / "in", course)
    files = {p: p.read_bytes() for p in course.class_dir.rglob("*") if p.is_file()}
    assert collect(tmp_path / "in", course) == first
    assert {p: p.read_bytes() for p in course.class_dir.rglob("*") if p.is_file()} == files

    hand_in(tmp_path / "older", "ada", f"Copy of {LESSON}.ipynb", released(course), when=1000)
    [older] = collect(tmp_path / "older", course)
    assert (older.verdict, older.counts) == ("accepted", False) and "was collected before and counts" in older.notes[0]
    assert (course.submitted / "ada" / LESSON / f"{LESSON}.ipynb").read_bytes() == files[
        course.submitted / "ada" / LESSON / f"{LESSON}.ipynb"
    ]
    assert len(kept(course, "ada")) == 2
    assert [r["counts"] for r in json.loads(course.collected.read_text())] == [True, False]


def test_the_same_file_in_a_newer_download_is_not_a_later_one(course, tmp_path):
    for when in (2000, 9000):
        hand_in(tmp_path / "in", "ada", f"{LESSON}.ipynb", solved(released(course)), when=when)
        collect(tmp_path / "in", course)
    stamp = (course.submitted / "ada" / LESSON / "timestamp.txt").read_text()
    assert stamp.startswith("1970-01-01 00:33:20") and len(kept(course, "ada")) == 1


def test_a_refusal_is_forgotten_once_the_mended_file_comes(course, tmp_path):
    bad = hand_in(tmp_path / "in", "ada", f"{LESSON}.ipynb", released(course))
    good = bad.read_bytes()
    bad.write_bytes(good[:100])
    assert collect(tmp_path / "in", course)[0].verdict == "refused"
    bad.write_bytes(b"")
    collect(tmp_path / "in", course)
    assert ["empty" in r["notes"][0] for r in json.loads(course.collected.read_text())] == [True]
    bad.write_bytes(good)
    collect(tmp_path / "in", course)
    assert [r["verdict"] for r in json.loads(course.collected.read_text())] == ["accepted"]


def test_links_are_not_followed_and_large_files_not_taken(course, tmp_path):
    secret = write_nb(tmp_path / "outside" / f"{LESSON}.ipynb", released(course))
    ada = tmp_path / "in" / "ada"
    ada.mkdir(parents=True)
    (ada / f"{LESSON}.ipynb").symlink_to(secret)
    (ada / "more").symlink_to(secret.parent)
    (tmp_path / "in" / "linked").symlink_to(secret.parent)
    hand_in(tmp_path / "in", "bo", f"{LESSON}.ipynb", released(course)).write_bytes(b" " * (TOO_LARGE + 1))
    receipts = collect(tmp_path / "in", course)
    assert [(r.student, r.verdict) for r in receipts] == [("ada", "refused"), ("bo", "refused")]
    assert "link" in receipts[0].notes[0] and "20 MB" in receipts[1].notes[0]
    assert not course.submitted.exists()


def test_one_notebook_or_one_students_folder_is_enough(course, tmp_path):
    path = hand_in(tmp_path, "ada", f"{LESSON}.ipynb", released(course))
    assert [r.student for r in collect(path, course)] == ["ada"]
    assert [r.student for r in collect(path.parent, course)] == ["ada"]


def test_loose_notebooks_missing_folders_and_archives_stop_with_one_sentence(course, tmp_path):
    hand_in(tmp_path / "in", "ada", f"{LESSON}.ipynb", released(course))
    write_nb(tmp_path / "in" / "whose.ipynb", released(course))
    (tmp_path / "all.zip").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    for source, words in [
        ("in", "whose.ipynb"),
        ("nowhere", "no "),
        ("all.zip", "unpack"),
        ("empty", "nothing"),
    ]:
        with pytest.raises(Stop, match=words):
            collect(tmp_path / source, course)


def test_the_course_is_found_upward_or_by_its_variable_or_not_at_all(built, tmp_path, monkeypatch):
    monkeypatch.delenv("TRANSFORMER_LESSONS", raising=False)
    assert Course.find(built.lessons / LESSON) == Course(built.root)
    assert built.lesson_ids() == [LESSON, OTHER]
    with pytest.raises(Stop, match="No course found"):
        Course.find(tmp_path)
    monkeypatch.setenv("TRANSFORMER_LESSONS", str(built.root))
    assert Course.find(tmp_path).root == built.root
    assert built.db_url == f"sqlite:///{built.root}/autograder/class/gradebook.db"


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    path = tmp_path / "grades.json"
    write_atomically(path, "old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, "new")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_nbgrader_passes_the_original_files_over(tmp_path):
    course = small_course(tmp_path / "course")
    hand_in(tmp_path / "in", "ada", "Copy of 01_sums.ipynb", as_colab_saves(solved(released(course))))
    collect(tmp_path / "in", course)
    api = nbgrader_api(course)
    graded = api.autograde(LESSON, "ada")
    assert graded["success"], graded["log"]
    assert api.generate_feedback(LESSON, "ada")["success"]
    assert {p.name for p in (course.autograded / "ada").rglob("*") if p.is_file()} == {
        f"{LESSON}.ipynb",
        "timestamp.txt",
    }
    assert {p.name for p in (course.feedback / "ada").rglob("*") if p.is_file()} == {
        f"{LESSON}.html",
        "timestamp.txt",
    }
    with api.gradebook as gradebook:
        assert gradebook.find_submission(LESSON, "ada").score == 5


def test_a_cell_that_colab_marked_is_read_at_once_however_much_nothing_is_in_it():
    marked = {"cell_type": "markdown", "id": "a", "metadata": {"id": "view-in-github"}, "source": " " * 2_000_000 + "x"}
    nb, _ = clean(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [marked]}))
    assert nb.cells[0].source == marked["source"]
