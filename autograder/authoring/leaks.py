"""Finds lines of solutions and hidden tests where students could read them."""

from __future__ import annotations

import json
import keyword
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from nbformat import NotebookNode

REGIONS = {
    "### BEGIN SOLUTION": "### END SOLUTION",
    "### BEGIN HIDDEN TESTS": "### END HIDDEN TESTS",
}
_TELLING = 12  # characters: a shorter line ("else:", "return x") gives nothing away
_WORD = re.compile(r"\w+")


def secret_lines(source: NotebookNode) -> set[str]:
    """The lines that no student may find: those inside solutions and hidden tests, except where the same line also
    stands in what is given to everyone. Spaces at the ends are dropped."""
    secret, given = _sorted(source)
    return {line for line in secret if tells(line) and not any(line in open_line for open_line in given)}


def given_lines(source: NotebookNode) -> set[str]:
    """The lines outside solutions and hidden tests."""
    return _sorted(source)[1]


def _sorted(source: NotebookNode) -> tuple[set[str], set[str]]:
    secret: set[str] = set()
    given: set[str] = set()
    for cell in source.cells:
        end = ""
        for line in map(str.strip, cell.source.splitlines()):
            if end:
                secret.add(line)
                end = "" if line == end else end
            elif line in REGIONS:
                end = REGIONS[line]
            else:
                given.add(line)
    return secret - {*REGIONS, *REGIONS.values()}, given


def tells(line: str) -> bool:
    """Whether it gives something away: it is not short, nor all keywords ("return False")."""
    return len(line) >= _TELLING and not all(map(keyword.iskeyword, re.findall(r"\w+", line)))


def leaks(secrets: Iterable[str], files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Every (file, secret line) where the line stands in the file; notebooks are searched cell by cell, outputs too."""
    # A line stands only where each of its words does, and words are quickly looked up. (Its first and last may be parts
    # of longer ones in the file.)
    by_word: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in set(secrets):
        flat = flattened(line)
        by_word[max(_WORD.findall(flat)[1:-1], key=len, default="")].append((line, flat))
    found = []
    for name, content in sorted(files.items()):
        text = flattened(readable(name, content))
        possible = by_word.keys() & {"", *_WORD.findall(text)}
        found += sorted((name, line) for word in possible for line, flat in by_word[word] if flat in text)
    return found


def flattened(text: str) -> str:
    """The text in one line, with single spaces."""
    return " ".join(text.split())


def readable(name: str, content: bytes) -> str:
    """What can be read in a file. Of JSON and notebooks, and of the head of a safetensors file: its strings."""
    text = content.decode("utf-8", errors="replace")
    if name.endswith((".ipynb", ".json")):
        return _of_json(text)
    if name.endswith(".safetensors"):
        head = content[8 : 8 + int.from_bytes(content[:8], "little")]
        return f"{_of_json(head.decode('utf-8', errors='replace'))}\n{text}"
    if name.endswith(".po"):  # a message is broken into lines anywhere
        return text.replace('"\n"', "").replace('\\"', '"')
    return text


def _of_json(text: str) -> str:
    try:
        return "\n".join(_strings(json.loads(text)))
    except ValueError:
        return text


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        yield "".join(value)
    elif isinstance(value, list | dict):
        if isinstance(value, dict):
            yield from value
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)
