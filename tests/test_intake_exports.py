"""Downloads of Canvas, Moodle, Google Classroom and GitHub Classroom: whose each file is, and which attempt counts."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
import unicodedata
import zipfile
from datetime import UTC
from pathlib import Path

import nbformat
import pytest
from conftest import need
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from small_course import LESSON, OTHER, cell, released, small_course, solved, write_nb

from autograder.cli import main
from autograder.course import Course
from autograder.errors import Stop
from autograder.intake.collect import collect
from autograder.intake.exports.table import recognise
from autograder.intake.roster import Person, enter, read_roster

NIGHT = (2026, 10, 9, 20, 15, 30)
PLUGINS = """
c.ZipCollectApp.extractor_plugin = "autograder.intake.zip_collect.Extractor"
c.ZipCollectApp.collector_plugin = "autograder.intake.zip_collect.Collector"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Course:
    return small_course(tmp_path_factory.mktemp("course"), PLUGINS)


@pytest.fixture
def course(built, tmp_path) -> Course:
    return Course(built.root, class_dir=tmp_path / "class")


@pytest.fixture
def listed(built, course) -> Course:
    """The course with a gradebook: making a new one takes nbgrader seconds."""
    course.class_dir.mkdir()
    shutil.copy(built.gradebook, course.gradebook)
    return course


@pytest.fixture
def paper(course):
    """The text of a right notebook whose written answer is the given words."""

    def made(words: str = "a share", lesson: str = LESSON) -> str:
        nb = released(course, lesson)
        if lesson == LESSON:
            cell(solved(nb), "why").source = words
        return nbformat.writes(nb, version=nbformat.NO_CONVERT)

    return made


def zipped(path: Path, files: dict[str, str | bytes], when=NIGHT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), content)
    return path


def counting(receipts):
    return {(r.student, r.lesson): r.file for r in receipts if r.counts}


def why(course, student):
    return cell(nbformat.read(course.submitted / student / LESSON / f"{LESSON}.ipynb", as_version=4), "why").source


@pytest.mark.parametrize(
    ("name", "kind", "student", "number", "file"),
    [
        ("lovelaceada_12345_678901_01_sums-1.ipynb", "file", "lovelaceada", "12345", "01_sums-1.ipynb"),
        ("lovelace ada_LATE_12345_678901_My work.ipynb", "file", "lovelace ada", "12345", "My work.ipynb"),
        ("김서연_LATE_7_8_과제.ipynb", "file", "김서연", "7", "과제.ipynb"),
        ("lovelaceada_12345_question_9_678901_x.ipynb", "file", "lovelaceada", "12345", "x.ipynb"),
        ("anon_a1B2c_678901_x.ipynb", "file", "anon a1B2c", "", "x.ipynb"),
        ("LATE_anon_a1B2c_678901_x.ipynb", "file", "anon a1B2c", "", "x.ipynb"),
        ("Ada Lovelace_1234567_assignsubmission_file_", "folder", "Ada Lovelace", "1234567", None),
        ("Ada Lovelace_1234567_assignsubmission_file", "folder", "Ada Lovelace", "1234567", None),
        ("Ada Lovelace_1234567_assignsubmission_file_x_1.ipynb", "file", "Ada Lovelace", "1234567", "x_1.ipynb"),
        ("Ada Lovelace - 01_sums.ipynb", "file", "Ada Lovelace", "", "01_sums.ipynb"),
        ("Copy of Ada Lovelace - Copy of 01_sums.ipynb", "file", "Ada Lovelace", "", "Copy of 01_sums.ipynb"),
        ("01-sums-ada-l", "folder", "ada-l", "", None),
        ("homework-01-sums-adal", "folder", "adal", "", None),
    ],
)
def test_the_names_of_each_lms_say_whose_a_file_is(name, kind, student, number, file):
    entry = recognise(name, kind, [LESSON, OTHER])
    assert (entry.owner.name, entry.owner.number) == (student, number)
    assert file is None or entry.file == file


@pytest.mark.parametrize(
    "name",
    ["01_sums.ipynb", "01 sums - Copy.ipynb", "Copy of 01_sums (2).ipynb", "final - draft.ipynb", "ada_1_2.ipynb"],
)
def test_a_students_own_names_are_not_taken_for_an_export(name):
    assert recognise(name, "file", [LESSON, OTHER]) is None


