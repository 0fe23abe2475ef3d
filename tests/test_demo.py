"""The whole way of a class, by the command that the README names, with real nbgrader."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.course import Course
from autograder.grading.run import grade
from autograder.intake.collect import collect
from classroom.submission.goals import POINTS

LESSON = "04_self_attention"
TRANSLATOR = "09_train_a_translator"
FULL = 18  # of 20: the explain question waits for a person
STUDENTS = ["ada", "ben", "chloe", "dmitri", "eunji", "farid", "grace", "hiro", "ines", "jonas", "kim", "lena"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """`autograder demo`, once, in a class folder of its own."""
    folder = tmp_path_factory.mktemp("class")
    command = [sys.executable, "-m", "autograder.cli", "--class-dir", str(folder), "demo"]
    done = subprocess.run(command, cwd=Course.find().root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    course = Course(Course.find().root, folder / "demo")
    graded = json.loads((course.class_dir / "graded.json").read_text())
    return course, {entry["student"]: entry for entry in graded if entry["lesson"] == LESSON}, done


def on_the_page(course):
    """What the class page's data say of the lesson that all twelve handed in."""
    lessons = json.loads((course.class_dir / "report.json").read_text())["lessons"]
    return next(lesson for lesson in lessons if lesson["id"] == LESSON)


def autograded(course, student):
    return nbformat.read(course.autograded / student / LESSON / f"{LESSON}.ipynb", as_version=4)


