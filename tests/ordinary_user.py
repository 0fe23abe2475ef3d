"""Runs a command as an ordinary user where the tests run as root; as whoever runs them, elsewhere."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

USER = 12345
ROOT = Path(__file__).resolve().parents[1]


def run_as_ordinary_user(command: list[str], home: Path, **more: object) -> subprocess.CompletedProcess:
    """`home`: an empty folder, which becomes the user's."""
    env = {**os.environ, "HOME": str(home), "TMPDIR": str(home)}
    if os.geteuid() == 0:
        os.chown(home, USER, USER)
        become = f"exec setpriv --reuid {USER} --regid {USER} --clear-groups {shlex.join(command)}"
        script = "\n".join(["set -e", "mount --make-rprivate /", *_opened([Path(sys.base_prefix), ROOT]), become])
        command = ["unshare", "--mount", "bash", "-c", script]
    return subprocess.run(command, env=env, capture_output=True, text=True, **more)


def _opened(wanted: list[Path]) -> list[str]:
    """As root, in mounts of its own: the folders on the way to those wanted that only root may enter are replaced by
    open ones, which hold what lies on the way, and all of a folder that is itself wanted."""
    closed = {folder for path in wanted for folder in (path, *path.parents) if not folder.stat().st_mode & 0o001}
    lines = []
    for folder in sorted(closed, key=lambda folder: len(folder.parts)):
        kept = {folder / path.relative_to(folder).parts[0] for path in wanted if folder in path.parents}
        if folder in wanted:
            kept |= {child for child in folder.iterdir() if not child.is_symlink()}
        lines += ["stage=$(mktemp -d)", f"mount --rbind {shlex.quote(str(folder))} $stage"]
        lines += [f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(folder))}"]
        for child in sorted(kept):
            place, name = shlex.quote(str(child)), shlex.quote(child.name)
            lines += [f"{'mkdir' if child.is_dir() else 'touch'} {place}", f"mount --rbind $stage/{name} {place}"]
    return lines
