"""Grades out: in nbgrader's form, and in files that Canvas and Moodle exported, where only the scores change."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import ExportApp
from nbgrader.plugins import CsvExportPlugin
from small_course import LESSON, OTHER, SEALED, small_course

from autograder import nbgrader_api
from autograder.cli import main
from autograder.course import Course
from autograder.grading.run import prepare
from autograder.returns.grades.table import Table
from autograder.spreadsheet import as_text

LATE = datetime(2026, 10, 10)
PEOPLE = {  # id -> first name, last name, email, number in the LMS
    "ada": ("Ada", "Lovelace", "ada@school.kr", "101"),
    "bo": ("민준", "김", "bo@school.kr", "102"),
    "cy": ("Cy", "=1+1", "cy@school.kr", "103"),
    "di": ("Di", 'O"Neil, Jr', "di@school.kr", "104"),
    "ed": ("Ed", "Poe", "ed@school.kr", ""),
    "flo": ("Flo", "Ray", "flo@school.kr", "106"),
}
# id -> points by the machine of the two tests, by hand for the written answer (None: it waits), extra credit, penalty
WORK = {
    "ada": (2, 3, 1, 1.5, None),  # more than there is
    "bo": (2, 1, 0.5, None, 0.35),
    "cy": (2, 3, None, None, None),
    "di": (0, 1, 0, None, 9),  # as nbgrader never writes it; and still not below 0
    "ed": (2, 0.3333, 1, None, None),
}
SCORES = {"ada": "7.5", "bo": "3.15", "di": "0", "ed": "3.3333"}

CANVAS = '''\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Essay (7),"Sums (11)",Final Score\r
,,,,,Manual Posting,,(read only)\r
    Points Possible,,,,,10.00,6.00,(read only)\r
"Lovelace, Ada",101,u1,ada,A,9.50,,88.1\r
"김, 민준",102,u2,bo ,A,,"1.00",\r
"=HYPERLINK(""http://x"")",103,u3,cy,"A ""1""",,,\r
"O""Neil, Jr, Di",104,,di@school.kr,A,,,\r
"Poe, Ed",,,,A,,,\r
"Stranger, Sam",999,u9,sam,A,,,\r
"Student, Test",,,9a8b,A,,,\r
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = small_course(tmp_path_factory.mktemp("export") / "course", SEALED)
    for lesson in (LESSON, OTHER):
        prepare(course, lesson)
    with Gradebook(course.db_url) as book:
        for name, (first, last, email, number) in PEOPLE.items():
            book.add_student(name, first_name=first, last_name=last, email=email, lms_user_id=number or None)
        book.find_assignment(LESSON).duedate = LATE
        for name, (add, mean, why, extra, penalty) in WORK.items():
            done = book.add_submission(LESSON, name, timestamp=LATE + timedelta(hours=-1 if penalty is None else 1))
            done.notebooks[0].late_submission_penalty = penalty
            given = {"test_add": (add, None), "test_mean": (mean, None), "why": (None, why)}
            for grade in done.notebooks[0].grades:
                grade.auto_score, grade.manual_score = given[grade.name]
                grade.needs_manual_grade = given[grade.name] == (None, None)
                grade.extra_credit = extra if grade.name == "why" else None
        book.db.commit()
    return course


@pytest.fixture
def export(course, tmp_path, monkeypatch, capsys):
    """Runs the command; the exit code, the file's bytes and what was said."""
    monkeypatch.chdir(course.root)

    def run(*words, template=None):
        given = tmp_path / "given.csv"
        if template is not None:
            given.write_bytes(template)
            words += ("--template", str(given))
        code = main(["export", *words, "--to", str(tmp_path / "out.csv")])
        said = capsys.readouterr()
        if template is not None:
            assert given.read_bytes() == template
        out = tmp_path / "out.csv"
        return code, out.read_bytes() if out.exists() else None, said.out + said.err

    return run


def rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_canvas_gets_its_own_file_back_with_the_scores_and_not_a_byte_else(export):
    code, data, said = export("canvas", "--column", f"{LESSON}=Sums (11)", template=CANVAS.encode())
    wanted = CANVAS.replace("A,9.50,,88.1", "A,9.50,7.5,88.1").replace('A,,"1.00",', 'A,,"3.15",')
    wanted = wanted.replace("di@school.kr,A,,,", "di@school.kr,A,,0,")
    wanted = wanted.replace('"Poe, Ed",,,,A,,,', '"Poe, Ed",,,,A,,3.3333,')
    assert data == wanted.encode() and code == 0
    assert "4 scores ->" in said and "In the file and not in the gradebook: Stranger, Sam." in said
    assert f"{LESSON}: 1 blank, an answer waits for a person" in said
    assert f"{LESSON}: 1 blank, nothing handed in" in said
    assert "Other scores stood in the file for 민준 김" in said and "not in the file: Flo Ray." in said
    assert "late penalty of" in said, "bo's and di's are no longer what their points call for"


def test_the_column_is_found_by_the_lessons_name_and_else_the_columns_are_named(export):
    assert export("canvas", LESSON, template=CANVAS.encode())[0] == 0
    code, _, said = export("canvas", LESSON, template=CANVAS.replace("Sums (11)", "Sums, again (11)").encode())
    assert code == 2 and "has no column of a lesson; it has Student, ID" in said
    code, _, said = export("canvas", LESSON, template=CANVAS.replace("Essay (7)", "sums (7)").encode())
    assert code == 2 and "several columns" in said
    assert export("canvas", "--column", f"{LESSON}=Nothing", template=CANVAS.encode())[0] == 2


def test_semicolons_are_seen_and_what_is_worth_other_points_there_is_said(export):
    template = CANVAS.replace(",", ";").replace("6.00", "100.00")
    _, data, said = export("canvas", LESSON, template=template.encode())
    assert b"A;9.50;7.5;88.1" in data and "worth 6 points here and 100.00 in the file" in said


def test_a_student_with_a_score_who_is_not_in_the_file_makes_the_exit_code_1(export):
    template = "".join(line for line in CANVAS.splitlines(keepends=True) if "Lovelace" not in line)
    code, _, said = export("canvas", LESSON, template=template.encode())
    assert code == 1 and "with a score, and not in the file: Ada Lovelace." in said


def test_another_person_of_the_same_name_gets_nobodys_score(export):
    """The file calls people by their numbers; this Ada has another one. And of two Eds nobody knows which."""
    template = CANVAS.replace("101,u1,ada", "777,u7,ada7").replace('"Stranger, Sam"', '"Poe, Ed"')
    code, data, _ = export("canvas", LESSON, template=template.encode())
    assert code == 1 and b"777,u7,ada7,A,9.50,,88.1" in data and data.count(b"3.3333") == 0


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (CANVAS.encode("utf-16"), "not in UTF-8"),
        (CANVAS.encode("cp949", "replace"), "not in UTF-8"),
        (b"a,b\n1,2\n", "is it what Canvas exports"),
        (CANVAS.replace('""1""', '"1"').encode() + b'"open', "a quotation mark in it is amiss"),
        (b"", "it is empty"),
    ],
)
def test_a_file_that_can_not_be_filled_is_refused_with_the_reason(export, template, reason):
    code, data, said = export("canvas", template=template)
    assert code == 2 and data is None and reason in said and len(said.strip().splitlines()) == 1


WORKSHEET = """Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 9001","Ada Lovelace",ada@school.kr,"Submitted for grading",,6.00,Yes,"Friday, 9 October 2026, 1:02 PM",-,
"Participant 9002","민준 김",BO@school.kr,"Submitted for grading",1.00,6.00,No,-,-,"<p>kept</p>
of two lines"
"Participant 9005","Ed Poe",other@school.kr,"No submission",,6.00,Yes,-,-,
"""


def test_moodles_worksheet_gets_the_grade_and_keeps_what_may_not_be_changed(export):
    code, data, said = export("moodle", LESSON, template=WORKSHEET.encode())
    wanted = WORKSHEET.replace('grading",,6.00', 'grading",7.5,6.00').replace('submission",,', 'submission",3.3333,')
    assert data.decode() == wanted and code == 1
    assert "grade of 민준 김 can not be changed" in said and "with a score, and not in the file: " in said
    assert export("moodle", template=WORKSHEET.encode())[0] == 2, "for which of the two lessons?"


def test_moodles_gradebook_gets_the_column_of_the_lesson(export):
    template = "First name,Last name,ID number,Email address,Assignment: Sums (Real),Course total (Real)\n"
    template += "A.,L.,101,x@y.z,-,1\nDi,?,,di@school.kr,,\n"
    code, data, _ = export("moodle", LESSON, template=template.encode())
    assert data.decode() == template.replace("x@y.z,-", "x@y.z,7.5").replace("kr,,", "kr,0,") and code == 1


