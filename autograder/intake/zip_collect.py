"""`nbgrader zip_collect` with the intake of `autograder collect`: the same exports, repairs and limits.

Goes into nbgrader_config.py as `c.ZipCollectApp.extractor_plugin` and `c.ZipCollectApp.collector_plugin`.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbgrader.plugins.zipcollect import ExtractorPlugin, FileNameCollectorPlugin

from autograder.course import Course
from autograder.errors import Stop
from autograder.intake.attempts import latest, moment_of
from autograder.intake.collect import Lessons, take
from autograder.intake.extras import store_extras
from autograder.intake.roster import Roster, kept_roster, read_roster


class Extractor(ExtractorPlugin):
    """Reads the archives and leaves one folder a student with what counts; the archives are not changed."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        coursedir = self.parent.coursedir
        course, lesson = Course(Path(coursedir.root)), coursedir.assignment_id
        known = kept_roster(course)
        try:
            lessons, roster = Lessons.of(course), Roster(read_roster(known) if known.is_file() else [])
            with tempfile.TemporaryDirectory(prefix="collect-") as place:
                outcomes = list(take([Path(archive_path)], Path(place), lessons, roster))
                for hand in (hand for outcome in outcomes for hand in outcome.hands):
                    if hand.lesson != lesson:
                        self.log.warning("%s: left aside, it is of %s", hand.student, hand.lesson)
                        continue
                    counting, folder = latest(hand.several), Path(extracted_path) / hand.student
                    folder.mkdir(parents=True)
                    notes = [*counting.repairs, *counting.notes]
                    notes += store_extras(lessons.asked[lesson], hand.extras, folder)
                    path = folder / f"{lesson}.ipynb"
                    path.write_text(nbformat.writes(counting.notebook, version=nbformat.NO_CONVERT), encoding="utf-8")
                    when = max(counting.handed.when, hand.extras.when)
                    for file in folder.iterdir():
                        os.utime(file, (when, when))
                    for note in notes:
                        self.log.warning("%s: %s", hand.student, note)
        except Stop as stop:
            self.parent.fail(str(stop))
        for receipt, _ in (refusal for outcome in outcomes for refusal in outcome.refused):
            self.log.error("%s, %s refused: %s", receipt.student, receipt.file, " ".join(receipt.notes))


class Collector(FileNameCollectorPlugin):
    """Says whose each file is that the extractor has left, and when it was handed in."""

    def collect(self, submitted_file: str) -> dict[str, str]:
        path = Path(submitted_file)
        when = moment_of(path.stat().st_mtime).isoformat()
        return {"student_id": path.parent.name, "file_id": path.name, "timestamp": when}
