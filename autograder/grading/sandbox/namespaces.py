"""The sandbox of Linux's own namespaces: no other file, process, network or user is there to be reached.

The warm parent goes in first: a root of its own, read-only, with nothing in it but what `public.readable` lists, and a
network without a single interface. Each student's process then gets its own process ids, its own temporary folder and
a user who may do nothing. When it ends, the kernel ends all that it has started.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from autograder.grading.limits import Limits
from autograder.grading.sandbox import kernel
from autograder.grading.sandbox.filter import forbid_system_calls
from autograder.grading.sandbox.public import DEVICES, course_root, readable

_INSIDE = 1000  # the user's number inside, where whoever grades is an ordinary user
_FIRST, _COUNT = 61184, 4000  # user numbers that systemd keeps free for such use: where root grades, one of these
_PRIVATE = "/private"  # what the student's process may write to is in here, and shown where it is looked for
_STAGE = "/sys"  # a folder that is always there, and not needed: the new root is built over it


def enter() -> None:
    apart = kernel.NEW_MOUNTS | kernel.NEW_NET | kernel.NEW_IPC | kernel.NEW_UTS
    if os.geteuid() == 0:
        kernel.unshare(apart)
    else:
        user, group = os.geteuid(), os.getegid()
        kernel.unshare(apart | kernel.NEW_USER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{_INSIDE} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{_INSIDE} {group} 1")
    kernel.mount("none", "/", None, kernel.PRIVATE | kernel.RECURSIVE)
    places, work = readable(), _work()
    links = {place: os.readlink(place) for place in places if place.is_symlink()}
    kernel.mount("tmpfs", _STAGE, "tmpfs", kernel.NO_SUID, "mode=0755,size=1m")
    root = course_root()
    for place in places:
        if place in links:
            Path(f"{_STAGE}{place}").parent.mkdir(parents=True, exist_ok=True)
            os.symlink(links[place], f"{_STAGE}{place}")
        elif not place.is_relative_to(root):
            _show(place)
    if Path(f"{_STAGE}{root}").is_dir():  # it lies in a folder of the system's: cover it
        kernel.mount("tmpfs", f"{_STAGE}{root}", "tmpfs", kernel.NO_SUID, "mode=0755,size=1m")
    for place in places:
        if place not in links and place.is_relative_to(root):
            _show(place)
    for name in DEVICES:
        _show(Path("/dev") / name, device=True)
    os.symlink("/proc/self/fd", f"{_STAGE}/dev/fd")
    for folder in (_PRIVATE, "/tmp", "/dev/shm", str(work), "/proc"):
        Path(f"{_STAGE}{folder}").mkdir(parents=True, exist_ok=True)
    kernel.mount("/proc", f"{_STAGE}/proc", None, kernel.BIND | kernel.RECURSIVE)  # the parent's own
    kernel.pivot_root(_STAGE)
    kernel.make_read_only("/", recursive=False)


def prepare(limits: Limits) -> str:
    kernel.unshare(kernel.NEW_PIDS)
    return str(_work())


def confine(limits: Limits, place: str) -> None:
    kernel.die_with_parent()
    kernel.unshare(kernel.NEW_MOUNTS | kernel.NEW_IPC)
    _own_processes()
    kernel.set_limits(limits)
    options = f"mode=0755,size={limits.disk_mb}m,nr_inodes=20000"
    kernel.mount("tmpfs", _PRIVATE, "tmpfs", kernel.NO_SUID | kernel.NO_DEV, options)
    temporary = _PRIVATE + "/tmp"
    for name, target in (("here", place), ("shm", "/dev/shm"), ("tmp", "/tmp")):
        os.mkdir(f"{_PRIVATE}/{name}")
        os.chmod(f"{_PRIVATE}/{name}", 0o1777)
        if not any(shown.is_relative_to(target) for shown in (course_root(), Path(sys.prefix))):
            kernel.mount(f"{_PRIVATE}/{name}", target, None, kernel.BIND)
            temporary = "/tmp" if name == "tmp" else temporary
    if os.geteuid() == 0:
        kernel.become(_FIRST + os.stat(_PRIVATE).st_dev % _COUNT)
    kernel.give_up_privileges()
    forbid_system_calls()
    os.setsid()
    os.umask(0o077)
    os.chdir(place)
    os.environ.update(HOME=place, TMPDIR=temporary, PWD=place, TORCHINDUCTOR_CACHE_DIR=f"{temporary}/inductor")
    tempfile.tempdir = temporary


def clean(child: int, place: str) -> None:
    """Nothing: with its first process the whole namespace has ended, and its temporary folder with it."""


def _work() -> Path:
    """The folder where the notebook runs: inside the course, as it is for a student."""
    return course_root() / "notebook"


def _show(place: Path, device: bool = False) -> None:
    target = Path(f"{_STAGE}{place}")
    if place.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    kernel.mount(str(place), str(target), None, kernel.BIND | kernel.RECURSIVE)
    if not device:
        kernel.make_read_only(str(target))


def _own_processes() -> None:
    """/proc shows the student's own processes. Where the machine does not allow that (in a container, say), none."""
    try:
        kernel.mount("proc", "/proc", "proc", kernel.NO_SUID | kernel.NO_DEV)
    except OSError:
        kernel.mount("tmpfs", "/proc", "tmpfs", kernel.NO_SUID | kernel.NO_DEV, "mode=0555,size=4k")
