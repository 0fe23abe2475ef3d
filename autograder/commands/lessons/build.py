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

    command.add_argument(
        "--address",
        action="store_true",
        help="run nothing: put pyproject.toml's repository and tag into the badges and set-up cells of what is built",
    )


def run(course: Course, options: argparse.Namespace) -> int:
    if options.address:
        return _readdress(course, options)
    if options.language:
        return _update(course, options) if options.update else _translate(course, options)
    if options.update:
        raise Stop("--update brings the catalogues of a language up to date: say which with --language, such as ko.")
    from autograder.authoring.build import build, front_page, install, syllabus
    from autograder.authoring.lesson import source_ids

    for lesson_id in options.lessons or source_ids(course):
        built = build(course, lesson_id)
        changed = install(course, built)
        print(f"{lesson_id}: ran solved in {built.seconds:.0f} s; {len(changed)} of {len(built.files)} files changed")
        for name in changed:
            print(f"  {name}")
    for name in install(course, syllabus(course)) + install(course, front_page(course)):
        print(f"{name} is renewed")
    print("Next: `autograder probes` proves the checks; students open lessons/.")
    return 0


def _readdress(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.build import Built, front_page, install, readdressed
    from autograder.authoring.course_cells import on_colab, place_of
    from autograder.authoring.languages.edition import edition, languages, translated_ids
    from autograder.authoring.lesson import source_ids

    if options.language or options.update:
        raise Stop("--address takes the translations along: leave --language and --update out.")
    chosen = options.lessons or source_ids(course)
    made = {lesson_id: readdressed(course, lesson_id) for lesson_id in chosen}  # all of them, before any is written
    changed = [name for built in (*made.values(), front_page(course)) for name in install(course, built)]
    left = []
    for language in languages(course):
        for lesson_id in sorted(set(translated_ids(course, language)) & set(chosen)):
            try:
                changed += install(course, Built(edition(course, lesson_id, language), seconds=0))
            except Stop as stop:  # a translation that is behind its lesson
                left.append(str(stop))
    repository, tag = place_of(course)
    print("\n".join(changed) or "Nothing has changed.")
    for why in left:
        print(f"Left as it is: {why}")
    print(f"Set-up cells fetch the course from {repository}, at {tag}.")
    if on_colab((repository, tag), ""):
        print("The badges open it there on Colab, from when that tag is pushed.")
    else:
        print("That is not on GitHub, from which alone Colab opens a notebook: there are no badges.")
    return 1 if left else 0


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
