"""A real PostgreSQL server in a folder of its own, on a socket there, for as long as a test module runs."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from conftest import need

PLACES = "/usr/lib/postgresql/*/bin"
STARTING = 60  # seconds


def programs() -> Path | None:
    """The folder of initdb, the newest if there are several."""
    found = sorted(Path("/").glob(f"{PLACES[1:]}/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Its address, for SQLAlchemy, up to the name of a database. As root the server runs as the user postgres."""
    place = programs()
    need(place, f"No PostgreSQL on this machine: no initdb in {PLACES} or on the PATH (Debian: postgresql).")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, **as_user}
    try:
        made = [place / "initdb", "-D", "data", "-U", "grader", "--auth=trust", "-E", "UTF8", "--no-sync", "--locale=C"]
        subprocess.run(made, check=True, **quiet)
        words = [place / "postgres", "-D", "data", "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
        with open(folder.with_suffix(".log"), "wb") as log:
            running = subprocess.Popen(words, stderr=log, **quiet)
        try:
            _wait(running, folder, place)
            yield f"postgresql+psycopg://grader@/{{}}?host={folder}"
        finally:
            running.send_signal(signal.SIGINT)  # at once, and in order
            running.wait(timeout=STARTING)
    finally:
        shutil.rmtree(folder)
        folder.with_suffix(".log").unlink(missing_ok=True)


def _wait(running: subprocess.Popen, folder: Path, place: Path) -> None:
    until = time.monotonic() + STARTING
    while subprocess.run([place / "pg_isready", "-q", "-h", folder]).returncode:
        log = folder.with_suffix(".log").read_text(errors="replace")
        assert running.poll() is None and time.monotonic() < until, f"PostgreSQL did not start:\n{log}"
        time.sleep(0.1)


def database(address: str, name: str) -> str:
    """A new, empty database on the server; its URL."""
    import psycopg

    with psycopg.connect(address.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return address.format(name)
