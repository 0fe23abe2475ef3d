"""What the sandboxes ask of the Linux kernel, through the C library. Every call raises OSError where it is refused."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct
from pathlib import Path

from autograder.grading.limits import Limits

NEW_USER, NEW_MOUNTS, NEW_PIDS, NEW_NET, NEW_IPC, NEW_UTS = (
    0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000,
)  # fmt: skip
BIND, RECURSIVE, PRIVATE, NO_SUID, NO_DEV = 0x1000, 0x4000, 1 << 18, 2, 4
_READ_ONLY, _ATTR_NO_SUID, _ATTR_NO_DEV = 0x1, 0x2, 0x4
_AT_RECURSIVE, _AT_FDCWD = 0x8000, -100
_MOUNT_SETATTR, _PIVOT_ROOT = 442, {"x86_64": 155, "aarch64": 41}
_DETACH = 2
_PDEATHSIG, _NO_NEW_PRIVS, _SUBREAPER, _CAPBSET_DROP, _CAP_AMBIENT, _DUMPABLE = 1, 38, 36, 24, 47, 4

_libc = ctypes.CDLL(None, use_errno=True)


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int = 0, options: str | None = None) -> None:
    def text(value: str | None) -> bytes | None:
        return value.encode() if value is not None else None

    _check(_libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(options)), f"mount {target}")


def make_read_only(path: str, recursive: bool = True) -> None:
    """The mount at `path`, and those below it, read-only and without set-user-id programs and devices."""
    attributes = struct.pack("QQQQ", _READ_ONLY | _ATTR_NO_SUID, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    result = _libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, path.encode(), flags, attributes, len(attributes))
    _check(result, f"read-only {path}")


def pivot_root(new: str) -> None:
    """`new` becomes the root; the old one is gone."""
    os.chdir(new)
    number = _PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise OSError(f"this machine's processor ({os.uname().machine}) is not known")
    _check(_libc.syscall(number, b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", _DETACH), "umount the old root")
    os.chdir("/")


def give_up_privileges() -> None:
    """No capability, now or after starting a program; no new ones by set-user-id programs."""
    for capability in range(64):
        if _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    _libc.prctl(_CAP_AMBIENT, 4, 0, 0, 0)
    header = struct.pack("Ii", 0x20080522, 0)
    _check(_libc.capset(header, bytes(24)), "capset")
    no_new_privileges()


def no_new_privileges() -> None:
    _check(_libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def become(user: int) -> None:
    """From root to a user id that nobody has."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _libc.prctl(_DUMPABLE, 1, 0, 0, 0)


def die_with_parent() -> None:
    _libc.prctl(_PDEATHSIG, 9, 0, 0, 0)


def adopt_orphans() -> None:
    """Processes below this one whose parent has ended become its children."""
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)


def children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        found += map(int, task.read_text().split())
    return found


def set_limits(limits: Limits) -> None:
    """The limits the kernel keeps for each process."""
    running = _tasks_of(os.getuid())
    limit_memory(limits.memory_mb, 1000)
    for what, most in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_NPROC, running + limits.processes),
        (resource.RLIMIT_FSIZE, limits.file_mb * 2**20),
        (resource.RLIMIT_NOFILE, 512),
        (resource.RLIMIT_CORE, 0),
    ):
        _set_limit(what, most)


def limit_memory(megabytes: int, goes_first: int) -> None:
    """This process gets so much memory on top of the address space that is in use now.

    goes_first: 0 to 1000, how soon the kernel ends it where the machine's memory runs out all the same. It stays where
    it is higher already, as in some containers: only who may do anything can lower it."""
    _set_limit(resource.RLIMIT_AS, _address_space() + megabytes * 2**20)
    score = Path("/proc/self/oom_score_adj")
    score.write_text(str(max(goes_first, int(score.read_text()))))


def _set_limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _tasks_of(user: int) -> int:
    """How many threads the user has: they count against the limit. Root's do not, nor do those that can not be seen."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*") if user else ():
        with contextlib.suppress(OSError):
            found += len(os.listdir(folder / "task")) if folder.stat().st_uid == user else 0
    return found


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
