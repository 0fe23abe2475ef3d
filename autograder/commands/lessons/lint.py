"""`autograder lint`: what would keep a reader out of a lesson."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from autograder.commands.options import with_json, with_lessons
from autograder.course import Course

HELP = "look for what would keep a reader out: alt texts, headings, labels, contrast, length, hard sentences, weight"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    with_json(command)


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.lesson import source_ids
    from autograder.authoring.lint import RULES, lint

    lessons = options.lessons or source_ids(course)
    found = [finding for lesson_id in lessons for finding in lint(course, lesson_id)]
    if options.json:
        print(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=1))
    else:
        for finding in found:
            print(finding)
        held = "1 lesson" if len(lessons) == 1 else f"{len(lessons)} lessons"
        print(f"{held}, {len(RULES)} rules: {len(found) or 'nothing'} to mend.")
    return 1 if found else 0
