"""The class page of a whole term: times, late ones, a leaderboard, a table, and one run beside another."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import nbformat
import pytest
from nbformat.v4 import new_output
from small_class import by_hand, hand_in, with_deadline
from small_course import JUDGED, LESSON, REBUILD, cell, nbgrader_api, small_course

from autograder.cli import main
from autograder.course import VARIABLE, Course
from autograder.errors import Stop
from autograder.returns.class_page.pictures.times import LATE, by_date, by_hour
from autograder.returns.class_page.report import write_report
from autograder.spreadsheet import as_text

FORMULA = "=HYPERLINK(1)"
STUDENTS = {"ada": ({}, 8), "bo": ({"add": "def add(a, b):\n    return a - b\n"}, 12), FORMULA: ({}, 9)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Course:
    """Three students, due on the tenth: bo is late and subtracts. ada and bo handed in a trained model."""
    course = small_course(tmp_path_factory.mktemp("course"), REBUILD + JUDGED)
    with_deadline(course)
    for student, (answers, day) in STUDENTS.items():
        hand_in(course, student, answers, day)
    api = nbgrader_api(course)
    assert api.autograde(LESSON, "*")["success"]
    with api.gradebook as gradebook:
        gradebook.update_or_create_student("ada", first_name="Ada", last_name="<Lovelace>")
    for student, exact in (("ada", 61.5), ("bo", 88.25)):
        path = course.autograded / student / LESSON / f"{LESSON}.ipynb"
        nb = nbformat.read(path, as_version=4)
        verdict = {"exercise": "model", "mistakes": [], "measured": {"exact match": exact, "BLEU": exact + 1}}
        shown = {"application/vnd.transformer-lessons.verdict+json": verdict}
        cell(nb, "test_mean").outputs.append(new_output("display_data", shown))
        path.chmod(0o644)
        nbformat.write(nb, path)
    return course


def lesson_in(course: Course) -> dict:
    return json.loads((course.class_dir / "report.json").read_text())["lessons"][0]


def test_the_page_draws_when_it_was_handed_in_and_who_was_late(graded):
    page = write_report(graded, [LESSON]).read_text()
    late = {row["student"]: row["hours_late"] for row in lesson_in(graded)["rows"]}
    assert late == {"ada": -36.0, "bo": 60.0, FORMULA: -12.0}
    assert "2 in time, 1 submission late." in page and "1 came on the last day." in page
    assert "3 submissions by date, 1 of them late" in page and ">due</text>" in page


@pytest.mark.parametrize("hours", [0, 3, 50, 500, 5000])
def test_every_submission_is_in_both_pictures_once_however_long_the_time(hours):
    due = datetime(2026, 10, 10, tzinfo=UTC)
    moments = [due - timedelta(hours=hours * k / 7) for k in range(8)] + [due + timedelta(hours=hours)]
    late = [moment > due for moment in moments]
    for svg in (by_date(moments, late, due, "a"), by_date(moments, late, None, "b"), by_hour(moments, "c")):
        bars = [int(n) for n in re.findall(r'class="n"[^>]*>(\d+)<', svg)]
        assert sum(bars) == 9 and len(bars) <= 26
        drawn = re.findall(r'<rect x="([-\d.]+)" width="([\d.]+)".*?fill="(#\w+)"', svg)
        assert all(0 <= float(x) < 640 and float(width) > 18 for x, width, _ in drawn), "too many bars, or one outside"
        for at in re.findall(r'<line x1="([\d.]+)"[^>]*dasharray', svg):
            assert all((float(x) >= float(at)) == (fill == LATE) for x, _, fill in drawn), "not on its side of the line"


def test_the_leaderboard_ranks_models_and_names_nobody_unless_asked(graded):
    page = write_report(graded, [LESSON]).read_text()
    board = page[page.index("Trained models") : page.index("<h2>Students")]
    assert board.index("88.2") < board.index("61.5") and "ada" not in board and "bo<" not in board
    models = lesson_in(graded)["models"]
    assert [(m["rank"], m["student"]) for m in models] == [(1, None), (2, None)]
    page = write_report(graded, [LESSON], with_names=True).read_text()
    board = page[page.index("Trained models") : page.index("<h2>Students")]
    assert "ada" in board and "Ada &lt;Lovelace&gt;" in board
    assert "Lovelace" not in write_report(graded, [LESSON]).read_text()


def test_the_table_has_a_row_for_each_exercise_and_no_formula(graded):
    page = write_report(graded, [LESSON])
    raw = page.with_suffix(".csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel takes it for another encoding"
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 9 and {row["student"] for row in rows} == {"ada", "bo", f"'{FORMULA}"}
    [wrong] = [row for row in rows if row["misconceptions"]]
    assert (wrong["student"], wrong["exercise"], wrong["points"], wrong["of"]) == ("bo", "add", "0.0", "2.0")
    assert wrong["misconceptions"] == "Subtracts instead of adding" and float(wrong["hours_late"]) == 60
    for text in ("=1", "+1", "-1", "@a", "\t=1", " =1"):
        assert as_text(text) == f"'{text}"
    assert as_text("a=1") == "a=1"


def test_two_runs_are_compared_student_by_student_with_the_reason(graded, tmp_path, monkeypatch):
    write_report(graded, [LESSON])
    older = tmp_path / "before.json"
    older.write_bytes((graded.class_dir / "report.json").read_bytes())
    assert "Nothing has changed." in write_report(graded, [LESSON], older).read_text()

    by_hand(graded, "ada", 1)
    hand_in(graded, "bo", {"add": "def add(a, b):\n    return a + b  # mended\n"}, 13)
    api = nbgrader_api(graded)
    assert api.autograde(LESSON, "bo", force=True)["success"]
    page = write_report(graded, [LESSON], older).read_text()
    [change] = json.loads((graded.class_dir / "report.json").read_text())["compared"]["lessons"]
    assert [(s["student"], s["before"], s["now"]) for s in change["students"]] == [("ada", 5, 6), ("bo", 3, 5)]
    assert change["students"][0]["why"] == ["`why` was graded by hand: 1."]
    assert set(change["students"][1]["why"]) == {
        "Handed in again.", "`add`: 0, now 2.", "No longer: Subtracts instead of adding."
    }  # fmt: skip
    exercises = [(e["title"], e["before"], e["now"]) for e in change["exercises"]]
    assert exercises == [("add", [2, 3], [3, 3]), ("why", [0, 0], [1, 1])] and change["unchanged"] == 1
    assert "Since <code>before.json</code>" in page and "2 students gained points, 0 lost some" in page

    monkeypatch.setenv(VARIABLE, str(graded.root))
    monkeypatch.chdir(tmp_path)
    assert main(["report", LESSON, "--compare", str(older), "--names"]) == 0
    assert "Since <code>before.json</code>" in (graded.class_dir / "report.html").read_text()


@pytest.mark.parametrize("content", [None, "{", "[]", '{"lessons": [{"id": "x"}]}'])
def test_a_file_that_is_no_report_is_refused_in_a_sentence(graded, tmp_path, content):
    write_report(graded, [LESSON])
    before = (graded.class_dir / "report.json").read_bytes()
    older = tmp_path / "old.json"
    if content is not None:
        older.write_text(content)
    with pytest.raises(Stop, match=r"old.json .*give the report.json"):
        write_report(graded, [LESSON], older)
    assert (graded.class_dir / "report.json").read_bytes() == before
