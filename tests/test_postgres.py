"""PostgreSQL as gradebook, by one setting: what several machines grade into it is what one grades into SQLite's."""

from __future__ import annotations

import os
import shutil
import signal
from itertools import count

import pytest
from nbgrader.api import Gradebook
from postgres import database, server
from small_class import ANSWERS, by_hand, ended, grading_child, hand_in, left_behind, outcomes, rows, with_deadline
from small_course import LESSON, SEALED, nbgrader_api, small_course

from autograder.cli import main
from autograder.course import Course
from autograder.grading.many.writer import Writer
from autograder.grading.run import grade, prepare
from autograder.returns.class_page.report import write_report

SETTING = "TRANSFORMER_LESSONS_GRADEBOOK"
CONFIG = f"""{SEALED}
import os
c.LateSubmissionPlugin.penalty_method = "zero"
c.CourseDirectory.course_id = "sums"  # as every course on PostgreSQL needs, which minds its foreign keys
c.CourseDirectory.db_url = os.environ.get({SETTING!r}) or c.CourseDirectory.db_url
"""
INSTANTS = (60, 6, 20, 33)  # changes to disk and database before the first machine is killed
_names = map("class_{}".format, count())


@pytest.fixture(scope="module")
def address():
    with server() as address:
        yield address


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course(tmp_path_factory.mktemp("postgres") / "course", CONFIG)


@pytest.fixture
def machine(course, address, tmp_path, monkeypatch):
    """Class folders that share a new gradebook, by their name."""
    monkeypatch.chdir(course.root)
    monkeypatch.setenv(SETTING, database(address, next(_names)))
    return lambda name: Course(course.root, tmp_path / name)


def on_sqlite(course, folder):
    return Course(course.root, folder, f"sqlite:///{folder}/gradebook.db")


def scores(of_class):
    with Gradebook(of_class.db_url) as book:
        return {s.student.id: s.score for s in book.assignment_submissions(LESSON)}


def test_two_machines_at_once_one_killed_leave_what_one_leaves_in_sqlite(course, machine, tmp_path):
    """bo lies on both; the first is killed at some instant and run again."""
    alone, first, second = on_sqlite(course, tmp_path / "alone"), machine("first"), machine("second")
    assert first.db_url == second.db_url == os.environ[SETTING]
    shares = {alone: ANSWERS, first: ("ada", "bo", "cy"), second: ("bo", "di")}
    for each, students in shares.items():
        for number, (student, answers) in enumerate(ANSWERS.items()):
            if student in students:
                hand_in(each, student, answers, 8 + number)  # the last one is late
    with_deadline(alone)
    with_deadline(first)
    known, wanted = outcomes(alone), left_behind(alone)
    for killed_at in INSTANTS:
        running = [grading_child(first, known, killed_at), grading_child(second, known)]
        assert [ended(*child)[0] for child in running] == [-signal.SIGKILL, 0], killed_at
        assert ended(*grading_child(first, known))[0] == 0
        left = {**left_behind(first), **left_behind(second)}
        for key in wanted:
            if key != "graded.json":
                assert left[key] == wanted[key], (key, killed_at)
        for each in (first, second):
            shutil.rmtree(each.autograded)  # all of it is to be graded again


def test_machines_that_open_an_empty_database_at_once_make_one_gradebook(course, machine, tmp_path):
    children = []
    for number in range(4):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                prepare(machine(f"machine_{number}"), LESSON)
                with Writer(machine(f"machine_{number}")) as writer:
                    writer.enter(LESSON)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    alone = on_sqlite(course, tmp_path / "alone")
    with Writer(alone) as writer:
        writer.enter(LESSON)
    made, wanted = rows(machine("machine_0")), rows(alone)
    assert made.pop("course") == ["('default_course',)", "('sums',)"] and wanted.pop("course")
    assert made == wanted


def test_an_older_submission_on_another_machine_takes_no_grade_away(machine, capsys):
    here, there = machine("here"), machine("there")
    hand_in(here, "bo", {}, 9)
    assert grade(here, LESSON)[0].score == 5
    before = rows(here)
    hand_in(there, "bo", ANSWERS["bo"], 1)
    (result,) = grade(there, LESSON)
    assert result.score is None and "of 09 Oct 2026, 12:00 UTC, has been graded elsewhere" in result.reason
    assert rows(here) == before and not (there.autograded / "bo" / LESSON).exists()
    hand_in(there, "bo", None, 9)  # damaged on the way
    assert grade(there, LESSON)[0].score is None
    assert rows(here) == before
    hand_in(there, "bo", ANSWERS["bo"], 1)
    assert grade(there, LESSON, again=True)[0].score == 2 and scores(here) == {"bo": 2}


def test_what_a_person_graded_stays_done_when_another_machine_grades_the_same_file(machine):
    here, there = machine("here"), machine("there")
    for each in (here, there):
        hand_in(each, "ada", {}, 1)
    grade(here, LESSON)
    by_hand(here, "ada", 1)
    assert [(r.score, r.waiting) for r in grade(there, LESSON)] == [(6, False)]
    assert left_behind(here)["ada", LESSON, LESSON] == left_behind(there)["ada", LESSON, LESSON]


def test_the_class_page_and_nbgrader_itself_read_the_same_gradebook(course, machine, monkeypatch):
    of_class = machine("class")
    hand_in(of_class, "ada", {}, 1)
    grade(of_class, LESSON)
    assert '"total": 5.0' in (write_report(of_class, [LESSON]).with_suffix(".json")).read_text()
    assert not of_class.gradebook.exists()
    (listed,) = nbgrader_api(course).get_submissions(LESSON)  # what the formgrader shows
    assert (listed["student"], listed["score"], listed["max_score"]) == ("ada", 5, 6)


def test_a_database_that_is_not_there_is_said_without_its_password(machine, address, monkeypatch, capsys):
    of_class = machine("class")
    hand_in(of_class, "ada", {}, 1)
    folder = address.partition("?host=")[2]
    monkeypatch.setenv(SETTING, f"postgresql+psycopg://grader:secret@/no_such?host={folder}")
    assert main(["--class-dir", str(of_class.class_dir), "grade"]) == 2
    said = capsys.readouterr().err
    assert '"no_such" does not exist' in said and "secret" not in said and len(said.strip().splitlines()) == 1
    assert not of_class.gradebook.exists() and not of_class.autograded.exists()


def test_the_courses_own_configuration_takes_the_setting(monkeypatch, tmp_path):
    root = Course.find().root
    monkeypatch.setenv(SETTING, "postgresql+psycopg://grader@server/gradebook")
    assert Course(root, tmp_path).db_url == Course(root).db_url == os.environ[SETTING]
    monkeypatch.delenv(SETTING)
    assert Course(root).db_url == f"sqlite:///{root}/autograder/class/gradebook.db"
    assert Course(root, tmp_path).db_url == f"sqlite:///{tmp_path}/gradebook.db"
