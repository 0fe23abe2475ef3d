"""System calls that no answer needs, refused by the kernel (seccomp): they reach beyond files, or ease a way out."""

from __future__ import annotations

import ctypes
import os
import struct

_X86 = {"ptrace": 101, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "keyctl": 250, "add_key": 248,
        "request_key": 249, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425,
        "unshare": 272, "setns": 308, "open_by_handle_at": 304, "process_vm_readv": 310, "process_vm_writev": 311,
        "pidfd_getfd": 438, "init_module": 175, "finit_module": 313, "kexec_load": 246, "mount_setattr": 442,
        "move_mount": 429, "open_tree": 428, "fsopen": 430, "quotactl": 179, "swapon": 167, "reboot": 169,
        "syslog": 103, "acct": 163, "move_pages": 279}  # fmt: skip
_ARM = {"ptrace": 117, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "keyctl": 219, "add_key": 217,
        "request_key": 218, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425,
        "unshare": 97, "setns": 268, "open_by_handle_at": 265, "process_vm_readv": 270, "process_vm_writev": 271,
        "pidfd_getfd": 438, "init_module": 105, "finit_module": 273, "kexec_load": 104, "mount_setattr": 442,
        "move_mount": 429, "open_tree": 428, "fsopen": 430, "quotactl": 60, "swapon": 224, "reboot": 142,
        "syslog": 116, "acct": 89, "move_pages": 239}  # fmt: skip
_NUMBERS = {"x86_64": (0xC000003E, _X86, 41), "aarch64": (0xC00000B7, _ARM, 198)}  # ..., the number of socket()
_X32 = 0x40000000  # a second numbering of x86-64's calls
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # the second: "operation not permitted"
_LOCAL = 1  # the family of sockets between processes of one machine


def forbid_system_calls(network: bool = False) -> None:
    """For this process and all it will start. network: sockets other than local ones, too.

    Raises OSError where the kernel has no seccomp; on a processor whose numbers are not known, nothing is done."""
    if os.uname().machine not in _NUMBERS:
        return
    machine, refused, socket = _NUMBERS[os.uname().machine]
    program = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0)]
    if machine == 0xC000003E:
        program += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _REFUSE)]
    for number in refused.values():
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    if network:
        program += [(_EQUAL, 0, 3, socket), (_LOAD, 0, 0, 16), (_EQUAL, 1, 0, _LOCAL), (_RETURN, 0, 0, _REFUSE)]
    program += [(_RETURN, 0, 0, _ALLOW)]
    code = b"".join(struct.pack("HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code)
    header = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(22, 2, header, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")
