"""Translations of lessons among what `autograder publish` writes."""

from __future__ import annotations

import re

import nbformat
import pytest
from published import GITHUB, LESSON, NEXT, ROOT, changed, copy_of_the_course, files, publish, refused

from autograder.authoring.languages.edition import edition
from autograder.authoring.leaks import secret_lines
from autograder.authoring.lesson import read_notebook
from autograder.course import Course

SETTINGS = re.compile(r'^REPOSITORY, TAG = "([^"]+)", "([^"]+)"$', re.MULTILINE)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    return copy_of_the_course(tmp_path_factory.mktemp("course") / "course")


def test_a_translation_goes_along_with_its_lesson_and_points_where_the_lesson_points(course, tmp_path):
    path = f"lessons-ko/{LESSON}/{LESSON}.ipynb"
    whole = tmp_path / "lessons"
    assert publish(course, LESSON, "--to", str(whole), *GITHUB) == 0
    given, released = (nbformat.read(place / path, as_version=4).cells for place in (whole, ROOT))
    link = f"https://colab.research.google.com/github/us/lessons/blob/week4/{path}"
    assert [re.findall(r"\]\((https://colab[^)]+)\)", cell.source) for cell in given[:1]] == [[link]]
    assert [SETTINGS.findall(cell.source) for cell in given][1] == [("https://github.com/us/lessons", "week4")]
    assert [cell.source for cell in given[2:]] == [cell.source for cell in released[2:]]
    title = released[0].source.splitlines()[0].partition(" · ")[2]
    assert f"[{title}]({path})" in (whole / "README.md").read_text(encoding="utf-8")
    assert publish(course, NEXT, "--to", str(tmp_path / "x")) == 0
    assert not [name for name in files(tmp_path / "x") if name.startswith("lessons-ko")], "the other is not translated"


def test_a_stale_translation_is_left_out_and_said_and_does_not_keep_the_lesson_back(course, tmp_path, capsys):
    path, catalogue = course.edition("ko", LESSON), course.catalogue("ko", LESSON)
    edited = path.read_bytes().replace("셀프 어텐션".encode(), b"Selbst", 1)
    grown_old = catalogue.read_bytes().replace(b"It is safe to run again.", b"Run it.")
    whys = {(path, edited): "is not what its catalogue makes", (catalogue, grown_old): "is stale"}
    for number, ((file, content), why) in enumerate(whys.items()):
        with changed(file, content):
            assert publish(course, LESSON, "--to", str(tmp_path / f"x{number}")) == 0
        said = capsys.readouterr().out
        assert f"Left out: lessons-ko/{LESSON}/{LESSON}.ipynb. " in said and why in said
        held = files(tmp_path / f"x{number}")
        assert f"lessons/{LESSON}/{LESSON}.ipynb" in held and "lessons-ko" not in " ".join(held)
        assert "lessons-ko" not in held["README.md"].decode()


def test_a_translation_with_a_line_of_a_solution_is_not_published(course, tmp_path, capsys):
    path, catalogue = course.edition("ko", LESSON), course.catalogue("ko", LESSON)
    [answer] = [line for line in secret_lines(read_notebook(course, LESSON)) if line.startswith("weights are uniform")]
    leaky = catalogue.read_text(encoding="utf-8").replace("여러 번 실행해도 괜찮습니다.", answer)
    with changed(catalogue, leaky.encode()), changed(path, path.read_bytes()):
        path.write_bytes(edition(course, LESSON, "ko")[f"lessons-ko/{LESSON}/{LESSON}.ipynb"])
        said = refused(capsys, course, LESSON, "--to", str(tmp_path / "x"))
        assert said.startswith(f"autograder: lessons-ko/{LESSON}/{LESSON}.ipynb, cell 1: ")
        assert "of a solution or hidden test" in said
    assert not any(tmp_path.iterdir())
