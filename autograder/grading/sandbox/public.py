"""What of the machine's files a student's code may see: Python, the system's libraries, the course's public part."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path

SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "passwd", "group", "nsswitch.conf", "localtime", "fonts",
            "mime.types", "alternatives")  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom")
COURSE = ("classroom", "assets")


def course_root() -> Path:
    """The course whose lessons are graded; whoever started the warm parent has said so."""
    return Path(os.environ["TRANSFORMER_LESSONS_ROOT"])


def readable(root: Path | None = None) -> list[Path]:
    """Folders and files that may be read, each with all that is in it."""
    root = root or course_root()
    packages = Path(__file__).resolve().parents[3]
    found = [Path(folder) for folder in SYSTEM] + [Path("/etc") / name for name in SETTINGS]
    found += [Path(sys.base_prefix), Path(sys.prefix)]
    found += [place / name for place in dict.fromkeys((packages, root)) for name in COURSE]
    for entry in map(Path, [*site.getsitepackages(), site.getusersitepackages()]):
        if entry.is_dir() and not any(entry.is_relative_to(place) for place in found):
            found.append(entry)
    return [place for place in dict.fromkeys(found) if place.exists()]
