"""Downloads a file whose checksum is known: goes on where it broke off, and keeps nothing that is not that file."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.request
from pathlib import Path

TRIES = 4
STALL = 20.0  # seconds without a byte, after which a connection is given up
PAUSE = 1.0  # seconds before the second try; twice as long before each further one
CHUNK = 1 << 16
FINAL = (400, 401, 403, 404, 410, 451)  # answers of a server that another try does not change


class NotFetched(OSError):
    """A file of a corpus that is not on this machine and could not be brought here; says why, and what to do."""


def sha256(path: Path) -> str:
    """The checksum of a file, as hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(url: str, path: Path, wanted: str, stall: float = STALL, pause: float = PAUSE) -> None:
    """Bring the file at `url` to `path`. wanted: its sha256.

    What has arrived lies in a file of its own beside it until it is whole and right, so that a broken download goes on
    and `path` is never half a file. Raises NotFetched, with the reason, where the file does not come.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    why = ""
    for number in range(TRIES):
        if number:
            time.sleep(pause * 2 ** (number - 1))
        try:
            _bring(url, part, stall)
        except urllib.error.HTTPError as error:
            why = f"the server answered {error.code} {error.reason}"
            if error.code in FINAL:
                break
            if error.code == 416:  # it has no more than what is here already, and that is not the file
                part.unlink(missing_ok=True)
            continue
        except (OSError, http.client.HTTPException) as error:
            why = _reason(error)
            continue
        if sha256(part) == wanted:
            os.replace(part, path)
            return
        part.unlink()
        why = "what came is not the file that is wanted (its checksum differs)"
    raise NotFetched(f"{url} could not be downloaded: {why}.")


def _bring(url: str, part: Path, stall: float) -> None:
    """One connection: what is missing of the file is added to `part`."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=stall) as answer:
        goes_on = answer.status == 206  # a server that knows no ranges sends all of it again
        with part.open("ab" if goes_on else "wb") as file:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
            left = answer.length  # of the announced bytes; None where none were announced
    if left:
        raise ConnectionError("the connection broke off")


def _reason(error: Exception) -> str:
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, TimeoutError):
        return "the server fell silent"
    text = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return f"no connection ({text})" if isinstance(error, urllib.error.URLError) else text
