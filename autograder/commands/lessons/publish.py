"""`autograder publish`: what students get, as a folder and a zip, or pushed to a repository of their own."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from autograder.commands.options import with_json, with_lessons
from autograder.course import Course
from autograder.errors import Stop

HELP = "write what students get, as a folder and a zip, or push it; refuses where a solution could be seen"


def add_options(command: argparse.ArgumentParser) -> None:
    with_lessons(command)
    with_json(command)
    command.add_argument("--to", metavar="FOLDER", help="the folder to write, the zip beside it (default: in dist/)")
    command.add_argument("--repository", default="", metavar="URL", help="where notebooks fetch the course from")
    command.add_argument("--tag", default="", help="the tag or branch they fetch (default: both as in pyproject.toml)")
    command.add_argument("--push", metavar="REMOTE", help="push it, too: an address, a path, or a remote's name")
    command.add_argument("--branch", default="main", help="the branch to push to (default: main)")


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.authoring.publish import bundle, folder, guard
    from autograder.authoring.publish.address import chosen
    from autograder.authoring.publish.lesson import left_out
    from autograder.authoring.publish.push import push

    lessons = _lessons(course, options.lessons)
    address = chosen(course, options.repository, options.tag)
    target = folder.checked(course, Path(options.to) if options.to else course.root / "dist" / address.name)
    files = bundle.bundle(course, lessons, address)
    secrets = guard.secrets(course)
    with folder.staged(target, files) as (new, archive):
        found = guard.search(new, secrets, lambda name: bundle.allowed(name, lessons)) + guard.differs(archive, new)
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise Stop(f"{found[0]}{more}; nothing was published.")
        zipped = folder.put((new, archive), target)
    said = {
        "lessons": lessons,
        "folder": str(target),
        "zip": str(zipped),
        "files": len(files),
        "bytes": sum(map(len, files.values())),
        "zip_bytes": zipped.stat().st_size,
        "searched_for": len(secrets),
        "left_out": left_out(course, lessons),
        **asdict(address),
    }
    if not options.json:
        _print(said)
    if options.push:
        message = f"{_count(lessons, course)} of Transformer Lessons, {address.tag}"
        said["pushed"] = asdict(push(course, files, options.push, options.branch, address.tag, message))
    if options.json:
        print(json.dumps(said, ensure_ascii=False))
    elif options.push:
        _print_pushed(**said["pushed"])
    else:
        print("Next: give students the zip, or `autograder publish --push REMOTE` to a repository of their own.")
    return 0


def _lessons(course: Course, named: list[str]) -> list[str]:
    known = course.lesson_ids()
    for lesson_id in named:
        if lesson_id not in known:
            raise Stop(f"There is no lesson {lesson_id!r}; the lessons are: {', '.join(known) or 'none'}.")
    if not known:
        raise Stop("There is no lesson to publish: `autograder build` makes them.")
    return sorted(set(named)) or known


def _count(lessons: list[str], course: Course) -> str:
    if lessons == course.lesson_ids():
        return f"All {len(lessons)} lessons"
    return f"Lesson {lessons[0]}" if len(lessons) == 1 else f"{len(lessons)} lessons"


def _print(said: dict) -> None:
    many = "s" * (len(said["lessons"]) > 1)
    print(
        f"{len(said['lessons'])} lesson{many}, {said['files']} files, {said['bytes'] / 1e6:.1f} MB. Searched for "
        f"{said['searched_for']:,} lines of solutions, hidden tests and probes: none is in it."
    )
    for name, why in said["left_out"].items():
        print(f"Left out: {name}. {why}")
    print(f"The folder -> {said['folder']}\nThe zip, {said['zip_bytes'] / 1e6:.1f} MB -> {said['zip']}")
    print(f"The notebooks fetch the course from {said['repository']}, at {said['tag']}.")


def _print_pushed(remote: str, branch: str, commit: str, new: bool, tag: str) -> None:
    if not new and not tag:
        print(f"{remote} has all this already, on its branch {branch}: nothing was pushed.")
        return
    done = f"a new commit {commit[:9]} on the branch {branch}" if new else f"the branch {branch} is as it was"
    print(f"Pushed to {remote}: {done}{f', and the tag {tag}' if tag else ''}.")
