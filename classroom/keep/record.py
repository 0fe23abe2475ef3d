"""Which exercises have ever passed their check on this machine: one line each in `kept/passed.jsonl`."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime
from pathlib import Path

from classroom import passed
from classroom.checking import records
from classroom.keep import folder as kept

NAME = "passed.jsonl"
MOST_BYTES = 1_000_000


def path() -> Path:
    """The file; there is none before the first check has passed."""
    return kept.folder() / NAME


def remember() -> None:
    """Write down what has passed in this session and is not written yet. A folder that can not be written is no fault:
    then the session's own memory is all there is."""
    if not kept.allowed():
        return
    new = sorted(passed.passed() & records.names().keys() - remembered().keys())
    now = datetime.now().strftime("%Y-%m-%d %H:%M")
    with contextlib.suppress(OSError):
        _add(path(), dict.fromkeys(new, now))


def remembered() -> dict[str, str]:
    """Exercise -> when its check first passed here, as it is written down. Lines that are damaged are passed over."""
    return _read(path()) if kept.allowed() else {}


def merge(source: Path, target: Path) -> int:
    """Add to the file `target` what stands in `source` and not there yet. Returns how many exercises `source` names.
    Raises OSError where `target` can not be written."""
    found = _read(source)
    here = _read(target)
    _add(target, {name: when for name, when in found.items() if name not in here})
    return len(found)


def _add(file: Path, new: dict[str, str]) -> None:
    """One write at the end of the file, so that two notebooks at once lose nothing of each other."""
    if not new:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"exercise": name, "when": when}, ensure_ascii=False) for name, when in new.items()]
    cut_off = file.is_file() and not file.read_bytes().endswith(b"\n")
    with file.open("ab") as out:
        out.write((("\n" if cut_off else "") + "".join(f"{line}\n" for line in lines)).encode())


def _read(file: Path) -> dict[str, str]:
    try:
        with file.open("rb") as inside:
            lines = inside.read(MOST_BYTES).decode("utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        try:
            entry = json.loads(line)
            name, when = entry["exercise"], entry["when"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        if isinstance(name, str) and isinstance(when, str) and name in records.names():
            found.setdefault(name, when[:16])
    return found
