"""`autograder build`: notebooks, recorded checks and released lessons from the sources; the syllabus; translations."""

from __future__ import annotations

import argparse

from autograder.commands.options import with_lessons
from autograder.course import Course
from autograder.errors import Stop

HELP = "make notebooks, recorded checks and released lessons from the sources"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    command.add_argument(
        "--language", metavar="CODE", default="", help="such as ko: translate the released lessons by their catalogues"
    )
    command.add_argument(
        "--update", action="store_true", help="with --language: bring the catalogues up to date; new messages are empty"
    )


def run(course: Course, options: argparse.Namespace) -> int:
    if options.language:
        return _update(course, options) if options.update else _translate(course, options)
    if options.update:
        raise Stop("--update brings the catalogues of a language up to date: say which with --language, such as ko.")
    from autograder.authoring.build import build, install, syllabus
    from autograder.authoring.lesson import source_ids
    from autograder.authoring.syllabus import PATH

    for lesson_id in options.lessons or source_ids(course):
        built = build(course, lesson_id)
        changed = install(course, built)
        print(f"{lesson_id}: ran solved in {built.seconds:.0f} s; {len(changed)} of {len(built.files)} files changed")
        for name in changed:
            print(f"  {name}")
    if install(course, syllabus(course)):
        print(f"{PATH} is renewed")
    print("Next: `autograder probes` proves the checks; students open lessons/.")
    return 0


def _translate(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.build import Built, install
    from autograder.authoring.languages.edition import edition

    for lesson_id in _lessons(course, options):
        files = edition(course, lesson_id, options.language)
        changed = install(course, Built(files, seconds=0))
        print(f"{', '.join(files)}: {'changed' if changed else 'nothing has changed'}")
    return 0


def _update(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.build import Built, install
    from autograder.authoring.languages.edition import update

    for lesson_id in _lessons(course, options):
        done = update(course, lesson_id, options.language)
        install(course, Built({done.name: done.content}, seconds=0))
        print(f"{done.name}: {done.messages} messages; {len(done.left)} things to do")
        for one in done.left:
            print(f"  {one}")
    print(f"Next: translate what is left, then `autograder build --language {options.language}`.")
    return 0


def _lessons(course: Course, options: argparse.Namespace) -> list[str]:
    from autograder.authoring.languages.catalogue import must_be_a_language
    from autograder.authoring.languages.edition import translated_ids

    must_be_a_language(options.language)
    lessons = options.lessons or translated_ids(course, options.language)
    if not lessons:
        begin = f"autograder build --language {options.language} --update"
        raise Stop(f"No lesson has a catalogue in {options.language!r} yet: `{begin} 04_self_attention` begins one.")
    return lessons
