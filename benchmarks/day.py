"""The instructor's day, command by command: `python benchmarks/day.py [--students 200] [--json] [LESSON ...]`.

A made-up class (`autograder rehearse`) is collected from its Canvas zip, graded, reported on and exported, by the
commands that INSTRUCTOR.md names, in a folder of its own. Told is for each command: seconds of the clock, seconds of
the processor of all its processes, the largest process, the exit code and its last line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course import Course


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", default=["04_self_attention"])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--keep", metavar="FOLDER", help="keep the class there, to look at it")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="day-") as folder:
        place = Path(options.keep or folder).resolve()
        steps = day(place, options.lessons, options.students)
        if options.json:
            print(json.dumps({"load": os.getloadavg()[0], "cores": os.cpu_count(), "steps": steps}, indent=1))
            return
        print(f"{options.students} students, {', '.join(options.lessons)}; {os.cpu_count()} cores")
        print(f"{'':<12}{'clock s':>9}{'processor s':>13}{'largest MB':>12}{'exit':>6}")
        for step in steps:
            figures = f"{step['clock']:>9.1f}{step['processor']:>13.1f}{step['largest_mb']:>12.0f}{step['exit']:>6}"
            print(f"{step['command']:<12}{figures}   {step['said']}")
        print(f"{'together':<12}{sum(s['clock'] for s in steps):>9.1f}{sum(s['processor'] for s in steps):>13.1f}")


def day(place: Path, lessons: list[str], students: int) -> list[dict]:
    """Run the commands one after the other."""
    given = place / "given"
    commands = [
        ["rehearse", *lessons, "--students", str(students), "--to", str(given)],
        ["collect", str(given / "submissions.zip"), "--roster", str(given / "roster.csv")],
        ["grade"],
        ["report"],
        ["export", "canvas", *lessons, "--template", str(given / "canvas.csv")],
        ["grade"],  # again: nothing is left to do
    ]
    return [_measured(["--class-dir", str(place / "class"), *words], words[0]) for words in commands]


def _measured(words: list[str], name: str) -> dict:
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder.cli", *words], cwd=Course.find().root, stdout=said, stderr=said
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        lines = said.read().strip().splitlines()
    return {
        "command": name,
        "clock": round(time.perf_counter() - began, 2),
        "processor": round(used.ru_utime + used.ru_stime, 2),
        "largest_mb": round(used.ru_maxrss / 1024),
        "exit": process.returncode,
        "said": lines[-1] if lines else "",
    }


if __name__ == "__main__":
    main()
