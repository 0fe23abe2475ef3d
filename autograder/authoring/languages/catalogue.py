"""A lesson's catalogue: a gettext .po file with the English of each message and its translation.

Catalogues are keyed by the English itself, as gettext is used to: what has changed in the English has no translation
until somebody has looked at it again, wherever its cell stands by now. The ids of the cells are written beside each
message (`#: 04_self_attention/hints-scores`), for the translator and for whoever reads what has grown stale.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polib
from polib import POEntry, POFile
from rapidfuzz import fuzz, process

from autograder.authoring.languages.markup import faults
from autograder.errors import Stop

ALIKE = 60  # of 100: from which likeness of the English an old translation is offered for a new message
WIDTH = 100  # of a line in the file
_CODE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_LINE = re.compile(r'(#.*)?|((msgctxt|msgid|msgid_plural|msgstr(\[\d+\])?) )?"([^"\\]|\\.)*"')
_HEADER = """\
Lesson {lesson} in the language {code}: `autograder build --language {code}` makes its notebook of it.
After the English has changed: `autograder build --language {code} --update`.
Text of the course, CC BY 4.0."""


@dataclass(frozen=True)
class Stale:
    """A message that cannot be used as it is. cell: its cell's id, "" where the lesson has it no more."""

    cell: str
    why: str
    message: str

    def __str__(self) -> str:
        start = self.message if len(self.message) < 60 else f"{self.message[:57]}..."
        return f"{f'cell {self.cell}' if self.cell else 'no cell'}: {self.why}: {start!r}"


def must_be_a_language(code: str) -> None:
    """Raises Stop where it is not the code of one."""
    if not _CODE.fullmatch(code):
        raise Stop(f"{code!r} is not the code of a language, such as ko or pt_BR.")


def read(path: Path) -> POFile:
    """The catalogue as it stands in the file. Raises Stop, in one sentence, where it is no catalogue."""
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not _LINE.fullmatch(line.strip()):  # where a quote is missing, polib would lose the text without a word
                raise ValueError(f"line {number} is neither a comment nor a text between two quotes")
        return polib.pofile(str(path), encoding="utf-8", wrapwidth=WIDTH, check_for_duplicates=True)
    except (OSError, ValueError) as error:
        raise Stop(f"{path} is not a catalogue that gettext can read: {error}.") from None


def updated(old: POFile | None, messages: Sequence[tuple[str, str]], lesson_id: str, code: str) -> POFile:
    """The catalogue for these messages, with what was translated before: a new message is empty, one that has changed
    is marked `fuzzy` and names the English it was translated from, one that is gone stands at the end (`#~`)."""
    new = POFile(wrapwidth=WIDTH)
    new.header = old.header if old else _HEADER.format(lesson=lesson_id, code=code)
    new.metadata = old.metadata if old else _metadata(lesson_id, code)
    before = {entry.msgid: entry for entry in old or ()}  # those set aside too: what comes back is translated
    asked = {message for _, message in messages}
    gone = {msgid: entry for msgid, entry in before.items() if msgid not in asked and entry.msgstr}
    reused: set[str] = set()
    for cell, message in messages:
        entry, place = new.find(message), (f"{lesson_id}/{cell}", "")
        if entry is None:
            entry = _kept(before[message]) if message in before else POEntry(msgid=message)
            alike = "" if entry.msgstr else _most_alike(message, list(gone))
            if alike:
                entry.msgstr, entry.previous_msgid, entry.flags = gone[alike].msgstr, alike, ["fuzzy"]
                reused.add(alike)
            new.append(entry)
        entry.occurrences += [] if place in entry.occurrences else [place]
    left = [msgid for msgid in gone if msgid not in reused]
    new.extend(POEntry(msgid=msgid, msgstr=gone[msgid].msgstr, obsolete=True) for msgid in left)
    return new


def stale(catalog: POFile, messages: Sequence[tuple[str, str]]) -> list[Stale]:
    """All that keeps a catalogue from being the translation of these messages, in the lesson's order."""
    found = []
    for cell, message in messages:
        entry = catalog.find(message)
        if entry is None:
            found.append(Stale(cell, "not in the catalogue", message))
        elif not entry.msgstr.strip():
            found.append(Stale(cell, "not translated", message))
        elif entry.fuzzy:
            found.append(Stale(cell, "fuzzy, since its English has changed", message))
        else:
            found += [Stale(cell, fault, message) for fault in faults(message, entry.msgstr)]
    asked = {message for _, message in messages}
    gone = [entry.msgid for entry in catalog if entry.obsolete or entry.msgid not in asked]
    return found + [Stale("", "no longer in the lesson", message) for message in gone]


def text(catalog: POFile) -> bytes:
    """The .po file."""
    return f"{catalog}".encode()


def _most_alike(message: str, others: list[str]) -> str:
    found = process.extractOne(message, others, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return found[0] if found else ""


def _kept(entry: POEntry) -> POEntry:
    """An entry of the old catalogue as a new one; its places are those of now."""
    kept = POEntry(msgid=entry.msgid, msgstr=entry.msgstr, flags=entry.flags, tcomment=entry.tcomment)
    kept.previous_msgid = entry.previous_msgid if entry.fuzzy else None
    return kept


def _metadata(lesson_id: str, code: str) -> dict[str, str]:
    return {
        "Project-Id-Version": f"transformer-lessons {lesson_id}",
        "POT-Creation-Date": f"{datetime.now(UTC):%Y-%m-%d %H:%M%z}",
        "Language": code,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
