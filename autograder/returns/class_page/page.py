"""The class page as HTML: no script, one file; everything that comes from people is escaped."""

from __future__ import annotations

from html import escape
from pathlib import Path

from autograder.returns.class_page.facts.picture import ClassPicture, LessonPicture, Said
from autograder.returns.class_page.sections import care, learning, scores
from autograder.returns.class_page.sections.comparison import comparison
from autograder.returns.class_page.sections.parts import bdi, count, items, naming, table
from autograder.returns.class_page.sections.times import submission_times
from autograder.returns.prose import points

CSS = Path(__file__).with_name("page.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def class_page(picture: ClassPicture) -> str:
    """The whole page. Of several lessons: what needs a person today, an overview, and each lesson folded."""
    one = len(picture.lessons) == 1
    title = picture.lessons[0].title if one else "The class"
    with naming(picture.names):
        compared = comparison(picture.compared)
        if one:
            body = _lesson(picture.lessons[0], picture.unplaced, compared)
        else:
            body = "\n".join(filter(None, [_overview(picture), compared, *map(_folded, picture.lessons)]))
            body += _unplaced(picture.unplaced)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)} · class report</title>\n<style>\n{CSS.read_text(encoding='utf-8')}</style>\n"
        f"</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _overview(picture: ClassPicture) -> str:
    if not picture.lessons:
        return "<h1>The class</h1><p>There is no lesson to report on.</p>"
    lead = f'<h1>The class</h1><p class="lead">{count(len(picture.lessons), "lesson")}</p>'
    return lead + care.today(picture.lessons, picture.unplaced) + _lessons(picture.lessons)


def _lessons(lessons: list[LessonPicture]) -> str:
    def line(lesson: LessonPicture) -> str:
        median = f"{points(lesson.median)} of {points(lesson.points)}" if lesson.median is not None else "–"
        first = lesson.misconceptions[0] if lesson.misconceptions else None
        common = f"{bdi(first.name)}, {len(first.students)}" if first else "–"
        handed_in = sum(row.state != "absent" for row in lesson.rows)
        link = f'<a href="#{escape(lesson.id)}">{escape(lesson.title)}</a>'
        cells = f"<td>{handed_in}</td><td>{len(lesson.counted)}</td><td>{median}</td>"
        return f'<tr><th scope="row">{link}</th>{cells}<td class="who">{common}</td></tr>'

    caption = "All lessons; a title leads to the lesson below."
    head = [
        "Lesson",
        "Handed in",
        "Graded",
        "Median points",
        '<th scope="col" class="who">Most frequent misconception</th>',
    ]
    made = table(caption, head, [line(lesson) for lesson in lessons], label="All lessons")
    return f'<nav class="part" aria-label="Lessons"><h2>Lessons</h2>{made}</nav>'


def _folded(lesson: LessonPicture) -> str:
    """A link to what is folded unfolds it: the place it leads to is inside."""
    summary = f'<summary><h2>{escape(lesson.title)}</h2></summary><span class="place" id="{escape(lesson.id)}"></span>'
    return f'<details class="lesson">{summary}{_content(lesson, [], "")}</details>'


def _lesson(lesson: LessonPicture, unplaced: list[Said], compared: str) -> str:
    title = f"<h1>{escape(lesson.title)}</h1>"
    content = _content(lesson, unplaced, compared).replace("<h3>", "<h2>").replace("</h3>", "</h2>")  # one step higher
    return f'<article class="lesson" id="{escape(lesson.id)}">{title}{content}</article>'


def _content(lesson: LessonPicture, unplaced: list[Said], compared: str) -> str:
    """Most urgent first: what needs a person, who holds which mistake, then the numbers."""
    parts = [
        f'<p class="soft">Class report · <code>{escape(lesson.id)}</code></p>',
        scores.figures(lesson),
        care.needs_you(lesson, unplaced),
        compared,
        learning.misconceptions(lesson),
        learning.exercises(lesson),
        scores.distribution(lesson),
        submission_times(lesson),
        scores.leaderboard(lesson),
        scores.students(lesson),
        care.repaired(lesson),
    ]
    return "\n".join(filter(None, parts))


def _unplaced(unplaced: list[Said]) -> str:
    if not unplaced:
        return ""
    head = "<h2>Files that belong to no lesson</h2>"
    return f'<section class="part care" id="unplaced">{head}{items(care.refused(unplaced))}</section>'
