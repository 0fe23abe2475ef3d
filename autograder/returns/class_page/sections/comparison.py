"""This run beside an older one."""

from __future__ import annotations

from html import escape

from autograder.returns.class_page.facts.picture import Comparison, LessonChange, StudentChange
from autograder.returns.class_page.sections import parts
from autograder.returns.class_page.sections.parts import bdi, called, count, row, section, soft
from autograder.returns.prose import points, prose


def comparison(compared: Comparison | None) -> str:
    if compared is None:
        return ""
    title = f"Since <code>{escape(compared.older)}</code>"
    if not compared.lessons:
        return section(title, "<p>Nothing has changed.</p>", tag="h2")
    return section(title, "".join(map(_lesson, compared.lessons)), "compared", "h2")


def _lesson(change: LessonChange) -> str:
    gained = sum((one.now or 0) > (one.before or 0) for one in change.students)
    lost = sum((one.now or 0) < (one.before or 0) for one in change.students)
    said = f"{count(gained, 'student')} gained points, {lost} lost some, {change.unchanged} are as they were."
    head = f"<h3>{escape(change.title)}</h3>{soft(escape(change.note) if change.note else said)}"
    return head + _students(change) + _exercises(change)


def _students(change: LessonChange) -> str:
    if not change.students:
        return ""
    rows = [
        f'<tr><th scope="row">{called(one.student)}</th><td>{_points(one.before)}</td><td>{_points(one.now)}</td>'
        f'<td class="{"none" if _gain(one) < 0 else "full"}">{_signed(_gain(one))}</td>'
        f'<td class="who">{prose(" ".join(one.why))}</td></tr>'
        for one in change.students
    ]
    caption = "Whose points changed; who lost most comes first."
    made = parts.table(caption, ["Student", "Then", "Now", "Change", "Why"], rows, label=f"Changes in {change.title}")
    return f"<details><summary>{count(len(rows), 'student')}</summary>{made}</details>" if len(rows) > 20 else made


def _exercises(change: LessonChange) -> str:
    if not change.exercises:
        return ""

    def rate(pair: tuple[int, int] | None) -> str:
        return f"{pair[0]} of {pair[1]}" if pair else "–"

    rows = [
        row(f"<code>{bdi(one.title)}</code>", [rate(one.before), rate(one.now), escape(one.note)])
        for one in change.exercises
    ]
    caption = "Exercises: students with full marks, of those graded."
    return parts.table(
        caption, ["Exercise", "Then", "Now", ""], rows, label=f"Exercises that changed in {change.title}"
    )


def _gain(one: StudentChange) -> float:
    return (one.now or 0) - (one.before or 0)


def _points(value: float | None) -> str:
    return "–" if value is None else points(value)


def _signed(value: float) -> str:
    return f"+{points(value)}" if value > 0 else f"−{points(-value)}" if value < 0 else "0"
