"""A gradebook that is damaged, or whose server is down, is one sentence of every command that opens it."""

import contextlib
import shutil
import socket
import sqlite3
from importlib.util import find_spec

import pytest
from conftest import need
from small_class import hand_in
from small_course import LESSON, SEALED, small_course

from autograder.cli import main
from autograder.course import Course
from autograder.grading.run import grade

ROSTER = "id,name\nada,Ada L\n"
COMMANDS = {
    "collect": ("collect", "{root}/autograder/class/submitted", "--roster", "{root}/roster.csv"),
    "grade": ("grade", "--again"),
    "report": ("report",),
    "due": ("due",),
    "due, set": ("due", LESSON, "2026-12-01 23:59 UTC"),
    "regrade": ("regrade", LESSON, "--all"),
    "export": ("export", "nbgrader", "--to", "{root}/grades.csv"),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Course:
    """One student, graded by real nbgrader."""
    course = small_course(tmp_path_factory.mktemp("reach") / "course", SEALED)
    (course.root / "roster.csv").write_text(ROSTER)
    hand_in(course, "ada", {}, 1)
    assert grade(course, LESSON)[0].score == 5
    return course


def closed_port() -> int:
    """One on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def not_a_database(course: Course) -> str:
    course.gradebook.write_bytes(b"This is text, and no database at all. " * 40)
    return "file is not a database"


def torn(course: Course) -> str:
    """All but the first page is lost, as on a disk that was full or a copy that was cut off."""
    content = course.gradebook.read_bytes()
    course.gradebook.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    return "malformed"


def pages_lost(course: Course) -> str:
    """The first page of every table: what is in the file is still known, and cannot be read."""
    content = bytearray(course.gradebook.read_bytes())
    with contextlib.closing(sqlite3.connect(course.gradebook)) as book:
        pages = [n for (n,) in book.execute("SELECT rootpage FROM sqlite_master WHERE type = 'table'") if n > 1]
    for page in pages:
        content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    course.gradebook.write_bytes(content)
    return "malformed"


def server_is_down(course: Course) -> str:
    config = course.root / "nbgrader_config.py"
    address = f"postgresql+psycopg://ada:secret@127.0.0.1:{closed_port()}/course"
    config.write_text(f'{config.read_text()}\nc.CourseDirectory.db_url = "{address}"\n')
    return "onnection refused"


@pytest.mark.parametrize(
    "damage", [not_a_database, torn, pages_lost, server_is_down], ids=lambda damage: damage.__name__
)
def test_every_command_that_opens_the_gradebook_says_so_in_one_sentence(whole, damage, monkeypatch, capsys, request):
    if damage is server_is_down:
        need(find_spec("psycopg"), "psycopg is not installed: pip install -e '.[postgres]'.")
    before = {path: path.read_bytes() for path in (whole.gradebook, whole.root / "nbgrader_config.py")}
    request.addfinalizer(lambda: [path.write_bytes(content) for path, content in before.items()])
    monkeypatch.chdir(whole.root)
    why = damage(whole)
    left = whole.gradebook.read_bytes()
    for name, words in COMMANDS.items():
        code = main([word.format(root=whole.root) for word in words])
        out, said = map(str.strip, capsys.readouterr())
        assert code == 2, f"{name}: exit code {code}, {said or out}"
        assert said.startswith("autograder: The gradebook ") and why in said, f"{name}: {said}"
        assert len(said.splitlines()) == 1 and "secret" not in said and "Traceback" not in said, f"{name}: {said}"
    assert whole.gradebook.read_bytes() == left, "what is left of it is not touched"


def test_the_same_commands_work_where_the_gradebook_is_whole(whole, monkeypatch, tmp_path):
    """So that what is refused above is refused for the gradebook's sake."""
    shutil.copytree(whole.root, tmp_path / "course")
    config = tmp_path / "course" / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(whole.root), str(tmp_path / "course")))
    monkeypatch.chdir(tmp_path / "course")
    for name, words in COMMANDS.items():
        assert main([word.format(root=tmp_path / "course") for word in words]) == 0, name
