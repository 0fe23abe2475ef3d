"""When the last commit of a repository was made, read without trusting anything in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

MOST = 1_000_000  # bytes of a file of git's that is read here
COMMIT = re.compile(r"[0-9a-f]{40}")


def commit_time(git: Path) -> float | None:
    """Seconds since 1970, of the commit that HEAD of the `.git` folder names; None where it can not be told.

    A repository's own configuration may name programs for git to run. So git never sees it: it is given an empty
    repository of ours that borrows the objects, and is asked for one commit.
    """
    commit = _head(git)
    program = shutil.which("git")
    if not commit or not program or (git / "objects").is_symlink():
        return None
    with tempfile.TemporaryDirectory(prefix="git-") as own:
        environment = {
            "PATH": os.environ.get("PATH", ""), "HOME": own, "GIT_CONFIG_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1",
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_DIR": own, "GIT_OBJECT_DIRECTORY": str((git / "objects").resolve()),
        }  # fmt: skip
        for part in ("objects", "refs"):
            (Path(own) / part).mkdir()
        (Path(own) / "HEAD").write_text("ref: refs/heads/none\n")
        try:
            done = subprocess.run(
                [program, "cat-file", "commit", commit], env=environment, cwd=own, capture_output=True, timeout=10
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    found = re.search(rb"^committer .*> (\d{1,11}) [+-]\d{4}$", done.stdout[:MOST], re.MULTILINE)
    return float(found[1]) if found and done.returncode == 0 else None


def _head(git: Path) -> str | None:
    head = _text(git / "HEAD")
    if COMMIT.fullmatch(head):
        return head
    reference = re.fullmatch(r"ref: (refs/heads/[\w./-]+)", head)
    if not reference or ".." in reference[1]:
        return None
    commit = _text(git / reference[1])
    if not commit:
        packed = re.search(rf"^([0-9a-f]{{40}}) {re.escape(reference[1])}$", _text(git / "packed-refs"), re.MULTILINE)
        commit = packed[1] if packed else ""
    return commit if COMMIT.fullmatch(commit) else None


def _text(path: Path) -> str:
    try:
        if path.is_symlink() or not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(MOST).decode("utf-8", "replace").strip()
    except OSError:
        return ""
