"""`autograder demo`: all of it, on a made class."""

from __future__ import annotations

import argparse

from autograder.course import Course

HELP = "all of it, on a class made from the banks of mistakes"


def add_options(command: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.demo.run import demo

    demo(course)
    return 0
