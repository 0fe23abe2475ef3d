"""The instructor's command, `autograder`: one of COMMANDS at a time."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from autograder.commands.grading import collect, due, export, grade, regrade, report
from autograder.commands.lessons import build, lint, probes, publish
from autograder.commands.tryout import demo, rehearse
from autograder.course import Course
from autograder.errors import Stop

COMMANDS = {
    "build": build,
    "probes": probes,
    "lint": lint,
    "publish": publish,
    "collect": collect,
    "grade": grade,
    "report": report,
    "due": due,
    "regrade": regrade,
    "export": export,
    "rehearse": rehearse,
    "demo": demo,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Exit code 0 done; 1 done, and something was refused or not proved; 2 could not be done."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a lesson's tensors are small: threads only wait for each other
    try:
        course = Course.find()
        if options.class_dir:
            course = Course(course.root, Path(options.class_dir))
        return options.run(course, options)
    except Stop as stop:
        print(f"autograder: {stop}", file=sys.stderr)
    except KeyboardInterrupt:
        print("autograder: stopped; what was done is kept. The same command goes on from there.", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)  # and do not wait for submissions that are being graded: nothing of them is kept
    except PermissionError as error:
        print(f"autograder: no permission to write {error.filename}; nothing there was changed.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    about = "Build, prove and publish lessons; collect, grade, report on and hand back a class."
    parser = argparse.ArgumentParser(prog="autograder", description=about)
    parser.add_argument("--class-dir", help="the folder of the class (default: autograder/class)")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, command in COMMANDS.items():
        options = commands.add_parser(name, help=command.HELP, description=command.HELP)
        options.set_defaults(run=command.run)
        command.add_options(options)
    return parser


if __name__ == "__main__":
    sys.exit(main())
