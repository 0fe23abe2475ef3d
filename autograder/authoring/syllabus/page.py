"""The syllabus as one page of Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.authoring.syllabus.outline import WORDS_A_MINUTE, Outline, Task
from classroom.show import course_map

PATH = "lessons/README.md"

_HEAD = """\
<!-- `autograder build` makes this page from the lessons in solutions/. Never edit it by hand. -->
# Syllabus

{count} lessons. When you have finished them you have written every part of the Transformer of
[*Attention Is All You Need*](https://arxiv.org/abs/1706.03762) and trained it to translate.

![{alt}](../assets/figures/map.png)

*The same map opens each lesson, with the lesson's own place on it lit.*

"""
_HOW = """\

Minutes are those that the exercises name, and those of reading the text, at {words} words a minute.

## How to work

1. **Open a lesson** on Colab or in JupyterLab, and run its first cell. It installs nothing.
2. **Read, and move the sliders.** Every picture is drawn before you have written anything.
3. **Write** where a cell says `raise NotImplementedError`, and run the `check(...)` below it. It says at once what
   holds and what does not, and often which mistake it is. It looks at what was *run*: after a change, run your cell
   first, then the check. After a restart, run from the top (*Run → Run All Above Selected Cell*).
4. **Stuck?** Below each exercise three hints are folded: a nudge, the approach, almost code. Unfold one at a time.
5. **Keep** a part that has passed with `keep(...)`, where a lesson has that cell (from lesson 3 on): later lessons
   build on yours. On Colab `keep.to_drive()` saves what is kept, and `keep.to_drive("training_korean_english.pt")` a
   checkpoint too; `keep.restore()` brings them back. `keep.download()` hands them to your browser.
6. **See how far you are** with `progress()`: the map, lit as far as your checks have passed.
7. **Hand in**: *Run → Restart Kernel and Run All Cells*, save, and run the last cell of the lesson, `submit(...)`, once
   more. It says which answers are there, which checks pass, and which file to hand in. It sends nothing. (*Run All*
   stops at the first check that fails: go on below it with *Run Selected Cell and All Below*. Grading goes on there.)

A word you do not know, in English or Korean, or a letter in a formula: the [glossary](glossary.md) has both.

## The lessons, one by one
"""


def page(outlines: Sequence[Outline]) -> str:
    """The whole page."""
    head = _HEAD.format(count=_COUNTS.get(len(outlines), str(len(outlines))), alt=course_map.alt(0))
    rows = [
        "| | lesson | minutes | points | you need | you write |",
        "|---|---|---:|---:|---|---|",
        *map(_row, outlines),
    ]
    total = sum(one.exercise_minutes + one.reading_minutes for one in outlines)
    rows.append(f"| | together | {total:,} | {sum(one.points for one in outlines)} | | |")
    return head + "\n".join(rows) + "\n" + _HOW.format(words=WORDS_A_MINUTE) + "".join(map(_section, outlines))


_COUNTS = {1: "One", 2: "Two", 3: "Three", 9: "Nine"}


def _row(one: Outline) -> str:
    minutes = one.exercise_minutes + one.reading_minutes
    names = ", ".join(task.name for task in one.tasks if task.name.startswith("`"))
    return f"| {_number(one)} | {_link(one)} | {minutes} | {one.points} | {one.needs} | {names} |"


def _section(one: Outline) -> str:
    can = "".join(f"* {line}\n" for line in one.can)
    tasks = "\n".join(map(_task, one.tasks))
    return (
        f"\n### {_number(one)} · {_link(one)}\n\n*{one.question}*\n\nYou can then\n\n{can}\n"
        f"{one.points} points; {one.exercise_minutes} minutes of exercises and {one.reading_minutes} of reading.\n\n"
        f"| exercise | | points | difficulty | minutes | |\n|---|---|---:|---|---:|---|\n{tasks}\n"
    )


def _task(task: Task) -> str:
    minutes = "" if task.minutes is None else task.minutes
    return f"| {task.number} | {task.name} | {task.points} | {task.difficulty} | {minutes} | {task.about} |"


def _link(one: Outline) -> str:
    return f"[{one.title}]({one.id}/{one.id}.ipynb)"


def _number(one: Outline) -> int:
    return int(one.id[:2])