def test_of_canvas_resubmissions_the_highest_number_counts_and_all_are_kept(course, paper, tmp_path):
    export = zipped(
        tmp_path / "submissions.zip",
        {
            "lovelaceada_LATE_12_903_01_sums-2.ipynb": paper("third"),
            "lovelaceada_12_901_01_sums.ipynb": paper("first"),
            "lovelaceada_12_902_01_sums-1.ipynb": paper("second"),
            "bo_15_999_my answer.ipynb": paper("old"),
            "bo_15_1000_better.ipynb": paper("new"),
            "kim_13_910_homework.ipynb": paper("kim's"),
            "kim_13_911_01_sums.txt": "words",
            "noone_14_912_essay.docx": "words",
            "whose is this.ipynb": paper(),
        },
    )
    receipts = collect(export, course)
    assert counting(receipts) == {
        ("lovelaceada", LESSON): "lovelaceada_LATE_12_903_01_sums-2.ipynb",
        ("kim", LESSON): "kim_13_910_homework.ipynb",
        ("bo", LESSON): "bo_15_1000_better.ipynb",
    }
    assert why(course, "lovelaceada") == "third"
    kept = sorted(p.name for p in (course.submitted / "lovelaceada" / LESSON / "original").iterdir())
    assert [name.split(" ", 2)[2] for name in kept] == ["01_sums-1.ipynb", "01_sums-2.ipynb", "01_sums.ipynb"]
    late = next(r for r in receipts if r.student == "lovelaceada" and r.counts)
    assert any("LATE" in note for note in late.notes) and late.lms_id == "12"
    refused = {r.student: r.notes[0] for r in receipts if r.verdict == "refused"}
    assert refused == {
        "noone": "There is no notebook in this folder.",
        "(not known)": "Its name does not say whose it is.",
    }


def test_several_exports_at_once_folders_and_zips_and_the_time_is_the_exports(course, paper, tmp_path):
    moodle = zipped(
        tmp_path / "moodle.zip",
        {
            "Ada Lovelace_77_assignsubmission_file_/Copy of 01_sums.ipynb": paper(),
            "Alan Turing_78_assignsubmission_file_/work/02_words.ipynb": paper(lesson=OTHER),
            "Grace Hopper_79_assignsubmission_file_01_sums.ipynb": paper(),
        },
    )
    google = tmp_path / "google" / "HW 1"
    for name in ("서연 김 - Copy of 01_sums.ipynb", "Ada Lovelace - 02_words.ipynb"):
        write_nb(
            google / unicodedata.normalize("NFD", name),
            nbformat.reads(paper(), 4) if "01" in name else released(course, OTHER),
        )
    loose = write_nb(tmp_path / "edsger" / "01_sums.ipynb", nbformat.reads(paper(), 4))
    receipts = collect([moodle, google.parent, loose], course)
    assert set(counting(receipts)) == {
        ("Ada Lovelace", LESSON), ("Ada Lovelace", OTHER), ("Alan Turing", OTHER), ("Grace Hopper", LESSON),
        ("서연 김", LESSON), ("edsger", LESSON),
    }  # fmt: skip
    stamp = CourseDirectory().get_existing_timestamp(str(course.submitted / "Ada Lovelace" / LESSON))
    assert stamp.replace(tzinfo=UTC).timestamp() == time.mktime((*NIGHT, 0, 0, -1)), "the zip's time, in this time zone"


def test_a_zip_of_zips_of_students_or_of_exports_is_opened_to_the_notebooks(course, paper, tmp_path):
    ada = zipped(tmp_path / "x" / "ada.zip", {"work/01_sums.ipynb": paper()})
    innermost = zipped(tmp_path / "y" / "innermost.zip", {"01_sums.ipynb": paper()})
    inner = zipped(tmp_path / "y" / "inner.zip", {"innermost.zip": innermost.read_bytes()})
    bo = zipped(tmp_path / "x" / "bo.zip", {"more.zip": inner.read_bytes()})
    canvas = zipped(tmp_path / "x" / "canvas.zip", {"turingalan_5_6_01_sums.ipynb": paper()})
    whole = zipped(tmp_path / "term.zip", {path.name: path.read_bytes() for path in (ada, bo, canvas)})
    assert set(counting(collect(whole, course))) == {("ada", LESSON), ("bo", LESSON), ("turingalan", LESSON)}


def test_two_students_of_one_name_never_become_one(course, paper, tmp_path):
    export = zipped(
        tmp_path / "one.zip", {"kim_13_91_01_sums.ipynb": paper("13"), "kim_14_92_01_sums.ipynb": paper("14")}
    )
    receipts = collect(export, course)
    assert [why(course, f"kim-{n}") for n in (13, 14)] == ["13", "14"]
    assert all("several called kim" in r.notes[0] for r in receipts)
    another = zipped(tmp_path / "two.zip", {"lee_1_91_01_sums.ipynb": paper()})
    later = zipped(tmp_path / "three.zip", {"lee_2_92_01_sums.ipynb": paper("other")})
    collect(another, course)
    assert counting(collect(later, course)) == {("lee-2", LESSON): "lee_2_92_01_sums.ipynb"}
    assert why(course, "lee") == "a share", "the other Lee's is untouched"


