"""INSTRUCTOR.md, as it stands: every command in it is run, in its order, in a copy of the course of its own."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import need
from nbgrader.api import Gradebook
from postgres import database, server

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "INSTRUCTOR.md").read_text(encoding="utf-8")
LESSON = "04_self_attention"
BLOCK = re.compile(r"^```(\w+)(?: append=(\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMANDS = [line for kind, _, text in BLOCK.findall(PAGE) if kind == "sh" for line in text.splitlines()]
REFUSES = " collect "  # of a command that may say 1: a file was refused
LIMIT = 600  # seconds, for all of it


@dataclass(frozen=True)
class Ran:
    """code: its exit code, None if it was never come to."""

    code: int | None
    said: str


@dataclass(frozen=True)
class Term:
    root: Path
    ran: dict[int, Ran]
    database: str

    def said(self, command: str) -> str:
        """What the first command that begins so said."""
        return next(self.ran[n].said for n, line in enumerate(COMMANDS) if line.startswith(command))


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    need(find_spec("psycopg"), "psycopg is not installed: pip install -e '.[postgres]'.")
    need(find_spec("distributed"), "Dask is not installed: pip install -e '.[cluster]'.")
    need(shutil.which("make"), "There is no make on this machine.")
    folder = tmp_path_factory.mktemp("term")
    root = course_copy(folder / "course")
    with server() as address, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port, url = free.getsockname()[1], database(address, "term")
        free.close()
        given = {"8786": str(port), "postgresql+psycopg://ada:secret@db.school.example/course": f"'{url}'"}
        output = run(script(given), root, folder)
        yield Term(root, parted(output), url)


def course_copy(root: Path) -> Path:
    """All that git tracks or would track, and an environment that is set up: this one."""
    listed = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    (root / ".venv").mkdir()
    (root / ".venv" / "bin").symlink_to(Path(sys.prefix) / "bin")
    (root / ".venv" / ".ready").touch()  # so that `make setup` finds nothing to do: CI makes it anew before this
    return root


def script(given: dict[str, str]) -> str:
    """The page as a program for bash, which says before and after each command what it runs and how it ended."""
    lines, number = [], 0
    for kind, file, text in BLOCK.findall(PAGE):
        if file:
            lines += [f"cat >> {file} <<'END OF THE BLOCK'", text.rstrip("\n"), "END OF THE BLOCK"]
        for line in text.splitlines() if kind == "sh" else []:
            for written, here in given.items():
                line = line.replace(written, here)
            lines += [f"echo '@@ begin {number}'", line, f'echo "@@ end {number} $?"']
            number += 1
    return "\n".join(lines)


def run(text: str, root: Path, folder: Path) -> str:
    env = os.environ | {"PYTHONUNBUFFERED": "1", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    (folder / "output").touch()
    with (folder / "output").open("r+") as output:
        words = {"cwd": root, "env": env, "stdout": output, "stderr": output, "text": True}
        process = subprocess.Popen(["bash"], stdin=subprocess.PIPE, start_new_session=True, **words)
        try:
            process.communicate(text, timeout=LIMIT)
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # the scheduler and its worker, too
        return (folder / "output").read_text(errors="replace")


def parted(output: str) -> dict[int, Ran]:
    found = re.compile(r"^@@ begin (\d+)\n(.*?)^@@ end \1 (\d+)$", re.DOTALL | re.MULTILINE).findall(output)
    ran = {int(number): Ran(int(code), said) for number, said, code in found}
    return {number: ran.get(number, Ran(None, output[-3000:])) for number in range(len(COMMANDS))}


@pytest.mark.parametrize("number", range(len(COMMANDS)), ids=COMMANDS)
def test_the_command_does_what_it_is_there_for(term, number):
    ran = term.ran[number]
    allowed = (0, 1) if REFUSES in COMMANDS[number] else (0,)
    assert ran.code in allowed, f"{COMMANDS[number]}\n{ran.said[-3000:]}"


def test_the_class_is_graded_and_the_class_page_and_the_feedback_pages_are_there(term):
    collected = list(csv.DictReader((term.root / "rehearsal" / "verdicts.csv").open(encoding="utf-8-sig")))
    assert len({row["student"] for row in collected}) == 12
    report = json.loads((term.root / "autograder" / "class" / "report.json").read_text())
    (lesson,) = report["lessons"]
    assert lesson["id"] == LESSON and len(lesson["misconceptions"]) >= 3
    pages = list((term.root / "autograder" / "class" / "feedback").glob(f"*/{LESSON}/{LESSON}.html"))
    assert len(pages) >= 10


def test_the_grades_stand_in_canvas_own_file(term):
    rows = list(csv.reader((term.root / "rehearsal" / "grades.csv").open(encoding="utf-8-sig")))
    given = list(csv.reader((term.root / "rehearsal" / "canvas.csv").open(encoding="utf-8-sig")))
    assert [row[:4] for row in rows] == [row[:4] for row in given]
    with Gradebook(f"sqlite:///{term.root}/autograder/class/gradebook.db") as book:
        done = {one.student.id: one.score for one in book.assignment_submissions(LESSON) if not one.needs_manual_grade}
    assert {row[2]: float(row[4]) for row in rows[2:] if row[4]} == done, "who waits for a person has no grade yet"


def test_what_is_published_holds_the_lessons_and_no_solution(term):
    bundle = next((term.root / "rehearsal").glob("students*.zip"))
    with zipfile.ZipFile(bundle) as archive:
        names = archive.namelist()
        assert any(name.endswith(f"{LESSON}.ipynb") for name in names)
        assert not any("solutions/" in name or "autograder/" in name for name in names)
        assert not any(b"### BEGIN SOLUTION" in archive.read(name) for name in names)
    listed = subprocess.check_output(
        ["git", "ls-tree", "-r", "--name-only", "main"], cwd=term.root / "rehearsal" / "public.git", text=True
    )
    assert f"lessons/{LESSON}/{LESSON}.ipynb" in listed and "solutions" not in listed
    lesson = subprocess.check_output(
        ["git", "show", f"main:lessons/{LESSON}/{LESSON}.ipynb"], cwd=term.root / "rehearsal" / "public.git", text=True
    )
    assert "https://github.com/your-school/transformer" in lesson and "autumn" in lesson


def test_the_new_exercise_is_in_the_lesson_and_both_its_mistakes_are_called_by_their_names(term):
    lesson = (term.root / "lessons" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    assert "Exercise 4.10" in lesson and "entr(" not in lesson
    recorded = (term.root / "assets" / "probes" / f"{LESSON}.json").read_text(encoding="utf-8")
    assert "looked-at-entropy" in recorded or "the entropy itself" in recorded
    proved = term.said(f"autograder probes {LESSON}").splitlines()
    for mistake, name in (
        ("looked-at-entropy", "the entropy itself"),
        ("looked-at-keys", "the sum taken over the queries"),
    ):
        line = next(line for line in proved if mistake in line)
        assert "fails" in line and line.endswith(name), line
    assert any("number_by_logs" in line and "passes" in line for line in proved)


def test_the_section_graded_into_postgresql_has_the_scores_of_the_one_graded_on_the_cluster(term):
    scores = []
    for url in (f"sqlite:///{term.root}/rehearsal/section-b/gradebook.db", term.database):
        with Gradebook(url) as book:
            scores.append({one.student.id: one.score for one in book.assignment_submissions(LESSON)})
    assert scores[0] == scores[1] and len(scores[0]) >= 10
