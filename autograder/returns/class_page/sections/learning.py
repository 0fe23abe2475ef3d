"""Who holds which misconception, and how many have each exercise right."""

from __future__ import annotations

from autograder.returns.class_page.facts.picture import Exercise, LessonPicture, Misconception
from autograder.returns.class_page.sections.parts import bar, bdi, items, names, row, section, soft, table
from autograder.returns.prose import points, prose


def misconceptions(lesson: LessonPicture) -> str:
    titles = {exercise.id: exercise.title for exercise in lesson.exercises}
    links = {one.student: one.feedback for one in lesson.rows}
    counted = len(lesson.counted)
    title = "Who holds which misconception"
    if not lesson.misconceptions:
        return section(title, soft("No known mistake was recognised." if counted else "Nothing is graded yet."))

    def item(held: Misconception) -> str:
        number = len(held.students)
        where = ", ".join(bdi(titles.get(exercise, exercise)) for exercise in held.exercises)
        return (
            f'<li class="mistake"><div><span class="count">{number} <small>of {counted}</small></span>'
            f"{bar(number, counted)}</div>"
            f'<div><p class="name">{bdi(held.name)} <code class="soft">{where}</code></p>'
            f'<p class="hint">{prose(held.hint)}</p>'
            f'<div class="soft">{names(held.students, links)}</div></div></li>'
        )

    note = soft("Most frequent first, each with the hint to give in the next lecture.")
    return section(title, note + items([item(held) for held in lesson.misconceptions], ordered=True))


def exercises(lesson: LessonPicture) -> str:
    if not lesson.exercises:
        return ""

    def line(exercise: Exercise) -> str:
        rate = f"{exercise.passed} of {exercise.graded}" if exercise.graded else "–"
        wait = f' <span class="wait">{exercise.pending} to grade</span>' if exercise.pending else ""
        drawn = bar(exercise.passed, exercise.graded) if exercise.graded else ""
        return row(f"<code>{bdi(exercise.title)}</code>", [points(exercise.points), drawn, rate + wait])

    caption = "How many of the graded students have full marks in each exercise."
    head = ["Exercise", "Points", '<th scope="col" aria-hidden="true"></th>', "Full marks"]
    return section("Exercises", table(caption, head, [line(e) for e in lesson.exercises], "rates"))
