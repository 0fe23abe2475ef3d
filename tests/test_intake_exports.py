"""What Canvas and Moodle give out is taken in as it comes, each notebook under its student, with nothing lost."""

import csv
import zipfile

import pytest
from small_course import LESSON, released, small_course, solved, write_nb

from autograder.cli import main

ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section
"Lovelace, Ada",1234,s001,ada,A
"Kim, Minsu",1235,s002,minsu,A
"Absent, Zoe",1237,s004,zoe,A
"""


@pytest.fixture
def handed_in(tmp_path, monkeypatch):
    """A course, and a function that collects what is given as {name in the zip: text}, one zip after the other."""
    course = small_course(tmp_path / "course")
    monkeypatch.chdir(course.root)
    write_nb(tmp_path / "solved.ipynb", solved(released(course)))
    notebook = (tmp_path / "solved.ipynb").read_text()

    def collect(*zips: dict[str, str | None], **options: str) -> tuple[int, list[dict[str, str]]]:
        paths = []
        for number, names in enumerate(zips):
            paths.append(str(tmp_path / f"export{number}.zip"))
            with zipfile.ZipFile(paths[-1], "w") as archive:
                for name, text in names.items():
                    archive.writestr(name, notebook if text is None else text)
        rows = tmp_path / "verdicts.csv"
        more = [part for name, value in options.items() for part in (f"--{name}", value)]
        code = main(["collect", *paths, "--csv", str(rows), *more])
        with rows.open(encoding="utf-8-sig", newline="") as file:
            return code, list(csv.DictReader(file))

    return course, collect, notebook


def test_canvas_and_moodle_zips_are_taken_in_at_once_and_the_roster_says_who_is_who(handed_in, tmp_path):
    course, collect, _ = handed_in
    (tmp_path / "roster.csv").write_text(ROSTER)
    canvas = {
        f"lovelaceada_1234_99002_{LESSON}.ipynb": None,
        f"kimminsu_LATE_1235_99003_Copy of {LESSON}.ipynb": None,
    }
    moodle = {
        f"김민수_7654322_assignsubmission_file_/Copy_of_{LESSON} (1).ipynb": None,
        "Zoe Absent_7654323_assignsubmission_file_/essay.docx": "no notebook",
    }
    code, rows = collect(canvas, moodle, roster=str(tmp_path / "roster.csv"))
    assert code == 1  # one was refused
    assert {(row["student"], row["verdict"]) for row in rows} == {
        ("ada", "accepted"), ("minsu", "accepted"), ("김민수", "accepted"), ("zoe", "refused"),
    }  # fmt: skip
    assert "LATE" in next(row["notes"] for row in rows if row["student"] == "minsu")
    assert "not in the roster" in next(row["notes"] for row in rows if row["student"] == "김민수")
    assert {path.parent.parent.name for path in course.submitted.glob(f"*/{LESSON}/{LESSON}.ipynb")} == {
        "ada", "minsu", "김민수",
    }  # fmt: skip


def test_of_several_attempts_the_last_counts_and_all_are_kept(handed_in):
    course, collect, notebook = handed_in
    first = notebook.replace('"nbformat_minor"', '"was": "first", "nbformat_minor"', 1)
    attempts = {f"lovelaceada_1234_99001_{LESSON}.ipynb": first, f"lovelaceada_1234_99002_{LESSON}-1.ipynb": notebook}
    code, rows = collect(attempts)
    assert code == 0 and sorted((row["file"][-8:], row["counts"]) for row in rows) == [
        ("-1.ipynb", "yes"), (f"{LESSON}.ipynb"[-8:], "no"),
    ]  # fmt: skip
    [folder] = course.submitted.glob(f"*/{LESSON}/original")
    assert sorted(path.read_text() for path in folder.iterdir()) == sorted([first, notebook])


def test_what_leads_out_of_a_zip_is_left_there(handed_in, tmp_path):
    course, collect, _ = handed_in
    collect({f"../../evil_1_2_{LESSON}.ipynb": None, f"lovelaceada_1234_99002_{LESSON}.ipynb": None})
    assert not list(tmp_path.rglob("evil*")) and not list(course.class_dir.rglob("*evil*"))
