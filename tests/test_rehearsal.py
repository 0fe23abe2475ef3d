"""`autograder rehearse`: a made-up class as Canvas gives it out, of lessons with and without a model to hand in."""

import csv
import shutil
import zipfile
from collections import Counter

import pytest

from autograder.cli import main
from autograder.course import Course
from autograder.intake.collect import collect

LESSONS = ("04_self_attention", "09_train_a_translator")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rehearsal")
    assert main(["rehearse", *LESSONS, "--students", "40", "--to", str(folder)]) == 0
    return folder


def test_all_of_it_is_collected_under_the_names_of_the_roster_with_a_verdict_of_each_kind(made, tmp_path):
    course = Course(Course.find().root, tmp_path / "class")
    receipts = collect(made / "submissions.zip", course, [made / "roster.csv"])
    with (made / "roster.csv").open(encoding="utf-8") as file:
        everybody = {row["id"] for row in csv.DictReader(file)}
    assert len(everybody) == 40 and {receipt.student for receipt in receipts} == everybody
    assert {receipt.verdict for receipt in receipts} == {"accepted", "repaired", "refused"}
    counted = Counter(receipt.lesson for receipt in receipts if receipt.counts)
    assert all(counted[lesson] >= 35 for lesson in LESSONS)
    assert sum(not receipt.counts and receipt.verdict != "refused" for receipt in receipts) >= 1  # earlier attempts
    models = list(course.submitted.glob("*/09_train_a_translator/translator.safetensors"))
    assert 20 <= len(models) < 40


def test_the_same_numbers_make_the_same_class_and_what_is_there_is_left_alone(made, tmp_path, capsys):
    assert main(["rehearse", LESSONS[0], "--students", "3", "--to", str(tmp_path / "a")]) == 0
    assert main(["rehearse", LESSONS[0], "--students", "3", "--to", str(tmp_path / "b")]) == 0
    assert main(["rehearse", LESSONS[0], "--students", "3", "--seed", "1", "--to", str(tmp_path / "c")]) == 0
    first, second, other = ((tmp_path / folder / "submissions.zip").read_bytes() for folder in "abc")
    assert first == second != other
    assert main(["rehearse", LESSONS[0], "--students", "3", "--to", str(tmp_path / "a")]) == 2
    assert "is there already, and is left alone" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "a")
    assert main(["rehearse", LESSONS[0], "--students", "0", "--to", str(tmp_path / "a")]) == 2
    assert not (tmp_path / "a").exists()


def test_the_models_of_the_class_are_some_good_some_poor_and_some_not_handed_in(made):
    with zipfile.ZipFile(made / "submissions.zip") as archive:
        models = [info for info in archive.infolist() if info.filename.endswith("translator.safetensors")]
        assert len({info.CRC for info in models}) == 2
