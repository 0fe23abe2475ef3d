"""The whole way of a trained model: from a student's folder or zip to nbgrader's points, feedback and class page."""

import os
import zipfile
from pathlib import Path

import nbformat
import pytest
from conftest import need
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade
from small_course import ADD, SEALED, TEST_ADD, cell, graded, lesson_source, nbgrader_api, small_course, write_nb
from test_cluster import distributed, scheduler, worker
from tiny_submission import NAME, tiny_model

from autograder.course import Course
from autograder.demo.models import disturbed_model, trained_model
from autograder.grading import task
from autograder.grading.run import grade, prepare
from autograder.grading.translator import sealed
from autograder.grading.translator.expected import LARGEST, expected_files
from autograder.intake.collect import collect
from autograder.intake.exports.unpack import unpack
from autograder.nbgrader_api import autograde, feedback
from autograder.returns.class_page.report import write_report
from classroom.submission import goals

LESSON = "03_translator"
WHEN = 1_760_000_000
NOT_COPIED = 'c.CourseDirectory.ignore = ["original", "*.safetensors"]  # as nbgrader_config.py of the course says\n'


def source() -> nbformat.NotebookNode:
    training = new_code_cell("submit_model(no_name, that_grading, has)")
    training.metadata["tags"] = ["training"]
    cells = [
        new_markdown_cell("# A translator\nA lesson that asks for a trained model."),
        new_code_cell("from classroom.submission import check_model, submit_model"),
        graded(new_code_cell(ADD), "add", solution=True),
        graded(new_code_cell(TEST_ADD), "test_add", points=2),
        training,
        graded(new_code_cell(f'check_model("{NAME}")'), "test_model", points=goals.POINTS),
    ]
    for number, one in enumerate(cells):
        one["id"] = one.metadata.get("nbgrader", {}).get("grade_id", f"m-{number}")
    return new_notebook(cells=cells, metadata=lesson_source().metadata)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Course:
    course = small_course(tmp_path_factory.mktemp("translator") / "course", SEALED + NOT_COPIED)
    write_nb(course.solutions / LESSON / f"{LESSON}.ipynb", source())
    done = nbgrader_api(course).generate_assignment(LESSON)
    assert done["success"], done["log"]
    return course


@pytest.fixture
def course(built, tmp_path) -> Course:
    return Course(built.root, tmp_path / "class")


def solved(course: Course, answer: str = "def add(a, b):\n    return a + b") -> nbformat.NotebookNode:
    nb = nbformat.read(course.lesson(LESSON), as_version=4)
    cell(nb, "add").source = answer
    return nb


def hand_in(folder: Path, nb: nbformat.NotebookNode, model: bytes | None, name: str = NAME, when: int = WHEN) -> None:
    write_nb(folder / f"{LESSON}.ipynb", nb)
    if model is not None:
        (folder / name).write_bytes(model)
    for path in folder.iterdir():
        os.utime(path, (when, when))


def points(course: Course, student: str) -> dict[str, float]:
    with Gradebook(course.db_url) as book:
        found = book.find_submission(LESSON, student).notebooks[0].grades
        return {one.name: one.score for one in found}


