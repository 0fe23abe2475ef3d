"""`autograder collect`: takes submissions in."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from autograder.commands.options import with_json
from autograder.course import Course

HELP = "take in submissions: folders, notebooks, and zips of Canvas, Moodle, Google or GitHub Classroom"


def add_options(command: argparse.ArgumentParser) -> None:
    with_json(command)
    command.add_argument(
        "--roster", metavar="CSV", action="append", default=[], help="the students, as an LMS exports them"
    )
    command.add_argument("--csv", metavar="FILE", help="write the verdicts to a file, too")
    command.add_argument("sources", metavar="PATH", nargs="+", help="a folder, a zip or a notebook")


def run(course: Course, options: argparse.Namespace) -> int:
    from autograder.files import write_atomically
    from autograder.intake.collect import collect
    from autograder.intake.receipts import as_csv, as_table

    receipts = collect([Path(source) for source in options.sources], course, [Path(r) for r in options.roster])
    if options.csv:
        write_atomically(Path(options.csv), as_csv(receipts))
    refused = sum(receipt.verdict == "refused" for receipt in receipts)
    if options.json:
        print(json.dumps([asdict(receipt) for receipt in receipts], ensure_ascii=False))
    else:
        counting = sum(receipt.counts for receipt in receipts)
        print(as_table(receipts))
        print(
            f"{len(receipts)} files: {counting} count (*), {len(receipts) - refused - counting} earlier attempts kept, "
            f"{refused} refused -> {course.submitted}. Next: `autograder grade`."
        )
    return 1 if refused else 0
