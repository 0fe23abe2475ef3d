"""What only a person can settle: in one lesson, and of all lessons at the top of the page."""

from __future__ import annotations

from html import escape

from autograder.returns.class_page.facts.picture import LessonPicture, Said
from autograder.returns.class_page.sections.parts import bdi, called, count, folded, items, listed, names, section
from autograder.returns.prose import prose

ASK = "ask the student"  # how a note ends that only the student can settle


def needs_you(lesson: LessonPicture, unplaced: list[Said]) -> str:
    """Written answers, outdated grades, what to ask students, signs of tampering, refused files."""
    found = []
    pending = [row for row in lesson.rows if row.state == "pending"]
    if pending:
        written = f"{count(to_grade(lesson), 'written answer')}, in nbgrader's formgrader."
        found.append(_item("To grade by hand", written, [r.student for r in pending]))
    for state, what in (("ungraded", "Not graded"), ("stale", "Handed in again since")):
        students = [row.student for row in lesson.rows if row.state == state]
        if students:
            found.append(_item(what, "Run the grading again; until then no points are counted.", students))
    found += [_item("Ask the student", prose(said.reason), said.students) for said in to_ask(lesson)]
    found += [_item("Look at it", f"It costs no points. {prose(said.reason)}", said.students) for said in lesson.flags]
    return section("Needs you", items(found + refused([*lesson.refusals, *unplaced])), "care")


def refused(refusals: list[Said]) -> list[str]:
    return [
        f'<li><span class="tag">Not taken</span> · {prose(said.reason)} <div>{_files(said)}</div>'
        f'<p class="soft">To do: {prose(said.what_to_do)}</p></li>'
        for said in refusals
    ]


def today(lessons: list[LessonPicture], unplaced: list[Said]) -> str:
    """The first thing an instructor sees: what waits, lesson by lesson, each with a link to it."""
    found = []
    for lesson in lessons:
        waits = _waits(lesson)
        if waits:
            title = f'<a href="#{escape(lesson.id)}">{escape(lesson.title)}</a>'
            found.append(f"<li>{title}: {', '.join(waits)}.</li>")
    if unplaced:
        number = count(sum(len(said.files) for said in unplaced), "file")
        found.append(f'<li><a href="#unplaced">{number} of no lesson</a>: not taken.</li>')
    if not found:
        return section("Needs you", "<p>Nothing: all that was handed in is graded.</p>", tag="h2")
    return section("Needs you", items(found), "care", "h2")


def repaired(lesson: LessonPicture) -> str:
    rest = [said for said in lesson.repairs if ASK not in said.reason]  # those are under "Needs you"
    if not rest:
        return ""
    told = [f'<li>{prose(said.reason)} <div class="soft">{names(said.students)}</div></li>' for said in rest]
    note = '<p class="soft">Nothing was lost: the files as handed in are kept.</p>'
    return section("What was repaired", note + items(told))


def to_grade(lesson: LessonPicture) -> int:
    return sum(score.pending for row in lesson.rows if row.state == "pending" for score in row.scores.values())


def to_ask(lesson: LessonPicture) -> list[Said]:
    return [said for said in lesson.repairs if ASK in said.reason]


def _waits(lesson: LessonPicture) -> list[str]:
    ungraded, stale = (sum(row.state == state for row in lesson.rows) for state in ("ungraded", "stale"))
    flagged = len({student for said in lesson.flags for student in said.students})
    asked = len({student for said in to_ask(lesson) for student in said.students})
    files = sum(len(said.students) for said in lesson.refusals)
    told = [
        (to_grade(lesson), f"{count(to_grade(lesson), 'written answer')} to grade"),
        (ungraded, f"{count(ungraded, 'submission')} not graded"),
        (stale, f"{stale} handed in again"),
        (files, f"{count(files, 'file')} not taken"),
        (asked, f"{count(asked, 'student')} to ask"),
        (flagged, f"{count(flagged, 'submission')} to look at"),
    ]
    return [words for number, words in told if number]


def _item(what: str, sentence: str, students: list[str]) -> str:
    return f'<li><span class="tag">{what}</span> · {sentence} <div class="soft">{names(students)}</div></li>'


def _files(said: Said) -> str:
    """Whose, and which; a line for each where something is to be said of each."""
    told = list(map(_file, said.students, said.files, said.notes))
    return folded(told) if any(said.notes) else listed(told)


def _file(student: str, file: str, note: str) -> str:
    """The file is not named where it is the student's own folder."""
    which = [f"<code>{bdi(file)}</code>"] * (file != student) + [f'<span class="soft">{prose(note)}</span>'] * bool(
        note
    )
    return ": ".join([called(student), " ".join(which)] if which else [called(student)])
