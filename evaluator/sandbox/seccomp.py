"""The system call filter of a job, assembled as classic BPF.

A list of refusals rather than of permissions: the scientific stack uses most of the kernel's ordinary calls. What is
refused is what reaches beyond the job (other processes, mounts, namespaces, keys, modules, clocks) or has been a
repeated way out of containers (bpf, perf, io_uring, userfaultfd).

Sources: linux/seccomp.h, linux/bpf_common.h, linux/audit.h; numbers as in the kernel's own tables.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Iterator
from functools import lru_cache

from evaluator.errors import EngineFault

# name: (number on x86_64, number on aarch64); None where the architecture has no such call
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "_sysctl": (156, None),
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "memfd_secret": (447, 447),
    "migrate_pages": (256, 238),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "sysfs": (139, None),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "ustat": (136, None),
    "vhangup": (153, 58),
}
_CLONE, _CLONE3, _SOCKET, _SOCKETPAIR, _IOCTL = (56, 220), (435, 435), (41, 198), (53, 199), (16, 29)

_AUDIT_ARCH = (0xC000003E, 0xC00000B7)
_X32_BIT = 0x40000000
_CLONE_NEW = 0x7E020000  # every CLONE_NEW* flag that clone(2) understands
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10

_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NR, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24  # offsets in struct seccomp_data; low words, little endian

_Instruction = tuple[int, int, int, int]


@lru_cache
def build_filter(*, loopback: bool, machine: str | None = None) -> bytes:
    """The program to hand to ``bwrap --seccomp``.

    ``loopback`` lets internet sockets be made, which the network namespace keeps on its own loopback. Without it a
    job that asks for one is told that the network is unreachable.

    Raises:
        EngineFault: ``sandbox.unavailable`` on a processor without a table.
    """
    column = _column(machine or platform.machine())
    instructions = [*_prologue(column), *_refusals(column), *_arguments(column, loopback), _answer(_ALLOW)]
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in instructions)


def _column(machine: str) -> int:
    try:
        return {"x86_64": 0, "amd64": 0, "aarch64": 1, "arm64": 1}[machine.lower()]
    except KeyError:
        raise EngineFault("sandbox.unavailable", reason=f"no system call table for {machine}") from None


def _prologue(column: int) -> Iterator[_Instruction]:
    """A foreign architecture, or the x32 table of x86_64, would escape the numbers below."""
    yield (_LOAD, 0, 0, _ARCH)
    yield (_JEQ, 1, 0, _AUDIT_ARCH[column])
    yield _answer(_KILL)
    yield (_LOAD, 0, 0, _NR)
    if column == 0:
        yield (_JGE, 0, 1, _X32_BIT)
        yield _answer(_KILL)


def _refusals(column: int) -> Iterator[_Instruction]:
    for numbers in _REFUSED.values():
        number = numbers[column]
        if number is not None:
            yield (_JEQ, 0, 1, number)
            yield _refuse(errno.EPERM)
    # ENOSYS makes the C library fall back on clone, whose flags a filter can read.
    yield (_JEQ, 0, 1, _CLONE3[column])
    yield _refuse(errno.ENOSYS)


def _arguments(column: int, loopback: bool) -> Iterator[_Instruction]:
    """Calls judged by an argument. Each block ends by loading the number again."""
    yield from _when(_CLONE[column], [(_LOAD, 0, 0, _ARG0), (_JSET, 0, 1, _CLONE_NEW), _refuse(errno.EPERM)])
    yield from _when(
        _IOCTL[column],
        [
            (_LOAD, 0, 0, _ARG1),
            (_JEQ, 1, 0, _TIOCSTI),
            (_JEQ, 0, 1, _TIOCLINUX),
            _refuse(errno.EPERM),
        ],
    )
    local = [(_LOAD, 0, 0, _ARG0), (_JEQ, 1, 0, _AF_UNIX), _refuse(errno.EAFNOSUPPORT)]
    yield from _when(_SOCKETPAIR[column], local)
    yield from _when(_SOCKET[column], _families(loopback))


def _families(loopback: bool) -> list[_Instruction]:
    """Local sockets always; internet ones made or told that there is no network; any other family unknown."""
    internet = _answer(_ALLOW) if loopback else _refuse(errno.ENETUNREACH)
    return [
        (_LOAD, 0, 0, _ARG0),
        (_JEQ, 4, 0, _AF_UNIX),
        (_JEQ, 1, 0, _AF_INET),
        (_JEQ, 0, 1, _AF_INET6),
        internet,
        _refuse(errno.EAFNOSUPPORT),
    ]


def _when(number: int, block: list[_Instruction]) -> Iterator[_Instruction]:
    yield (_JEQ, 0, len(block) + 1, number)
    yield from block
    yield (_LOAD, 0, 0, _NR)


def _refuse(error: int) -> _Instruction:
    return _answer(_ERRNO | error)


def _answer(value: int) -> _Instruction:
    return (_RETURN, 0, 0, value)