def git(folder, *arguments, **environment):
    own = {"GIT_AUTHOR_DATE": "2026-10-01T10:00:00Z", "GIT_COMMITTER_DATE": "2026-10-02T11:30:00+0200"}
    identity = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, env={**os.environ, **own}, capture_output=True
    )


@pytest.mark.parametrize("packed", [False, True])
def test_a_repository_has_the_time_of_its_last_commit_and_none_of_its_programs_run(course, paper, tmp_path, packed):
    need(not subprocess.run(["which", "git"], capture_output=True).returncode, "git is not installed.")
    repository = write_nb(tmp_path / "in" / "01-sums-adal" / "answer.ipynb", nbformat.reads(paper(), 4)).parent
    git(repository, "init", "-q")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "done")
    if packed:
        git(repository, "gc", "-q")
        git(repository, "pack-refs", "--all")
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    hostile = f"[core]\nrepositoryformatversion=1\nfsmonitor={program}\npager={program}\nsshCommand={program}\n"
    hostile += f"[gpg]\nprogram={program}\n[log]\nshowSignature=true\n[alias]\ncat-file=!{program}\n"
    hostile += '[extensions]\npartialClone=origin\n[remote "origin"]\nurl=ssh://nowhere/x\npromisor=true\n'
    (repository / ".git" / "config").write_text(hostile)
    shutil.copytree(repository, tmp_path / "in" / "01-sums-bo")  # whose commit git would want to fetch, with sshCommand
    (tmp_path / "in" / "01-sums-bo" / ".git" / "HEAD").write_text("1" * 40)
    receipts = {r.student: r for r in collect(tmp_path / "in", course)}
    assert receipts["adal"].when == "2026-10-02T09:30:00Z"
    assert receipts["bo"].counts and not ran.exists()


ROSTERS = {
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
    '"Lovelace, Ada",12,S1,ada1,A\n"Müller, Jürgen",13,S2,jm2,A\n"김, 서연",14,S3,sy3,A\n"Kim, Minjun",15,S4,mj4,A\n'
    '"Kim, Minjun",16,S5,mj5,A\n"Student, Test",99,,,\n',
    "moodle": "\ufeffFirst name;Surname;ID number;Email address\nAda;Lovelace;ada1;ada@uni.edu\n"
    "Jürgen;Müller;jm2;j@uni.edu\n서연;김;sy3;sy@uni.edu\nMinjun;Kim;mj4;mj4@uni.edu\nMinjun;Kim;mj5;mj5@uni.edu\n",
    "github": "identifier,github_username,github_id,name\nada1,lovelace-a,1,Ada Lovelace\njm2,juergen,2,Jürgen Müller\n"
    "sy3,seoyeon,3,서연 김\nmj4,minjun-k,4,Minjun Kim\nmj5,,,Minjun Kim\n",
    "plain": "id,name,email\nada1,Ada Lovelace,ada@uni.edu\njm2,Jürgen Müller,j@uni.edu\nsy3,서연 김,sy@uni.edu\n"
    "mj4,Minjun Kim,mj4@uni.edu\nmj5,Minjun Kim,mj5@uni.edu\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", ROSTERS)
def test_names_of_exports_are_matched_with_the_roster_and_never_guessed(listed, paper, tmp_path, kind):
    (tmp_path / "roster.csv").write_text(ROSTERS[kind])
    folder = tmp_path / "in"
    for name in (
        "Lovelace Ada", unicodedata.normalize("NFD", "MULLER, Jürgen"), "김서연", "Kim Minjun", "Nobody Known", "MJ5",
    ):  # fmt: skip
        write_nb(folder / name / "01_sums.ipynb", nbformat.reads(paper(), 4))
    receipts = {r.student: r for r in collect(folder, listed, [tmp_path / "roster.csv"])}
    assert set(receipts) == {"ada1", "jm2", "sy3", "Kim Minjun", "Nobody Known", "mj5"}
    assert "may be Minjun Kim (mj4) or Minjun Kim (mj5)" in receipts["Kim Minjun"].notes[0]
    assert "is not in the roster" in receipts["Nobody Known"].notes[0] and receipts["ada1"].notes == []
    with Gradebook(listed.db_url) as book:
        assert {"ada1", "jm2", "sy3", "mj4", "mj5"} == {student.id for student in book.students}
        ada = book.find_student("ada1")
        assert (ada.first_name, ada.last_name) == ("Ada", "Lovelace")
        assert ada.lms_user_id == {"canvas": "12", "moodle": "ada1"}.get(kind)


