"""When a lesson was handed in: how long before or after it was due, and at what time of the day."""

from __future__ import annotations

from datetime import datetime

from autograder.returns.class_page.facts.picture import LessonPicture
from autograder.returns.class_page.pictures.times import by_date, by_hour
from autograder.returns.class_page.sections.parts import count, section


def submission_times(lesson: LessonPicture) -> str:
    rows = [row for row in lesson.rows if row.handed_in]
    if not rows:
        return ""
    moments = [datetime.fromisoformat(row.handed_in).astimezone() for row in rows]  # the instructor's own clock
    late = [bool(row.hours_late and row.hours_late > 0) for row in rows]
    due = datetime.fromisoformat(lesson.due).astimezone() if lesson.due else None
    zone = moments[0].tzname() or "local time"
    if due:
        said = (
            f"Due {due:%d %b %Y, %H:%M} {zone}: {len(late) - sum(late)} in time, {count(sum(late), 'submission')} late."
        )
        last = sum(0 <= -row.hours_late <= 24 for row in rows if row.hours_late is not None)
        said += f" {last} came on the last day." if last else ""
    else:
        said = f"No date is set by which it is due. Times are {zone}."
    figures = (
        f'<figure><figcaption class="soft">{said}</figcaption>'
        f"{by_date(moments, late, due, f'dates-{lesson.id}')}</figure>"
        f'<figure><figcaption class="soft">By the hour of the day.</figcaption>{by_hour(moments, f"hours-{lesson.id}")}'
        "</figure>"
    )
    return section("When it was handed in", f'<div class="pair">{figures}</div>')