def test_without_a_template_the_file_is_made_and_no_name_is_a_formula(export):
    _, data, said = export("canvas", LESSON, "--missing-as-zero", "--column", f"{LESSON}=Sums")
    made = {row[3]: row for row in rows(data)}
    assert rows(data)[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Sums"]
    assert rows(data)[1] == ["    Points Possible", "", "", "", "", "6"]
    assert made["cy"][0] == "'=1+1, Cy" and made["cy"][5] == "", "waits for a person: no 0"
    assert made["flo"][5] == "0" and made["bo"][0] == "김, 민준" and made["di"][0] == 'O"Neil, Jr, Di'
    assert {name: made[name][5] for name in SCORES} == SCORES and "1 students have no lms_user_id" in said
    _, data, _ = export("moodle", LESSON)
    assert rows(data)[0] == ["First name", "Last name", "ID number", "Email address", LESSON]
    assert ["Ada", "Lovelace", "101", "ada@school.kr", "7.5"] in rows(data)


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1"])
def test_text_of_a_student_is_no_formula_and_a_number_stays_one(text):
    assert as_text(text, numbers=True) == f"'{text}"
    given = ("-5", "+82", "-1.5", "김=", None)
    assert [as_text(one, numbers=True) for one in given] == ["-5", "+82", "-1.5", "김=", ""]


def test_nbgraders_form_has_nbgraders_numbers_and_columns_in_its_own_command_too(course, export, tmp_path):
    code, data, _ = export("nbgrader")
    plugin = CsvExportPlugin()
    plugin.to = str(tmp_path / "nbgraders.csv")
    with Gradebook(course.db_url) as book:
        plugin.export(book)
    theirs = (tmp_path / "nbgraders.csv").read_text().splitlines()
    assert data.decode().splitlines()[0] == theirs[0] and len(rows(data)) == len(theirs) == 13 and code == 0
    ours = {(row[0], row[3]): row for row in rows(data)}
    for line in theirs[1:]:
        parts = line.split(",")
        mine = ours[parts[0], parts[3]]
        if parts[0] == LESSON and parts[3] in SCORES:
            assert mine[7:] == parts[-4:], "raw score, penalty, score, most"
        else:
            assert mine[7:10] == ["", "", ""]
    config = nbgrader_api.configuration(Course(course.root))
    config.ExportApp.plugin_class = "autograder.returns.grades.made.GradesCsv"
    app = ExportApp(config=config)
    app.init_plugin()
    app.plugin_inst.to = str(tmp_path / "by_nbgrader.csv")
    with Gradebook(course.db_url) as book:
        app.plugin_inst.export(book)
    assert (tmp_path / "by_nbgrader.csv").read_bytes() == data


def test_what_was_handed_in_again_or_never_graded_has_no_score(course, export):
    for student, day in (("ada", 20), ("flo", 1)):
        folder = course.submitted / student / LESSON
        folder.mkdir(parents=True)
        (folder / f"{LESSON}.ipynb").write_text("{}")
        (folder / "timestamp.txt").write_text(f"2026-10-{day:02} 12:00:00.000000 UTC")
    _, data, said = export("canvas", LESSON, "--missing-as-zero")
    made = {row[3]: row[5] for row in rows(data)}
    assert made["ada"] == made["flo"] == "" and "handed in again since" in said and "handed in and not graded" in said
    for student in ("ada", "flo"):
        (course.submitted / student / LESSON / "timestamp.txt").unlink()
        (course.submitted / student / LESSON / f"{LESSON}.ipynb").unlink()


def test_a_template_is_never_written_over_and_a_class_without_grades_is_said(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course.root)
    given = tmp_path / "given.csv"
    given.write_text(CANVAS)
    assert main(["export", "canvas", "--template", str(given), "--to", str(given)]) == 2
    assert "would be written over" in capsys.readouterr().err
    assert main(["--class-dir", str(tmp_path / "none"), "export", "nbgrader"]) == 2
    assert "There is no gradebook yet" in capsys.readouterr().err and not (tmp_path / "none").exists()


@pytest.mark.parametrize("text", ['a,"b\r\n""c""",d\n\n"x",,\n', "one", "a\rb\r", ',\n"",\n'])
def test_a_table_is_read_as_csv_reads_it_and_comes_back_to_the_byte(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    assert Table(path).data() == text.encode()
