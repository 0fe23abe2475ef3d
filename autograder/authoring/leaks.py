"""Finds lines of solutions and hidden tests where students could read them."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Mapping

from nbformat import NotebookNode

_REGIONS = {
    "### BEGIN SOLUTION": "### END SOLUTION",
    "### BEGIN HIDDEN TESTS": "### END HIDDEN TESTS",
}
_TELLING = 12  # characters: a shorter line ("else:", "return x") gives nothing away


def secret_lines(source: NotebookNode) -> set[str]:
    """The lines that no student may find: those inside solutions and hidden tests, except where the same line also
    stands in what is given to everyone. Spaces at the ends are dropped."""
    secret: set[str] = set()
    given: set[str] = set()
    for cell in source.cells:
        end = ""
        for line in map(str.strip, cell.source.splitlines()):
            if end:
                secret.add(line)
                end = "" if line == end else end
            elif line in _REGIONS:
                end = _REGIONS[line]
            else:
                given.add(line)
    secret -= {*_REGIONS, *_REGIONS.values()}
    return {line for line in secret if _tells(line) and not any(line in open_line for open_line in given)}


def _tells(line: str) -> bool:
    """Whether it gives something away: it is not short, nor all keywords ("return False")."""
    return len(line) >= _TELLING and not all(map(keyword.iskeyword, re.findall(r"\w+", line)))


def leaks(secrets: Iterable[str], files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Every (file, secret line) where the line stands in the file; notebooks are searched cell by cell, outputs too."""
    found = []
    secrets = set(secrets)
    for name, content in sorted(files.items()):
        text = _text(name, content)
        flat = " ".join(text.split())
        found += [(name, line) for line in sorted(secrets) if " ".join(line.split()) in flat]
    return found


def _text(name: str, content: bytes) -> str:
    text = content.decode("utf-8", errors="replace")
    if name.endswith((".ipynb", ".json")):
        try:
            return "\n".join(_strings(json.loads(text)))
        except ValueError:
            return text
    return text


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        yield "".join(value)
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
