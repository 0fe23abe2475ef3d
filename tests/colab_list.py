"""What a new image of Google Colab would break: `python tests/colab_list.py LIST [--write]`.

LIST is what `pip list --format=freeze` (or `pip freeze`) prints in a Colab notebook; a line `python==3.13.15`, added by
hand, says which Python that is. Each package that the student's part needs is held against the ranges of
pyproject.toml: were one outside, or not there, the course would have to install something on Colab, which it never
does. What merely moved since tests/colab_pins.txt is listed: the tests have not seen it yet. --write puts the new
versions into that file; `make test` then runs on them. Exit code 1: something breaks. 2: the list cannot be read.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "tests" / "colab_pins.txt"
ADDED = {"sacrebleu"}  # the lesson installs it there, see lesson 9
ENTRY = re.compile(r"(# colab: )?([A-Za-z0-9._-]+)==(\S+)(.*)")


def read_list(text: str) -> dict[str, Version]:
    """Name -> version of every line `name==version`; lines of other forms (URLs, local paths) are passed over."""
    found = {}
    for line in text.splitlines():
        name, equals, version = line.strip().partition("==")
        if equals and re.fullmatch(r"[A-Za-z0-9._-]+", name):
            try:
                given = Version(version.split(";")[0].split("#")[0].strip())
                found[canonicalize_name(name)] = Version(given.public)  # 2.11.0+cu128 is 2.11.0
            except InvalidVersion:
                continue
    return found


def asked() -> list[Requirement]:
    """What the student's part needs: the dependencies, lesson 9's two libraries, and Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = [*project["dependencies"], *project["optional-dependencies"]["translation"]]
    return [Requirement(f"python{project['requires-python']}"), *map(Requirement, needs)]


def breaks(colab: dict[str, Version]) -> list[str]:
    """A sentence for each package that Colab lacks or has in a version outside of the course's range."""
    found = []
    for need in asked():
        have = colab.get(canonicalize_name(need.name))
        if have is None and need.name not in ADDED:
            found.append(f"{need.name}: not in the list; the course needs {need.specifier}.")
        elif have is not None and not need.specifier.contains(have, prereleases=True):
            found.append(f"{need.name}: Colab has {have}, the course takes {need.specifier}.")
    return found


def moved(colab: dict[str, Version], pins: str) -> list[str]:
    """A sentence for each version that is not the one the tests run with."""
    pinned = {canonicalize_name(m[2]): Version(m[3]) for m in map(ENTRY.fullmatch, pins.splitlines()) if m}
    return [f"{name}: {then} -> {colab[name]}" for name, then in pinned.items() if colab.get(name, then) != then]


def rewritten(colab: dict[str, Version], pins: str, today: str) -> str:
    """The file of pins with the new versions and today's date; all else as it was."""
    lines = []
    for line in pins.splitlines():
        found = ENTRY.fullmatch(line)
        if found:
            now = colab.get(canonicalize_name(found[2]), found[3])
            line = f"{found[1] or ''}{found[2]}=={now}{found[4]}"
        lines.append(re.sub(r"(?<=^# snapshot: ).*", today, line))
    return "\n".join(lines) + "\n"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("list", metavar="LIST", type=Path)
    parser.add_argument("--write", action="store_true", help="put the new versions into tests/colab_pins.txt")
    options = parser.parse_args(words)
    try:
        colab = read_list(options.list.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        print(f"{options.list} cannot be read: {error}", file=sys.stderr)
        return 2
    if not colab:
        print(
            f"{options.list} has no line NAME==VERSION: is it what `pip list --format=freeze` prints?", file=sys.stderr
        )
        return 2
    pins = PINS.read_text(encoding="utf-8")
    broken, changed = breaks(colab), moved(colab, pins)
    print("\n".join(["Would break:", *(f"  {one}" for one in broken)] if broken else ["Nothing would break."]))
    print(
        "\n".join(["Moved since the tests' list:", *(f"  {one}" for one in changed)] if changed else ["Nothing moved."])
    )
    if options.write:
        PINS.write_text(rewritten(colab, pins, datetime.date.today().isoformat()), encoding="utf-8")
        print(f"{PINS.relative_to(ROOT)} has them now: run `make test`.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
