"""`autograder collect`: takes submissions in."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from autograder.commands.options import with_json
from autograder.course import Course

HELP = "take in submissions: a folder, or a zip of one, with one sub-folder a student"


def add_options(command: argparse.ArgumentParser) -> None:
    with_json(command)
    command.add_argument("source", metavar="FOLDER_OR_ZIP")


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.intake.collect import collect

    receipts = collect(Path(options.source), course)
    if options.json:
        print(json.dumps([asdict(receipt) for receipt in receipts], ensure_ascii=False))
    for receipt in [] if options.json else receipts:
        print(f"{receipt.verdict:<10}{receipt.student:<20}{receipt.file}")
        for note in receipt.notes:
            print(f"{'':<10}{note}")
    refused = sum(receipt.verdict == "refused" for receipt in receipts)
    if not options.json:
        print(f"{len(receipts) - refused} taken in, {refused} refused -> {course.submitted}. Next: `autograder grade`.")
    return 1 if refused else 0