def page(course: Course, student: str) -> str:
    return (course.feedback / student / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")


def expected_points(model: bytes, student: str) -> float:
    return sealed.judged({NAME: model}, f"{student}/{LESSON}", NAME).points


CRASHES = "import os\nos._exit(3)"


def test_a_class_with_models_of_every_kind_is_graded_each_on_its_own(course, tmp_path):
    """The points and the words reach gradebook, feedback pages and class page; none stops another."""
    source_folder, part = tmp_path / "in", disturbed_model()
    models = {"ada": trained_model(), "bo": part, "cy": None, "di": b"PK\x03\x04 a renamed pickle", "eve": part}
    for student, model in models.items():
        hand_in(source_folder / student, solved(course, CRASHES) if student == "eve" else solved(course), model)
    receipts = {receipt.student: receipt for receipt in collect(source_folder, course)}
    assert {receipt.verdict for receipt in receipts.values()} == {"accepted"}
    missing = f"There is no {NAME} beside the notebook: 0 points where it is asked for, ask the student."
    assert receipts["cy"].notes == [missing] and receipts["ada"].notes == []
    results = {result.student: result for result in grade(course, LESSON)}
    assert [result.reason for result in results.values()] == [""] * 5
    assert points(course, "ada") == {"test_add": 2, "test_model": goals.POINTS}
    assert points(course, "bo") == {"test_add": 2, "test_model": expected_points(part, "bo")}
    assert points(course, "cy") == points(course, "di") == {"test_add": 2, "test_model": 0}
    assert points(course, "eve") == {"test_add": 0, "test_model": expected_points(part, "eve")}
    assert 0 < results["bo"].score - 2 < goals.POINTS
    assert "4 of 4 goals" in page(course, "ada") and "the goal is 93 %; 1 of 1 point" in page(course, "ada")
    assert f"{NAME} could not be judged. There is no such file beside the notebook." in page(course, "cy")
    assert "It is a pickle" in page(course, "di")
    assert not list(course.class_dir.glob(f"autograded/**/{NAME}")), "a model is not copied along"
    class_page = write_report(course, [LESSON]).read_text(encoding="utf-8")
    assert f"{NAME} could not be judged. It is a pickle" in class_page and "ask the student" in class_page
    assert missing in class_page and "no such file" not in class_page, "said once"


def test_nbgraders_own_commands_say_the_same_as_ours(course, tmp_path):
    part = disturbed_model()
    hand_in(tmp_path / "in" / "ada", solved(course), part)
    hand_in(tmp_path / "in" / "bo", solved(course), None)
    collect(tmp_path / "in", course)
    prepare(course, LESSON)
    for student in ("ada", "bo"):
        autograde(course, LESSON, student)
        feedback(course, LESSON, student)
    assert points(course, "ada") == {"test_add": 2, "test_model": expected_points(part, "ada")}
    assert points(course, "bo") == {"test_add": 2, "test_model": 0}
    assert "exact match, new combinations" in page(course, "ada")


def test_a_worker_of_a_cluster_is_sent_the_model_and_says_the_same(course, tmp_path):
    need(distributed, "Dask's distributed is not installed.")
    part = disturbed_model()
    hand_in(tmp_path / "in" / "ada", solved(course), part)
    collect(tmp_path / "in", course)
    with scheduler(course.root) as address, worker(course.root, address, tmp_path / "a"):
        [result] = grade(course, LESSON, cluster=address)
    assert result.reason == ""
    assert points(course, "ada") == {"test_add": 2, "test_model": expected_points(part, "ada")}


def test_the_files_are_the_examiners_and_no_cell_of_the_students_sees_them(course):
    """Nor does a check_model of the student's own count."""
    look = f"""import glob, os
def add(a, b):
    seen = [p for p in glob.glob("**/{NAME}", recursive=True)] + glob.glob("/tmp/**/{NAME}", recursive=True)
    raise RuntimeError(f"seen: {{seen}}")
check_model = lambda name: 4.0
import classroom.submission.judgement
classroom.submission.judgement.ANSWER = lambda name: 1 / 0
"""
    released = nbformat.read(course.lesson(LESSON), as_version=4)
    done = task.grade(
        task.exam_paper(course, LESSON),
        nbformat.writes(solved(course, look)).encode(),
        LESSON,
        "ada",
        course=course,
        files={NAME: tiny_model()},
    )
    graded_nb = nbformat.reads(done.notebook.decode(), as_version=4)
    scores = {name: determine_grade(cell(graded_nb, name))[0] for name in ("test_add", "test_model")}
    assert scores == {"test_add": 0, "test_model": 0}
    assert "seen: []" in cell(graded_nb, "test_add").outputs[-1].evalue
    assert "0 of 4 goals" in str(cell(graded_nb, "test_model").outputs)
    assert expected_files(released) == (NAME,)


def test_only_locked_graded_cells_say_which_files_belong_to_a_lesson():
    nb = new_notebook(
        cells=[
            new_code_cell('check_model("mine.safetensors")'),
            graded(new_code_cell('check_model("../../gradebook.db")'), "a", points=1),
            graded(new_code_cell("%time check_model('no.safetensors')"), "b", points=1),
            graded(new_code_cell("check_model(name)\ncheck_model()"), "c", points=1),
        ]
    )
    assert expected_files(nb) == ("gradebook.db",)


def test_a_file_with_a_name_that_downloading_changed_is_taken_and_the_newest_counts(course, tmp_path):
    folder = tmp_path / "in" / "ada"
    hand_in(folder, solved(course), b"old")
    newer = folder / "translator (1).safetensors"
    newer.write_bytes(b"new")
    os.utime(newer, (WHEN + 60, WHEN + 60))
    (folder / "other.safetensors").write_bytes(b"other")
    (folder / "translator.pt").write_bytes(b"pickle")
    [receipt] = collect(tmp_path / "in", course)
    assert receipt.notes == [
        "Left aside, no lesson asks for it: other.safetensors, translator.pt.",
        f"translator (1).safetensors was taken for {NAME}.",
    ]
    stored = course.submitted / "ada" / LESSON
    assert (stored / NAME).read_bytes() == b"new"
    assert (stored / "timestamp.txt").read_text().startswith("2025-10-09 08:54:20"), "a newer model is graded again"


def test_a_link_and_a_file_that_is_far_too_large_are_not_taken(course, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(trained_model())
    hand_in(tmp_path / "in" / "ada", solved(course), None)
    (tmp_path / "in" / "ada" / NAME).symlink_to(secret)
    hand_in(tmp_path / "in" / "bo", solved(course), None)
    with open(tmp_path / "in" / "bo" / NAME, "wb") as file:
        file.truncate(2**40)  # a hole of a terabyte: nobody may read it to its end
    ada, bo = collect(tmp_path / "in", course)
    assert ada.notes == [
        f"{NAME} is a link or can not be read, and was not taken: 0 points where it is asked for, ask the student."
    ]
    assert bo.notes == [
        f"{NAME} has more than 40 MB, and was not taken: 0 points where it is asked for, ask the student."
    ]
    assert not list(course.submitted.glob(f"*/*/{NAME}"))
    for student in ("ada", "bo"):
        (course.submitted / student / LESSON / NAME).symlink_to(secret)  # even if one gets there
    grade(course, LESSON)
    assert points(course, "ada") == points(course, "bo") == {"test_add": 2, "test_model": 0}


def test_a_model_collected_before_stays_where_only_the_notebook_comes_again(course, tmp_path):
    hand_in(tmp_path / "first" / "ada", solved(course), b"first")
    hand_in(tmp_path / "again" / "ada", solved(course), None, when=WHEN + 60)
    collect(tmp_path / "first", course)
    [receipt] = collect(tmp_path / "again", course)
    assert receipt.notes == [f"There was no {NAME} this time: the one collected before counts."]
    assert (course.submitted / "ada" / LESSON / NAME).read_bytes() == b"first"


def test_a_model_without_its_notebook_is_refused_with_a_word(course, tmp_path):
    nb = nbformat.read(course.lesson("02_words"), as_version=4)
    write_nb(tmp_path / "in" / "ada" / "02_words.ipynb", nb)
    (tmp_path / "in" / "ada" / NAME).write_bytes(b"model")
    words, model = sorted(collect(tmp_path / "in", course), key=lambda receipt: receipt.verdict)
    assert words.lesson == "02_words" and words.notes == []
    assert model.verdict == "refused" and model.lesson == LESSON and model.file == NAME
    assert model.notes[0] == f"It belongs to {LESSON}, whose notebook is not there."


@pytest.mark.parametrize("wrapped", ["", "Hand-in of lesson 3/"])
def test_a_zip_of_the_class_and_zips_in_students_folders_are_collected(course, tmp_path, wrapped):
    hand_in(tmp_path / "ada", solved(course), b"ada's")
    hand_in(tmp_path / "bo", solved(course), b"bo's")
    with zipfile.ZipFile(tmp_path / "bo.zip", "w") as inner:
        for path in (tmp_path / "bo").iterdir():
            inner.write(path, f"my files/{path.name}")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as outer:
        for path in (tmp_path / "ada").iterdir():
            outer.write(path, f"{wrapped}ada/{path.name}")
        outer.write(tmp_path / "bo.zip", f"{wrapped}bo/bo.zip")
        outer.writestr("__MACOSX/ada/x", b"")
    receipts = collect(tmp_path / "class.zip", course)
    assert [(r.student, r.lesson, r.verdict, r.notes) for r in receipts] == [
        ("ada", LESSON, "accepted", []),
        ("bo", LESSON, "accepted", []),
    ]
    for student in ("ada", "bo"):
        assert (course.submitted / student / LESSON / NAME).read_bytes() == f"{student}'s".encode()
        time = (course.submitted / student / LESSON / "timestamp.txt").read_text()
        assert time.startswith("2025-10-09 08:53:20"), "the file's own time, as the zip keeps it"


def test_a_zip_can_neither_leave_its_folder_nor_fill_the_disk(course, tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../outside", b"x")
        archive.writestr("/etc/outside", b"x")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr(f"ada/{NAME}", bytes(3 * LARGEST))
    room = tmp_path / "room"
    unpack(tmp_path / "x.zip", room)
    assert [path for path in room.rglob("*") if not path.is_dir()] == [room / "ada" / NAME]
    assert (room / "ada" / NAME).stat().st_size == LARGEST + 1 and not (tmp_path / "outside").exists()
    monkeypatch.setattr("autograder.intake.exports.unpack.MOST_BYTES", 1000)
    hand_in(tmp_path / "in" / "bo", solved(course), None)
    os.rename(tmp_path / "x.zip", tmp_path / "in" / "bo" / "x.zip")
    (tmp_path / "in" / "bo" / "y.zip").write_bytes(b"PK no zip")
    refused = [receipt for receipt in collect(tmp_path / "in", course) if receipt.verdict == "refused"]
    assert [(receipt.file, receipt.notes[0][:30]) for receipt in refused] == [
        ("x.zip", "The zip holds more than 0 GB."),
        ("y.zip", "The zip cannot be unpacked (Fi"),
    ]
