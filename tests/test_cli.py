"""Bad input to the instructor's commands: one sentence, exit code 2, and nothing changed."""

import os
import shutil

import pytest

from autograder.authoring.build import Built, install
from autograder.cli import main
from autograder.course import Course
from autograder.errors import Stop

LESSON = "04_self_attention"
COURSE = Course.find()


def stopped(capsys, *arguments):
    """The one sentence that a command prints when it stops."""
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("autograder: ") and len(printed.err.strip().splitlines()) == 1
    assert "Traceback" not in printed.err
    return printed.err


def snapshot(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", ["build", "probes", "lint", "grade", "report"])
def test_an_unknown_lesson_is_named_with_the_known_ones(command, capsys, tmp_path):
    said = stopped(capsys, "--class-dir", str(tmp_path / "class"), command, "99_no_such_lesson")
    assert "99_no_such_lesson" in said
    assert not (tmp_path / "class").exists()


def test_the_course_itself_is_not_taken_for_a_class(capsys, tmp_path):
    said = stopped(capsys, "--class-dir", str(tmp_path / "class"), "collect", str(COURSE.root))
    assert "is the course itself" in said and not (tmp_path / "class").exists()


def test_a_missing_folder_of_submissions_is_said(capsys, tmp_path):
    said = stopped(capsys, "--class-dir", str(tmp_path / "class"), "collect", str(tmp_path / "nowhere"))
    assert "nowhere" in said and not (tmp_path / "class").exists()


def test_a_file_that_is_no_notebook_is_refused_with_what_to_do_and_left_alone(capsys, tmp_path):
    handed_in = tmp_path / "in" / "ada" / f"{LESSON}.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text("this is not JSON {")
    assert main(["--class-dir", str(tmp_path / "class"), "collect", str(tmp_path / "in")]) == 1
    out = capsys.readouterr().out
    assert "refused" in out and "not readable as a notebook" in out
    assert handed_in.read_text() == "this is not JSON {"
    assert not (tmp_path / "class" / "submitted" / "ada").exists()


def test_a_lesson_source_that_is_damaged_is_said(capsys, tmp_path, monkeypatch):
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(COURSE.root / name, tmp_path)
    shutil.copytree(COURSE.solutions / LESSON, tmp_path / "solutions" / LESSON)
    (tmp_path / "solutions" / LESSON / "probes.py").unlink()
    monkeypatch.chdir(tmp_path)
    before = snapshot(tmp_path)
    assert "every lesson declares its checks there" in stopped(capsys, "build", LESSON)
    assert snapshot(tmp_path) == before


def test_outside_a_course_the_way_to_one_is_said(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRANSFORMER_LESSONS", raising=False)
    assert "No course found" in stopped(capsys, "report")


def test_grading_before_collecting_is_said(capsys, tmp_path):
    assert "`autograder collect PATH` comes first" in stopped(capsys, "--class-dir", str(tmp_path / "c"), "grade")


def test_a_class_folder_that_may_not_be_written_is_said(capsys, tmp_path):
    """Under /sys nobody may make a folder, root neither."""
    handed_in = tmp_path / "ada" / f"{LESSON}.ipynb"
    handed_in.parent.mkdir()
    shutil.copy(COURSE.lesson(LESSON), handed_in)
    before = handed_in.read_bytes()
    said = stopped(capsys, "--class-dir", "/sys/class-of-2026", "collect", str(tmp_path))
    assert "no permission to write" in said and "/sys/class-of-2026" in said
    assert handed_in.read_bytes() == before


def test_a_course_that_may_not_be_written_keeps_every_file(tmp_path):
    """Run as an ordinary user, in a forked child where this test runs as root."""
    target = tmp_path / "lessons" / "x" / "x.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text("old")
    for path in (target.parent, *target.parent.parents[: len(tmp_path.parts)]):
        if path.is_relative_to(tmp_path):
            path.chmod(0o555)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            install(Course(tmp_path), Built({"lessons/x/x.ipynb": b"new"}, 0.0))
        except Stop as stop:
            code = 0 if "cannot be written" in str(stop) and "it is as it was" in str(stop) else 3
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    for path in (target.parent, target.parent.parent, tmp_path):
        path.chmod(0o755)
    assert os.waitstatus_to_exitcode(status) == 0
    assert target.read_text() == "old" and len(list(target.parent.iterdir())) == 1
