"""The class page as HTML: no script, one file; everything that comes from people is escaped."""

from html import escape
from pathlib import Path

from autograder.returns.class_page.gather import ClassPicture, Exercise, LessonPicture, Misconception, Row, Said, Score
from autograder.returns.class_page.histogram import histogram

CSS = Path(__file__).with_name("page.css")
STATES = {"absent": "not handed in", "ungraded": "not graded", "stale": "handed in again: grade again"}
ASK = "ask the student"  # what rebuild says of an answer that is not there
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def class_page(picture: ClassPicture) -> str:
    """The whole page; most urgent first: what needs a person, who holds which mistake, then the numbers."""
    one = len(picture.lessons) == 1
    title = picture.lessons[0].title if one else "The class"
    unplaced = picture.unplaced if one else []
    parts = [_lesson(lesson, "h1" if one else "h2", unplaced) for lesson in picture.lessons]
    if not one:
        links = "".join(f'<li><a href="#{escape(x.id)}">{escape(x.title)}</a></li>' for x in picture.lessons)
        lead = f'<p class="lead">{_count(len(picture.lessons), "lesson")}</p>'
        parts.insert(0, f'<h1>The class</h1>{lead}<nav aria-label="Lessons"><ul>{links}</ul></nav>')
    if picture.unplaced and not one:
        head = "<h3>Files that belong to no lesson</h3>"
        parts.append(f'<section class="part care">{head}<ul class="plain">{_refused(picture.unplaced)}</ul></section>')
    body = "\n".join(parts) or "<h1>The class</h1><p>There is no lesson to report on.</p>"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)} · class report</title>\n<style>\n{CSS.read_text(encoding='utf-8')}</style>\n"
        f"</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _lesson(lesson: LessonPicture, heading: str, unplaced: list[Said]) -> str:
    counted = [row for row in lesson.rows if row.state in ("graded", "pending")]
    parts = [
        f'<article class="lesson" id="{escape(lesson.id)}">',
        f"<{heading}>{escape(lesson.title)}</{heading}>",
        f'<p class="soft">Class report · <code>{escape(lesson.id)}</code></p>',
        _figures(lesson, counted),
        _needs_care(lesson, unplaced),
        _misconceptions(lesson, len(counted)),
        _exercises(lesson.exercises),
        _distribution(lesson, counted),
        _students(lesson),
        _repairs(lesson.repairs),
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _figures(lesson: LessonPicture, counted: list[Row]) -> str:
    handed_in = sum(row.state != "absent" for row in lesson.rows)
    full = sum(row.total >= lesson.points for row in counted)
    figures = [("handed in", str(handed_in)), ("graded", str(len(counted)))]
    if lesson.median is not None:
        figures.append(("median points", f"{_points(lesson.median)} <small>of {_points(lesson.points)}</small>"))
        figures.append(("with full marks", str(full)))
    return '<dl class="figures">' + "".join(f"<div><dt>{k}</dt><dd>{v}</dd></div>" for k, v in figures) + "</dl>"


def _needs_care(lesson: LessonPicture, unplaced: list[Said]) -> str:
    """What only a person can settle: written answers, outdated grades, missing answers, refused files."""
    items = []
    pending = [row for row in lesson.rows if row.state == "pending"]
    if pending:
        cells = sum(score.pending for row in pending for score in row.scores.values())
        written = _count(cells, "written answer")
        items.append(_item("To grade by hand", f"{written}, in nbgrader's formgrader.", [r.student for r in pending]))
    for state, what in (("ungraded", "Not graded"), ("stale", "Handed in again since")):
        students = [row.student for row in lesson.rows if row.state == state]
        if students:
            items.append(_item(what, "Run the grading again; until then no points are counted.", students))
    missing = [said for said in lesson.repairs if ASK in said.reason]
    items += [_item("Missing answer", _prose(said.reason), said.students) for said in missing]
    items += [_item("Look at it", f"It costs no points. {_prose(said.reason)}", said.students) for said in lesson.flags]
    items_html = "".join(items) + _refused([*lesson.refusals, *unplaced])
    if not items_html:
        return ""
    return f'<section class="part care"><h3>Needs you</h3><ul class="plain">{items_html}</ul></section>'


def _item(what: str, sentence: str, students: list[str]) -> str:
    return f'<li><span class="tag">{what}</span> · {sentence} <span class="soft">{_names(students)}</span></li>'


def _refused(refusals: list[Said]) -> str:
    return "".join(
        f'<li><span class="tag">Not taken</span> · {_names(said.students)}: '
        f"<code>{_bdi(', '.join(said.files))}</code>"
        f'<p>{_prose(said.reason)}</p><p class="soft">To do: {_prose(said.what_to_do)}</p></li>'
        for said in refusals
    )


def _misconceptions(lesson: LessonPicture, counted: int) -> str:
    titles = {exercise.id: exercise.title for exercise in lesson.exercises}
    links = {row.student: row.feedback for row in lesson.rows}
    title = "<h3>Who holds which misconception</h3>"
    if not lesson.misconceptions:
        text = "No known mistake was recognised." if counted else "Nothing is graded yet."
        return f'<section class="part">{title}<p class="soft">{text}</p></section>'

    def item(held: Misconception) -> str:
        number = len(held.students)
        where = ", ".join(_bdi(titles.get(exercise, exercise)) for exercise in held.exercises)
        return (
            f'<li class="mistake"><div><span class="count">{number} <small>of {counted}</small></span>'
            f"{_bar(number, counted)}</div>"
            f'<div><p class="name">{_bdi(held.name)} <code class="soft">{where}</code></p>'
            f'<p class="hint">{_bdi(held.hint)}</p>'
            f'<p class="soft">{_names(held.students, links)}</p></div></li>'
        )

    return (
        f'<section class="part">{title}<p class="soft">Most frequent first, each with its hint.</p>'
        f'<ol class="plain">{"".join(map(item, lesson.misconceptions))}</ol></section>'
    )


def _bar(part: int, whole: int) -> str:
    share = 100 * part / max(1, whole)
    return f'<span class="bar" aria-hidden="true"><i style="width:{share:.0f}%"></i></span>'


def _exercises(exercises: list[Exercise]) -> str:
    if not exercises:
        return ""

    def row(exercise: Exercise) -> str:
        rate = f"{exercise.passed} of {exercise.graded}" if exercise.graded else "–"
        wait = f' <span class="wait">{exercise.pending} to grade</span>' if exercise.pending else ""
        bar = _bar(exercise.passed, exercise.graded) if exercise.graded else ""
        return (
            f'<tr><th scope="row"><code>{_bdi(exercise.title)}</code></th><td>{_points(exercise.points)}</td>'
            f"<td>{bar}</td><td>{rate}{wait}</td></tr>"
        )

    head = '<th scope="col">Exercise</th><th scope="col">Points</th><th scope="col" aria-hidden="true"></th>'
    return (
        '<section class="part"><h3>Exercises</h3><table class="rates">'
        "<caption>How many of the graded students have full marks in each exercise.</caption>"
        f'<thead><tr>{head}<th scope="col">Full marks</th></tr></thead>'
        f"<tbody>{''.join(map(row, exercises))}</tbody></table></section>"
    )


def _distribution(lesson: LessonPicture, counted: list[Row]) -> str:
    if not counted or not lesson.points:
        return ""
    picture = histogram([row.total for row in counted], lesson.points, name=f"scores-{lesson.id}")
    pending = any(row.state == "pending" for row in counted)
    waiting = " Written answers that wait for a grade count as 0." if pending else ""
    caption = f"Students by their points of {_points(lesson.points)}.{waiting}"
    figure = f'<figure><figcaption class="soft">{caption}</figcaption>{picture}</figure>'
    return f'<section class="part"><h3>Scores</h3>{figure}</section>'


def _students(lesson: LessonPicture) -> str:
    title = '<section class="part"><h3>Students</h3>'
    if not lesson.rows:
        return f'{title}<p class="soft">Nothing was handed in yet.</p></section>'
    total = f'<th scope="col">Total<small>of {_points(lesson.points)}</small></th>'
    columns = "".join(
        f'<th scope="col"><code>{_bdi(e.title)}</code><small>of {_points(e.points)}</small></th>'
        for e in lesson.exercises
    )
    body = "".join(_student(row, lesson.exercises) for row in lesson.rows)
    label = f"Points of each student in {escape(lesson.title)}"
    return (
        f'{title}<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>'
        "<caption>Points of each student in each exercise; a name leads to the feedback page.</caption>"
        f'<thead><tr><th scope="col">Student</th>{total}{columns}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></section>"
    )


def _student(row: Row, exercises: list[Exercise]) -> str:
    name = f'<th scope="row">{_linked(row.student, row.feedback)}</th>'
    if row.state in STATES:
        return f'<tr>{name}<td colspan="{len(exercises) + 1}" class="wait">{STATES[row.state]}</td></tr>'
    cells = "".join(_score(row.scores.get(exercise.id), exercise.points) for exercise in exercises)
    return f'<tr>{name}<td class="total">{_points(row.total)}</td>{cells}</tr>'


def _score(score: Score | None, points: float) -> str:
    if score is None:
        return '<td class="soft">–</td>'
    if score.pending:
        return '<td class="wait">to grade</td>'
    look = "full" if score.points >= points else "none" if score.points == 0 else ""
    return f'<td class="{look}">{_points(score.points)}</td>'


def _repairs(repairs: list[Said]) -> str:
    repairs = [said for said in repairs if ASK not in said.reason]  # those are under "Needs you"
    if not repairs:
        return ""
    items = "".join(
        f'<li>{_prose(said.reason)} <span class="soft">{_names(said.students)}</span></li>' for said in repairs
    )
    note = '<p class="soft">Nothing was lost: the files as handed in are kept.</p>'
    return f'<section class="part"><h3>What was repaired</h3>{note}<ul class="plain">{items}</ul></section>'


def _prose(text: str) -> str:
    """Escaped text; `names` between backticks are set as code."""
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))


def _names(students: list[str], links: dict[str, str | None] | None = None) -> str:
    return ", ".join(_linked(student, (links or {}).get(student)) for student in students)


def _linked(student: str, href: str | None) -> str:
    return f'<a href="{escape(href)}">{_bdi(student)}</a>' if href else _bdi(student)


def _bdi(text: str) -> str:
    """Escaped, and kept from turning the text around it (names may be written right to left)."""
    return f"<bdi>{escape(text)}</bdi>"


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
