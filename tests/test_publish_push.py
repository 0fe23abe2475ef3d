"""`autograder publish --push`: one commit a publishing on a branch of the students' own repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from published import GITHUB, LESSON, ROOMS, changed, copy_of_the_course, files, git, in_git, publish, refused

from autograder.authoring.publish.push import Pushed, push
from autograder.course import Course
from autograder.errors import Stop

FIRST = {"README.md": b"lesson 1\r\n", "lessons/01/01.ipynb": b"{}\n", ".gitignore": b"*\n"}  # kept to the byte, all
SECOND = {"README.md": b"lessons 1 and 2\n", "lessons/02/02.ipynb": b"{}\n"}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    course = copy_of_the_course(tmp_path_factory.mktemp("course") / "course")
    in_git(course)
    git(course.root, "config", "user.name", "Prof. Example")
    git(course.root, "config", "user.email", "prof@example.org")
    return course


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--bare", "students.git")
    return tmp_path / "students.git"


def pushed(course: Course, bare: Path, content: dict[str, bytes], tag: str, branch: str = "main") -> Pushed:
    return push(course, content, str(bare), branch, tag, f"The lessons, {tag}")


def log(bare: Path, branch: str = "main") -> list[str]:
    return git(bare, "log", "--format=%H %an %s", branch).splitlines()


def references(bare: Path) -> str:
    return git(bare, "for-each-ref", "--format=%(refname) %(objectname)")


def test_two_publishings_are_two_commits_and_the_third_has_nothing_to_do(course, bare, tmp_path, monkeypatch):
    (tmp_path / "settings").write_text("[core]\n\tautocrlf = input\n[user]\n\tname = Somebody\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))  # as within a hook of git's
    ours = (["status", "--porcelain"], ["for-each-ref"], ["ls-files", "--stage"], ["count-objects", "-v"])
    before = [git(course.root, *of) for of in ours]
    first, second = pushed(course, bare, FIRST, "week1"), pushed(course, bare, SECOND, "week2")
    assert pushed(course, bare, SECOND, "week2") == Pushed(str(bare), "main", second.commit, new=False, tag="")
    assert (first.new, first.tag, second.new, second.tag) == (True, "week1", True, "week2")
    assert log(bare) == [
        f"{second.commit} Prof. Example The lessons, week2",
        f"{first.commit} Prof. Example The lessons, week1",
    ]
    for tag, commit, content in (("week1", first.commit, FIRST), ("week2", second.commit, SECOND)):
        assert git(bare, "rev-parse", tag) == commit
        git(tmp_path, "clone", "--quiet", "--branch", tag, str(bare), tag)
        assert {n: c for n, c in files(tmp_path / tag).items() if not n.startswith(".git/")} == content
    assert [git(course.root, *of) for of in ours] == before and not (tmp_path / "elsewhere").exists()


def test_the_command_says_what_was_pushed_and_when_there_is_nothing_to_push(course, bare, capsys, tmp_path):
    remote = ["--to", str(tmp_path / "out"), "--push", "students", "--branch", "autumn"]
    git(course.root, "remote", "add", "students", str(bare))
    try:
        assert publish(course, LESSON, *GITHUB, *remote) == publish(course, LESSON, *GITHUB, *remote) == 0
    finally:
        git(course.root, "remote", "remove", "students")
    said = capsys.readouterr().out
    assert "Pushed to students: a new commit" in said and "and the tag week4" in said
    assert said.splitlines()[-1] == "students has all this already, on its branch autumn: nothing was pushed."
    assert [line.split(" ", 1)[1] for line in log(bare, "autumn")] == [
        f"Prof. Example Lesson {LESSON} of Transformer Lessons, week4"
    ]
    git(tmp_path, "clone", "--quiet", "--branch", "week4", str(bare), "clone")
    held = {name: content for name, content in files(tmp_path / "clone").items() if not name.startswith(".git/")}
    assert held == files(tmp_path / "out")


def test_a_tag_never_moves_but_notebooks_may_follow_the_branch(course, bare):
    pushed(course, bare, FIRST, "week1")
    was = references(bare)
    with pytest.raises(Stop, match="The tag week1 stands at"):
        pushed(course, bare, SECOND, "week1")
    assert references(bare) == was
    followed = pushed(course, bare, SECOND, "main")
    assert followed.tag == "" and len(log(bare)) == 2 and git(bare, "tag") == "week1"
    assert pushed(course, bare, SECOND, "final") == Pushed(str(bare), "main", followed.commit, new=False, tag="final")


def test_a_first_commit_that_github_made_is_built_upon(course, bare, tmp_path):
    git(tmp_path, "clone", "--quiet", str(bare), "theirs")
    (tmp_path / "theirs" / "README.md").write_text("# lessons\n")
    git(tmp_path / "theirs", "add", ".")
    git(tmp_path / "theirs", "commit", "--quiet", "--message", "Initial commit")
    git(tmp_path / "theirs", "push", "--quiet", "origin", "HEAD:main")
    pushed(course, bare, FIRST, "week1")
    assert [line.split(" ", 3)[3] for line in log(bare)] == ["The lessons, week1", "Initial commit"]
    assert git(bare, "ls-tree", "-r", "--name-only", "main").splitlines() == sorted(FIRST)


def test_a_repository_with_the_solutions_in_it_is_refused(course, bare):
    git(course.root, "push", "--quiet", str(bare), "main:teachers")
    was = references(bare)
    with pytest.raises(Stop, match=r"holds the solutions too \(teachers\)"):
        pushed(course, bare, FIRST, "week1")
    assert references(bare) == was


def test_a_branch_of_a_course_is_not_written_over_even_where_this_course_is_not_in_git(course, bare, tmp_path):
    git(course.root, "push", "--quiet", str(bare), "main")
    was = references(bare)
    for room in ROOMS:
        (tmp_path / "copy" / room).mkdir(parents=True)
    with pytest.raises(Stop, match="is one of the course itself"):
        pushed(Course(tmp_path / "copy"), bare, FIRST, "week1")
    assert references(bare) == was


def test_a_remote_that_is_not_there_or_refuses_is_said_in_one_sentence(course, bare, capsys, tmp_path):
    said = refused(capsys, course, LESSON, "--to", str(tmp_path / "out"), "--push", str(tmp_path / "nowhere.git"))
    assert "nowhere.git cannot be reached" in said and (tmp_path / "out.zip").is_file()
    with changed(bare / "hooks" / "pre-receive", b"#!/bin/sh\necho Term is over >&2\nexit 1\n"):
        os.chmod(bare / "hooks" / "pre-receive", 0o755)
        with pytest.raises(Stop, match=r"did not take the push: remote: Term is over\.$"):
            pushed(course, bare, FIRST, "week1")
    with pytest.raises(Stop, match="no name of a branch"):
        pushed(course, bare, FIRST, "week1", branch="a..b")
    assert references(bare) == ""
