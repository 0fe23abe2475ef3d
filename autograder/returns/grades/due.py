"""When a lesson is due: nbgrader's own date, given with its time zone; and the penalties that hang on it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from nbgrader.api import MissingEntry

from autograder import nbgrader_api
from autograder.course import Course
from autograder.errors import Stop
from autograder.grading.many.gradebook import read
from autograder.grading.many.writer import Writer
from autograder.returns.grades.late import LatePenalty, Rule

HOW = 'write it as "2026-12-01 23:59 Asia/Seoul", "2026-12-01 23:59 UTC" or "2026-12-01T23:59+09:00"'
_FORM = re.compile(r"(\d{4}-\d\d-\d\d)[T ]+(\d\d?:\d\d(?::\d\d)?)\s*(\S*)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def moment(text: str) -> datetime:
    """The moment, in UTC. Raises Stop where it is not one single moment, the time zone above all."""
    form = _FORM.fullmatch(text.strip())
    if not form:
        raise Stop(f"{text!r} is no time: {HOW}.")
    day, hour, zone = form.groups()
    try:
        local = datetime.fromisoformat(f"{day} {hour.zfill(5)}")
    except ValueError:
        raise Stop(f"{text!r} is no time: there is no such day or hour.") from None
    if not zone:
        raise Stop(f"{text!r} does not say in which time zone: {HOW}.")
    offset = _OFFSET.fullmatch(zone)
    if offset:
        east = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return (local - (east if offset[1] == "+" else -east)).replace(tzinfo=UTC)
    return _in_zone(text, local, zone)


def _in_zone(text: str, local: datetime, zone: str) -> datetime:
    if zone in ("Z", "UTC", "GMT"):
        return local.replace(tzinfo=UTC)
    try:
        if "/" not in zone:  # EST, say, which is a zone without summer time, and not New York's
            raise ValueError(zone)
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Stop(f"{zone!r} is no time zone such as Asia/Seoul: {HOW}.") from None
    first, second = (local.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(place).replace(tzinfo=None) != local:
        raise Stop(f"{text!r} does not exist: the clocks go forward over it in {zone}.")
    if first != second:
        raise Stop(f"{text!r} comes twice (the clocks go back in {zone}): give its distance from UTC, as in +01:00.")
    return first


def due_dates(course: Course) -> dict[str, datetime]:
    """Of every lesson in the gradebook that has one, in UTC."""
    with read(course) as book:
        return {one.name: one.duedate.replace(tzinfo=UTC) for one in book.assignments if one.duedate}


def set_due(course: Course, lesson: str, when: datetime | None) -> list[str]:
    """Write the date (None: none any more), and what `penalties` does. Returns the same."""
    naive = when.astimezone(UTC).replace(tzinfo=None) if when else None
    with Writer(course) as writer:
        with writer.book.transaction(lesson) as book:
            book.update_or_create_assignment(lesson, duedate=naive)
        return _penalties(course, writer, lesson)


def costs_nothing(course: Course) -> bool:
    """Whether nbgrader_config.py takes no points off for being late."""
    rule = Rule(nbgrader_api.configuration(course)).plugin
    return isinstance(rule, LatePenalty) and not rule.share_per_day and rule.penalty_method == "none"


def penalties(course: Course, lesson: str) -> list[str]:
    """Work out again what is lost for being late, from the points as they now are, without running any notebook; write
    the feedback page of those where it has changed. Returns who they are."""
    with Writer(course) as writer:
        return _penalties(course, writer, lesson)


def _penalties(course: Course, writer: Writer, lesson: str) -> list[str]:
    rule, changed = Rule(nbgrader_api.configuration(course)), []
    with writer.book.transaction(lesson) as book:
        try:
            found = book.find_assignment(lesson).submissions
        except MissingEntry:
            found = []
        everyone = sorted(submission.student.id for submission in found)
        for submission in found:
            before = submission.late_submission_penalty or 0
            for notebook in submission.notebooks:
                notebook.late_submission_penalty = rule.penalty(notebook)
            book.db.flush()
            if abs(before - sum(n.late_submission_penalty or 0 for n in submission.notebooks)) > 1e-9:
                changed.append(submission.student.id)
                writer.drop_page(lesson, submission.student.id)
        book.db.commit()
    for student in everyone:  # one that is missing; of a run that was killed, too
        writer.write_page(lesson, student)
    return sorted(changed)
