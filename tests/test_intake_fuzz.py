"""A thousand damaged notebooks: each gets a verdict, none stops the others, and no answer is lost without a word."""

from fuzz.intake import fuzz
from small_course import LESSON, small_course


def test_a_thousand_damaged_notebooks_get_a_thousand_verdicts_and_no_silent_zero(tmp_path):
    figures = fuzz(small_course(tmp_path / "course"), LESSON, count=1000, seed=0, folder=tmp_path / "in")
    assert figures.crashes == [] and figures.silent == []
    assert sum(figures.verdicts.values()) == 1000
    assert min(figures.verdicts.values()) >= 100, "accepted, repaired and refused: the damages are of every strength"
    assert figures.answers["found"] > 1500
