"""Late penalties, and grading again after a fixed test: nothing is touched but what changes."""

from __future__ import annotations

import json
import os
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from small_class import ANSWERS, by_hand, hand_in, left_behind
from small_course import LESSON, SEALED, cell, small_course, write_nb

from autograder import nbgrader_api
from autograder.cli import main
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.run import grade
from autograder.returns.grades.due import moment
from autograder.returns.grades.late import LatePenalty

RULE = """
c.AssignLatePenalties.plugin_class = "autograder.returns.grades.late.LatePenalty"
c.LatePenalty.grace_minutes = 15
c.LatePenalty.share_per_day = 0.1
c.LatePenalty.floor = 0.5
"""
WRONG, RIGHT = "assert mean([9]) == 10", "assert mean([9]) == 9"
DUE = "2026-10-10 21:00 Asia/Seoul"  # noon in UTC


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course with a fault in a hidden test, and its class, graded: ada on time, bo a day and a half late, di two."""
    course = small_course(tmp_path_factory.mktemp("grades") / "course", SEALED + RULE)
    write_test(course, WRONG)
    for student, day in (("ada", 10), ("bo", 12), ("di", 12)):
        hand_in(course, student, ANSWERS["di"] if student == "di" else {}, day)
    grade(course, LESSON)
    return course


@pytest.fixture
def of_class(graded, tmp_path, monkeypatch):
    monkeypatch.chdir(graded.root)
    write_test(graded, WRONG)
    shutil.copytree(graded.class_dir, tmp_path / "class")
    return Course(graded.root, tmp_path / "class")


def write_test(course, line):
    path = course.solutions / LESSON / f"{LESSON}.ipynb"
    nb = nbformat.read(path, as_version=4)
    test = cell(nb, "test_mean")
    test.source = test.source.replace(RIGHT, line).replace(WRONG, line)
    when = path.stat().st_mtime_ns
    write_nb(path, nb)
    os.utime(path, ns=(when, when))  # or the processes that grade would be started anew


def command(of_class, *words):
    return main(["--class-dir", str(of_class.class_dir), *words])


def standing(of_class, student):
    """Score, penalty, and whether it waits for a person."""
    with Gradebook(of_class.db_url) as book:
        found = book.find_submission(LESSON, student)
        return found.score, found.late_submission_penalty, found.needs_manual_grade


def files(of_class, *but):
    rooms = (of_class.autograded, of_class.feedback)
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for room in rooms
        for path in room.rglob("*")
        if path.is_file() and path.relative_to(room).parts[0] not in but
    }


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("2026-12-01 23:59 Asia/Seoul", "2026-12-01T14:59:00+00:00"),
        ("2026-07-01 09:00:30 America/New_York", "2026-07-01T13:00:30+00:00"),  # in summer time
        ("2026-12-01 9:00 America/New_York", "2026-12-01T14:00:00+00:00"),  # and not
        ("2026-12-01T23:59+09:00", "2026-12-01T14:59:00+00:00"),
        ("2026-10-25 02:30 +01:00", "2026-10-25T01:30:00+00:00"),
        ("2026-12-01 23:59 Z", "2026-12-01T23:59:00+00:00"),
    ],
)
def test_a_due_date_is_the_moment_that_was_meant(said, wanted):
    assert moment(said).isoformat() == wanted


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("2026-12-01 23:59", "which time zone"),
        ("2026-12-01 23:59 EST", "no time zone"),
        ("2026-12-01 23:59 Asia/Nowhere", "no time zone"),
        ("2026-03-29 02:30 Europe/Berlin", "does not exist"),
        ("2026-10-25 02:30 Europe/Berlin", "comes twice"),
        ("2026-11-31 12:00 UTC", "no such day"),
        ("next Friday", "is no time"),
    ],
)
def test_a_due_date_that_is_no_single_moment_is_refused(said, reason):
    with pytest.raises(Stop, match=reason):
        moment(said)


def test_the_share_lost_grows_with_each_day_begun_after_the_grace_and_ends_at_the_floor():
    rule = LatePenalty(grace_minutes=15, share_per_day=0.1, floor=0.5)
    day = 86400
    lost = {s: rule.late_submission_penalty("ada", 20, s) for s in (1, 900, 901, day, day + 901, 4 * day, 30 * day)}
    assert lost == {1: None, 900: None, 901: 2, day: 2, day + 901: 4, 4 * day: 8, 30 * day: 10}
    assert LatePenalty().late_submission_penalty("ada", 20, 30 * day) is None
    assert LatePenalty(penalty_method="zero").late_submission_penalty("ada", 20, 1) == 20


def test_a_due_date_takes_points_off_the_late_without_grading_anybody_again(of_class, capsys):
    before = files(of_class)
    assert command(of_class, "due", LESSON, DUE) == 0
    assert "2 submissions changed: bo, di" in capsys.readouterr().out
    assert [standing(of_class, one)[1] for one in ("ada", "bo", "di")] == [0, pytest.approx(0.4), pytest.approx(0.4)]
    after = files(of_class)
    changed = {path.relative_to(of_class.class_dir).parts[:2] for path in after if after[path] != before[path]}
    assert changed == {("feedback", "bo"), ("feedback", "di")}
    page = of_class.feedback / "bo" / LESSON / f"{LESSON}.html"
    assert "penalty" in page.read_text()
    assert command(of_class, "due") == 0
    assert f"{LESSON:<28}2026-10-10 12:00:00 UTC" in capsys.readouterr().out
    by_hand(of_class, "bo", 1)
    assert command(of_class, "due", "--again") == 0 and standing(of_class, "bo")[1] == pytest.approx(0.6)
    with Gradebook(of_class.db_url) as book:  # bo, who was ill, gets two days more
        book.find_submission(LESSON, "bo").extension = moment("2026-10-12 12:00 UTC") - moment("2026-10-10 12:00 UTC")
        book.db.commit()
    assert command(of_class, "due", LESSON, "2026-10-09 12:00 UTC") == 0
    assert [standing(of_class, one)[1] for one in ("ada", "bo", "di")] == pytest.approx([0.2, 0.3, 0.6])
    assert command(of_class, "due", LESSON, "none") == 0 and standing(of_class, "bo")[1] == 0


def test_where_being_late_costs_nothing_the_command_says_so(of_class, capsys):
    command(of_class, "due", LESSON, DUE)
    assert "Nothing is lost" not in capsys.readouterr().out
    config = of_class.root / "nbgrader_config.py"
    before = config.read_text()
    try:
        config.write_text(before.replace("share_per_day = 0.1", "share_per_day = 0"))
        command(of_class, "due", LESSON, DUE)
    finally:
        config.write_text(before)
    assert "Nothing is lost" in capsys.readouterr().out and not standing(of_class, "di")[1]


def test_nbgraders_own_autograde_takes_the_same_points_off(of_class):
    command(of_class, "due", LESSON, DUE)
    before = standing(of_class, "di")
    nbgrader_api.autograde(of_class, LESSON, "di", again=True)
    assert standing(of_class, "di") == before and before[1] == pytest.approx(0.4)


def test_after_a_fixed_test_only_what_changes_is_shown_then_written(of_class, capsys):
    """di failed the test and still does: its files stay to the byte, and it is not graded a third time."""
    command(of_class, "due", LESSON, DUE)
    by_hand(of_class, "bo", 0.5)
    with Gradebook(of_class.db_url) as book:
        book.find_grade("test_add", LESSON, LESSON, "bo").extra_credit = 1
        book.db.commit()
    command(of_class, "due", LESSON, "--again")
    before, everything = files(of_class), left_behind(of_class)
    assert standing(of_class, "bo") == (3.5, pytest.approx(0.7), False)
    write_test(of_class, RIGHT)
    capsys.readouterr()

    assert command(of_class, "regrade") == 0
    shown = capsys.readouterr().out
    assert "  ada                 2 -> 5 of 6\n    test_mean                 0 -> 3 of 3\n" in shown
    assert "  bo                  2.8 -> 5.2 of 6\n" in shown and "di" not in shown
    assert "3 graded again, 2 with another result" in shown and "Nothing is written" in shown
    assert files(of_class) == before and left_behind(of_class) == everything

    assert command(of_class, "regrade", "--apply") == 0
    assert "2 written" in capsys.readouterr().out
    assert standing(of_class, "bo") == (6.5, pytest.approx(1.3), False)
    after = files(of_class)
    changed = {path.relative_to(of_class.class_dir).parts[1] for path in after if after[path] != before[path]}
    assert changed == {"ada", "bo"} and after.keys() == before.keys()
    was, now = everything["bo", LESSON, LESSON], left_behind(of_class)["bo", LESSON, LESSON]
    assert now[1] == was[1] and "Well said." in str(now[1]), "the comments"

    assert command(of_class, "regrade", "--apply") == 0
    assert "0 graded again, 0 with another result; 3 are of today's paper." in capsys.readouterr().out
    assert command(of_class, "regrade", "--all", "--student", "di", "--json") == 0
    (di,) = json.loads(capsys.readouterr().out)
    assert di["student"] == "di" and not di["points"] and not di["words"]
    assert files(of_class) == after


def test_who_handed_in_since_is_left_to_grade_and_a_failure_keeps_the_old_result(of_class, capsys):
    write_test(of_class, RIGHT)
    hand_in(of_class, "ada", {}, 20)
    (of_class.submitted / "bo" / LESSON / f"{LESSON}.ipynb").write_text("{damaged")
    before = files(of_class)
    assert command(of_class, "regrade", "--apply") == 1
    said = capsys.readouterr().out
    assert "ada, 01_sums: not graded yet, or handed in again since" in said and "does not appear to be JSON" in said
    assert standing(of_class, "bo")[0] == 2 and files(of_class) == before