def test_the_roster_of_the_last_time_is_used_again_with_canvas_squeezed_names_and_numbers(listed, paper, tmp_path):
    for kind in ("canvas", "github"):
        (tmp_path / f"{kind}.csv").write_text(ROSTERS[kind])
    one = zipped(tmp_path / "one.zip", {"mullerjurgen_13_1_01_sums.ipynb": paper()})
    collect(one, listed, [tmp_path / "canvas.csv", tmp_path / "github.csv"])
    two = zipped(tmp_path / "two.zip", {"kimminjun_16_2_01_sums.ipynb": paper(), "lovelaceada_12_3_x.ipynb": paper()})
    github = tmp_path / "homework-4-submissions"
    write_nb(github / "homework-4-minjun-k" / "01_sums.ipynb", nbformat.reads(paper(), 4))
    assert set(counting(collect([two, github], listed))) == {("mj5", LESSON), ("ada1", LESSON), ("mj4", LESSON)}
    assert (listed.submitted / "jm2" / LESSON).is_dir()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name\na,Ada\na,Bo\n", "has a twice, the second time in line 3"),
        ("colour,size\nred,1\n", "no column that names students"),
        ("id,name,email\n,Ada,\n", "in line 2 neither an id nor an email"),
        ("id,name\n", "lists nobody"),
        ("", "no column"),
        ("id,name\na,김\n".encode("cp949"), "not UTF-8"),
        (None, "cannot be read"),
    ],
)  # fmt: skip
def test_a_roster_that_can_not_be_used_is_one_clear_sentence(tmp_path, text, said):
    path = tmp_path / "roster.csv"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Stop, match=said):
        read_roster(path)


def test_entering_a_roster_again_keeps_what_the_gradebook_knows(course, monkeypatch):
    monkeypatch.setenv("PATH", os.defpath)  # as where the command is called by its path, without its environment
    enter([Person("a", "Ada", "L", "a@b", "7", ("adal",))], course)
    enter([Person("a", "Ada", "Lovelace"), Person("b")], course)
    with Gradebook(course.db_url) as book:
        ada = book.find_student("a")
        assert (ada.last_name, ada.email, ada.lms_user_id, len(book.students)) == ("Lovelace", "a@b", "7", 2)


def test_an_older_good_file_counts_where_the_latest_is_broken_and_it_is_said(course, paper, tmp_path):
    export = zipped(tmp_path / "c.zip", {"a_1_1_01_sums.ipynb": paper(), "a_1_2_01_sums-1.ipynb": "{"})
    good, broken = sorted(collect(export, course), key=lambda r: r.verdict)
    assert good.counts and "A later file was refused: a_1_2_01_sums-1.ipynb; ask the student." in good.notes
    assert (
        broken.verdict == "refused" and (course.submitted / "a" / LESSON / "original" / broken.kept).read_text() == "{"
    )


def test_the_command_takes_several_paths_prints_one_table_and_writes_a_safe_csv(
    built, paper, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(built.root)
    one = zipped(tmp_path / "one.zip", {"a_1_1_01_sums.ipynb": paper(), "b_2_2_01_sums.ipynb": "{"})
    two = zipped(tmp_path / "two.zip", {"=cmd()_3_3_01_sums.ipynb": paper()})
    class_dir = ["--class-dir", str(tmp_path / "class"), "collect", str(one), str(two)]
    assert main([*class_dir, "--csv", str(tmp_path / "out.csv")]) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["verdict", "student", "lesson", "file"]
    assert "3 files: 2 count (*), 0 earlier attempts kept, 1 refused" in out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig"))))
    assert [row["verdict"] for row in rows] == ["accepted", "accepted", "refused"]
    assert all(row["file"][:1] not in "=+-@" for row in rows)
    assert main([*class_dir, "--json"]) == 1
    assert len(json.loads(capsys.readouterr().out)) == 3
    assert main([*class_dir[:3], str(two)]) == 0


def test_nbgraders_own_zip_collect_reads_a_canvas_zip(built, paper):
    archive = built.root / "downloaded" / LESSON / "archive"
    zipped(
        archive / "submissions.zip",
        {
            "lovelaceada_12_901_01_sums.ipynb": paper("first"),
            "lovelaceada_12_902_Copy of 01_sums-1.ipynb": paper("second"),
            "broken_13_903_01_sums.ipynb": "{",
            "words_14_904_02_words.ipynb": paper(lesson=OTHER),
        },
    )
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "zip_collect", LESSON], cwd=built.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert [path.parent.parent.name for path in built.submitted.rglob("*.ipynb")] == ["lovelaceada"]
    assert why(built, "lovelaceada") == "second"
    assert CourseDirectory().get_existing_timestamp(str(built.submitted / "lovelaceada" / LESSON)) is not None
    assert "broken_13_903_01_sums.ipynb refused: The file is not readable" in done.stderr
    assert "left aside, it is of 02_words" in done.stderr