def feedback(course, student):
    return (course.feedback / student / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")


def test_every_one_of_the_twelve_ends_with_a_score(demo):
    _, results, done = demo
    assert sorted(results) == STUDENTS
    assert all(entry["points"] == 20 and entry["reason"] == "" for entry in results.values())
    assert all(re.search(rf"^{student} +\d+ of 20", done.stdout, re.M) for student in STUDENTS)
    assert done.stderr == ""


def test_the_trained_models_of_the_last_lesson_are_graded_a_good_one_a_poor_one_and_none(demo):
    course, _, _ = demo
    points = {}
    with Gradebook(course.db_url) as book:
        for student in ("ada", "chloe", "grace"):
            found = book.find_submission(TRANSLATOR, student).notebooks[0].grades
            points[student] = next(one.score for one in found if one.name == "test_model")
    assert points["ada"] == POINTS and 0 < points["chloe"] < POINTS and points["grace"] == 0
    page = (course.feedback / "chloe" / TRANSLATOR / f"{TRANSLATOR}.html").read_text(encoding="utf-8")
    assert "exact match, new combinations" in page
    assert "There is no translator.safetensors" in (course.class_dir / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("student", ["ada", "ben", "jonas", "kim", "lena"])
def test_right_work_gets_full_marks_however_it_arrives(demo, student):
    _, results, _ = demo
    assert results[student]["score"] == FULL


@pytest.mark.parametrize(
    "student, lost",
    [("chloe", {"test_attention", "test_masked_attention", "test_SelfAttention"}), ("farid", {"test_SelfAttention"}),
     ("dmitri", {"test_masked_attention", "test_SelfAttention"}),
     ("ines", {"test_attention", "test_masked_attention", "test_SelfAttention"}),
     ("hiro", {"test_attention_by_word"})],
)  # fmt: skip
def test_a_mistake_costs_the_points_of_the_exercises_it_reaches_and_no_more(demo, student, lost):
    course, results, _ = demo
    points = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in autograded(course, student).cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert results[student]["score"] == FULL - sum(points[grade_id] for grade_id in lost)


def test_unfinished_work_keeps_the_points_of_what_is_there(demo):
    _, results, _ = demo
    assert results["grace"]["score"] == 9


@pytest.mark.parametrize("lesson_id", [name for name in Course.find().lesson_ids() if name != LESSON])
def test_every_other_lesson_is_graded_too(demo, lesson_id):
    course, _, _ = demo
    graded = json.loads((course.class_dir / "graded.json").read_text())
    scores = {entry["student"]: entry for entry in graded if entry["lesson"] == lesson_id}
    assert sorted(scores) == ["ada", "chloe", "grace"]
    assert all(entry["reason"] == "" for entry in scores.values())
    master = nbformat.read(course.lesson(lesson_id), as_version=4)
    by_machine = sum(
        cell.metadata.nbgrader.points
        for cell in master.cells
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
    )
    assert scores["ada"]["score"] == by_machine and scores["ada"]["waiting"]
    assert scores["chloe"]["score"] < by_machine
    assert 0 < scores["grace"]["score"] < by_machine


def test_the_class_page_names_who_holds_which_mistake(demo):
    course, _, _ = demo
    lesson = on_the_page(course)
    held = {mistake["id"]: mistake["students"] for mistake in lesson["misconceptions"]}
    assert held["softmax-queries"] == ["chloe", "ines"] and held["fill-zero"] == ["dmitri"]
    assert held["no-scale"] == ["eunji"] and held["dropout-always"] == ["farid"]
    page = (course.class_dir / "report.html").read_text(encoding="utf-8")
    assert "softmax over the queries" in page and "<script" not in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)


def test_repairs_are_said_aloud(demo):
    course, _, _ = demo
    lesson = on_the_page(course)
    said = {student: repair["reason"] for repair in lesson["repairs"] for student in repair["students"]}
    assert "`test_scores`" in said["kim"] and "put back" in said["kim"]
    assert "attention" in said["jonas"]
    assert "ines" in said


def test_what_colab_knew_of_the_student_is_dropped(demo):
    course, _, _ = demo
    original = next((course.class_dir / "handed_in" / "ines").glob("*.ipynb")).read_text()
    assert "executionInfo" in original and "userId" in original
    for folder in (course.submitted / "ines" / LESSON, course.autograded / "ines" / LESSON):
        assert "executionInfo" not in (folder / f"{LESSON}.ipynb").read_text()
    assert "userId" not in feedback(course, "ines")


def test_feedback_tells_the_mistake_and_no_hidden_test(demo):
    course, _, _ = demo
    page = feedback(course, "chloe")
    assert "softmax over the queries" in page and "along which dimension does it run" in page
    for student in STUDENTS:
        assert "HIDDEN TESTS" not in feedback(course, student)
        assert "autograder.grading" not in feedback(course, student)


def test_feedback_shows_a_picture_where_a_widget_was(demo):
    course, _, _ = demo
    notebook = autograded(course, "ada")
    [explorer] = [cell for cell in notebook.cells if cell.source.startswith("show.softmax_explorer")]
    picture = explorer.outputs[0].data["image/png"].replace("\n", "")
    assert picture in feedback(course, "ada").replace("\n", "")


def test_one_submission_that_ends_python_keeps_what_was_right_before_and_hurts_no_other(demo, tmp_path):
    course, _, _ = demo
    bad = autograded(course, "lena")
    for cell in bad.cells:
        if cell.id == "scores":
            cell.source = "import os\nos._exit(1)"
    for student, notebook in (("bad", bad), ("good", autograded(course, "ada"))):
        (tmp_path / "in" / student).mkdir(parents=True)
        nbformat.write(notebook, tmp_path / "in" / student / f"{LESSON}.ipynb")
    other = Course(course.root, tmp_path / "class")
    collect(tmp_path / "in", other)
    bad_result, good_result = grade(other, LESSON)
    assert (bad_result.score, bad_result.reason) == (2, "")
    assert good_result.score == FULL
    page = feedback(other, "bad")
    assert "a cell ended Python (with the exit code 1)" in page and "This could not be tested" in page


def test_points_given_by_hand_survive_grading_again_and_reach_the_feedback_page(demo, capsys):
    course, _, _ = demo
    with Gradebook(course.db_url) as book:
        grade_of_ada = book.find_grade("explain", LESSON, LESSON, "ada")
        grade_of_ada.manual_score, grade_of_ada.needs_manual_grade = 1.5, False
        book.find_comment("explain", LESSON, LESSON, "ada").manual_comment = "Clear, and short."
        book.db.commit()
    before = (course.autograded / "ben" / LESSON / f"{LESSON}.ipynb").stat().st_mtime_ns
    assert main(["--class-dir", str(course.class_dir), "grade", LESSON, "--json"]) == 0
    scores = {entry["student"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert scores["ada"]["score"] == FULL + 1.5 and not scores["ada"]["waiting"]
    assert (course.autograded / "ben" / LESSON / f"{LESSON}.ipynb").stat().st_mtime_ns == before
    assert main(["--class-dir", str(course.class_dir), "report", LESSON]) == 0
    assert "Clear, and short." in feedback(course, "ada")
    lesson = on_the_page(course)
    assert {row["student"]: row["total"] for row in lesson["rows"]}["ada"] == FULL + 1.5
