"""The numbers of a lesson: figures, the distribution, every student, the leaderboard of models."""

from __future__ import annotations

from html import escape

from autograder.returns.class_page.facts.picture import Exercise, LessonPicture, Model, Row, Score
from autograder.returns.class_page.pictures.histogram import histogram
from autograder.returns.class_page.sections.parts import bdi, called, section, soft, table
from autograder.returns.prose import points

STATES = {"absent": "not handed in", "ungraded": "not graded", "stale": "handed in again: grade again"}
FOLDED = 40  # students from which their table is folded


def figures(lesson: LessonPicture) -> str:
    counted = lesson.counted
    handed_in = sum(row.state != "absent" for row in lesson.rows)
    full = sum(row.total >= lesson.points for row in counted)
    found = [("handed in", str(handed_in)), ("graded", str(len(counted)))]
    if lesson.median is not None:
        found.append(("median points", f"{points(lesson.median)} <small>of {points(lesson.points)}</small>"))
        found.append(("with full marks", str(full)))
    return '<dl class="figures">' + "".join(f"<div><dt>{k}</dt><dd>{v}</dd></div>" for k, v in found) + "</dl>"


def distribution(lesson: LessonPicture) -> str:
    counted = lesson.counted
    if not counted or not lesson.points:
        return ""
    picture = histogram([row.total for row in counted], lesson.points, name=f"scores-{lesson.id}")
    said = [f"Students by their points of {points(lesson.points)}."]
    if any(row.state == "pending" for row in counted):
        said.append("Written answers that wait for a grade count as 0.")
    if any(row.penalty for row in counted):
        said.append("Late penalties are not taken off here.")
    caption = f'<figcaption class="soft">{" ".join(said)}</figcaption>'
    return section("Scores", f"<figure>{caption}{picture}</figure>")


def students(lesson: LessonPicture) -> str:
    if not lesson.rows:
        return section("Students", soft("Nothing was handed in yet."))
    head = ["Student", f'<th scope="col">Total<small>of {points(lesson.points)}</small></th>']
    head += [
        f'<th scope="col"><code>{bdi(e.title)}</code><small>of {points(e.points)}</small></th>'
        for e in lesson.exercises
    ]
    caption = "Points of each student in each exercise; a name leads to the feedback page."
    rows = [_student(row, lesson.exercises) for row in lesson.rows]
    made = table(caption, head, rows, label=f"Points of each student in {lesson.title}")
    if len(rows) > FOLDED:
        made = f"<details><summary>All {len(rows)} students</summary>{made}</details>"
    return section("Students", made)


def leaderboard(lesson: LessonPicture) -> str:
    """Models of one corpus are measured alike: a table each."""
    kinds: dict[tuple[str, ...], list[Model]] = {}
    for model in lesson.models:
        kinds.setdefault(tuple(model.measured), []).append(model)
    caption = "Best first, by the mean of what the grader measured (in percent; BLEU: 0 to 100)."
    tables = []
    for titles, models in kinds.items():
        named = any(model.student for model in models)
        head = ["Rank", *(["Student"] if named else []), *map(escape, titles)]
        rows = [
            f'<tr><th scope="row">{place}</th>'
            + (f'<td class="who">{called(model.student or "")}</td>' if named else "")
            + "".join(f"<td>{value:.1f}</td>" for value in model.measured.values())
            + "</tr>"
            for place, model in _placed(models)
        ]
        label = f"Leaderboard of models, {lesson.title}"
        tables.append(table(caption, head, rows, "models", label=label))
    note = "" if any(model.student for model in lesson.models) else soft("Without names, so that it can be shown.")
    return section("Trained models", note + "".join(tables)) if tables else ""


def _placed(models: list[Model]) -> list[tuple[int, Model]]:
    """Ranks within this table."""
    ranks = [model.rank for model in models]
    return [(1 + sum(other < model.rank for other in ranks), model) for model in models]


def _student(row: Row, exercises: list[Exercise]) -> str:
    name = f'<th scope="row">{called(row.student, row.feedback)}</th>'
    if row.state in STATES:
        return f'<tr>{name}<td colspan="{len(exercises) + 1}" class="wait">{STATES[row.state]}</td></tr>'
    cells = "".join(_score(row.scores.get(exercise.id), exercise.points) for exercise in exercises)
    late = f'<small class="late">−{points(row.penalty)} late</small>' if row.penalty else ""
    return f'<tr>{name}<td class="total">{points(row.total)}{late}</td>{cells}</tr>'


def _score(score: Score | None, worth: float) -> str:
    if score is None:
        return '<td class="soft">–</td>'
    if score.pending:
        return '<td class="wait">to grade</td>'
    look = ' class="full"' if score.points >= worth else ' class="none"' if score.points == 0 else ""
    return f"<td{look}>{points(score.points)}</td>"
