"""Many submissions: graded by many, written by one; nothing is lost whenever it is killed, and no stale score stays."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import nbgrader.api
import pytest
from nbgrader.api import Gradebook
from small_class import ANSWERS, by_hand, graded_in_a_child, hand_in, left_behind, outcomes, with_deadline
from small_course import LESSON, OTHER, SEALED, small_course

from autograder import nbgrader_api
from autograder.cli import main
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.many import deadline
from autograder.grading.many.writer import Writer
from autograder.grading.run import grade
from autograder.returns.class_page.facts.gather import class_picture
from autograder.returns.feedback.pages import renew

INSTANTS = int(os.environ.get("KILLS", "50"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course(
        tmp_path_factory.mktemp("many") / "course", f'{SEALED}\nc.LateSubmissionPlugin.penalty_method = "zero"\n'
    )


@pytest.fixture
def of_class(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course.root)
    return Course(course.root, tmp_path / "class")


def handed_in(course):
    for number, (student, answers) in enumerate(ANSWERS.items()):
        hand_in(course, student, answers, 8 + number)  # the last one is late


def scores(course):
    with Gradebook(course.db_url) as book:
        return {s.student.id: s.score for s in book.assignment_submissions(LESSON)}


def test_what_is_kept_is_what_nbgrader_alone_keeps(course, of_class, tmp_path):
    alone = Course(course.root, tmp_path / "alone")
    for each in (of_class, alone):
        handed_in(each)
        with_deadline(each)
    results = grade(of_class, LESSON, at_once=2)
    assert [(r.student, r.score, r.points) for r in results] == [
        ("ada", 5, 6),
        ("bo", 2, 6),
        ("cy", 0, 6),
        ("di", 2, 6),
    ]
    for student in ANSWERS:
        nbgrader_api.autograde(alone, LESSON, student)
        nbgrader_api.feedback(alone, LESSON, student)
    ours, theirs = left_behind(of_class), left_behind(alone)
    for only_ours in ("graded.json", ".grading.lock"):
        ours.pop(only_ours)
    assert ours.keys() == theirs.keys()
    for key in theirs:
        assert ours[key] == theirs[key], key
    assert ours["di", LESSON, LESSON][2] == 2, "the late penalty"


def test_the_gradebook_is_opened_as_often_for_many_as_for_one(of_class, monkeypatch):
    opened = []
    real = nbgrader.api.create_engine
    monkeypatch.setattr(nbgrader.api, "create_engine", lambda *a, **k: opened.append(a) or real(*a, **k))
    hand_in(of_class, "ada", {}, 1)
    grade(of_class, LESSON)
    assert len(opened) == 1, "when it was made"
    handed_in(of_class)
    grade(of_class, LESSON, again=True)
    assert len(opened) == 1


def test_a_failed_regrade_leaves_no_score_of_the_machine_and_touches_no_other(of_class):
    hand_in(of_class, "ada", {}, 1)
    hand_in(of_class, "bo", {}, 1)
    grade(of_class, LESSON)
    by_hand(of_class, "ada", 0.5)
    before = left_behind(of_class)
    hand_in(of_class, "ada", None, 2)
    ada, bo = grade(of_class, LESSON)
    assert ada.score is None and "does not appear to be JSON" in ada.reason and bo.score == 5
    assert scores(of_class) == {"ada": 0.5, "bo": 5}
    assert not (of_class.autograded / "ada" / LESSON).exists() and not (of_class.feedback / "ada" / LESSON).exists()
    after = left_behind(of_class)
    about_bo = [key for key in before if "bo" in (key if isinstance(key, tuple) else key.split("/"))]
    assert about_bo and all(after[key] == before[key] for key in about_bo)
    hand_in(of_class, "ada", {}, 3)
    assert grade(of_class, LESSON)[0].score == 5.5


def test_what_was_graded_is_not_graded_again_and_a_lost_page_is_written(of_class):
    hand_in(of_class, "ada", {}, 1)
    grade(of_class, LESSON)
    notebook = of_class.autograded / "ada" / LESSON / f"{LESSON}.ipynb"
    page = of_class.feedback / "ada" / LESSON / f"{LESSON}.html"
    before, said = notebook.stat().st_mtime_ns, page.read_text()
    shutil.rmtree(of_class.feedback)
    assert [result.score for result in grade(of_class, LESSON)] == [5]
    assert notebook.stat().st_mtime_ns == before and page.read_text() == said


def test_text_on_which_markdown_takes_hours_costs_the_student_a_page_and_nobody_else_anything(of_class, monkeypatch):
    hand_in(of_class, "ada", {"why": "[a](" * 250_000}, 1)
    hand_in(of_class, "bo", {}, 1)
    monkeypatch.setattr(deadline, "PAGE_SECONDS", 3)
    ada, bo = grade(of_class, LESSON)
    assert (ada.score, bo.score, bo.reason) == (5, 5, "") and "feedback page took more than" in ada.reason
    assert scores(of_class) == {"ada": 5, "bo": 5}
    assert not (of_class.feedback / "ada").exists() and (of_class.feedback / "bo" / LESSON / f"{LESSON}.html").is_file()
    (lesson,) = class_picture(of_class, [LESSON]).lessons
    assert [(said.reason, said.students) for said in lesson.flags] == [(ada.reason, ["ada"])]
    assert grade(of_class, LESSON)[0] == ada, "and it is said again"
    renew(of_class, LESSON)
    assert not (of_class.feedback / "ada" / LESSON / f"{LESSON}.html").exists(), "and report goes on without it"


def test_an_output_of_which_no_page_can_be_made_costs_the_page_and_not_the_score(of_class):
    bad = "from IPython.display import display\ndisplay({'image/png': 'x'}, metadata={'image/png': 5}, raw=True)\n"
    hand_in(of_class, "ada", {"add": bad + "def add(a, b):\n    return a + b"}, 1)
    (ada,) = grade(of_class, LESSON)
    assert ada.score == 5 and "feedback page could not be made" in ada.reason
    assert scores(of_class) == {"ada": 5}


def command(of_class, *arguments):
    return main(["--class-dir", str(of_class.class_dir), "grade", *arguments])


def test_all_lessons_or_one_all_students_or_some_with_the_exit_code_that_says_how_it_went(of_class, capsys):
    hand_in(of_class, "ada", {}, 1)
    hand_in(of_class, "bo", None, 1)
    shutil.copytree(of_class.root / "lessons" / OTHER, of_class.submitted / "ada" / OTHER)
    assert command(of_class, LESSON, "--student", "ada", "--jobs", "2") == 0
    assert "1 submissions, every one with a score" in capsys.readouterr().out and set(scores(of_class)) == {"ada"}
    assert command(of_class) == 1
    printed = capsys.readouterr().out
    assert LESSON in printed and OTHER in printed and "3 submissions, 1 without a score" in printed
    noted = json.loads((of_class.class_dir / "graded.json").read_text())
    assert [(e["lesson"], e["student"]) for e in noted] == [(LESSON, "ada"), (LESSON, "bo"), (OTHER, "ada")]
    assert command(of_class, "--student", "zoe") == 2
    assert "Nothing is collected of zoe" in capsys.readouterr().err


def test_where_nothing_can_be_graded_nothing_is_changed(of_class, capsys, monkeypatch):
    hand_in(of_class, "ada", {}, 1)
    grade(of_class, LESSON)
    hand_in(of_class, "ada", {}, 2)
    before = left_behind(of_class)
    monkeypatch.setenv("TRANSFORMER_LESSONS_SANDBOX", "none of them")
    assert command(of_class) == 2
    assert "can not be run on this machine" in capsys.readouterr().err
    assert left_behind(of_class) == before


def test_a_class_is_graded_by_one_process_at_a_time(of_class):
    hand_in(of_class, "ada", {}, 1)
    with Writer(of_class), pytest.raises(Stop, match="being graded by another process"):
        grade(of_class, LESSON)
    assert grade(of_class, LESSON)[0].score == 5


@pytest.fixture
def regrade(of_class, tmp_path):
    """A class before it is graded (once graded already, some of it handed in anew), what its workers say, and what an
    undisturbed run leaves behind."""
    for student in ("ada", "bo", "cy"):
        hand_in(of_class, student, {}, 1)
    with_deadline(of_class)
    grade(of_class, LESSON)
    by_hand(of_class, "ada", 1)
    hand_in(of_class, "ada", ANSWERS["bo"], 11)
    hand_in(of_class, "bo", None, 2)
    hand_in(of_class, "di", ANSWERS["di"], 2)
    return of_class, *_undisturbed(of_class, tmp_path)


def _undisturbed(of_class, tmp_path):
    model = Course(of_class.root, tmp_path / "model")
    shutil.copytree(of_class.class_dir, model.class_dir)
    known = outcomes(model)
    return known, left_behind(model)


def _killed_and_run_again(before, known, instants, place):
    for instant in instants:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(before.class_dir, place)
        one = Course(before.root, place)
        assert graded_in_a_child(one, known, killed_at=instant) == -signal.SIGKILL
        graded_in_a_child(one, known)
        yield instant, left_behind(one)


def _instants(before, known, place, how_many):
    shutil.copytree(before.class_dir, place)
    count = graded_in_a_child(Course(before.root, place), known, count=True)
    assert count > 60
    return sorted(random.Random(count).sample(range(1, count + 1), min(how_many, count)))


def test_killed_at_any_instant_a_second_run_leaves_what_an_undisturbed_run_leaves(regrade, tmp_path):
    before, known, wanted = regrade
    instants = _instants(before, known, tmp_path / "counted", INSTANTS)
    for instant, left in _killed_and_run_again(before, known, instants, tmp_path / "killed"):
        assert left.keys() == wanted.keys(), instant
        assert not [key for key in wanted if left[key] != wanted[key]], instant


def test_killed_while_the_gradebook_is_made_a_second_run_makes_it_whole(of_class, tmp_path):
    hand_in(of_class, "ada", {}, 1)
    known, wanted = _undisturbed(of_class, tmp_path)
    for _, left in _killed_and_run_again(of_class, known, (3, 12, 30), tmp_path / "killed"):
        assert left == wanted and left["alembic_version"]


def test_the_command_itself_killed_goes_on_from_there(of_class, tmp_path):
    handed_in(of_class)
    _, wanted = _undisturbed(of_class, tmp_path)
    words = [sys.executable, "-m", "autograder.cli", "--class-dir", str(of_class.class_dir), "grade", LESSON]
    running = subprocess.Popen(words, cwd=of_class.root, stdout=subprocess.DEVNULL)
    while running.poll() is None and not list(of_class.autograded.glob("*/*")):
        time.sleep(0.01)
    running.kill()
    assert running.wait() == -signal.SIGKILL
    assert subprocess.run(words, cwd=of_class.root, capture_output=True).returncode == 0
    assert left_behind(of_class) == wanted
