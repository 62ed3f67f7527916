"""The filter's program, read by a small machine of our own, and its numbers against the C library of the tables."""

from __future__ import annotations

import ctypes
import errno
import struct

import pytest

from evaluator.errors import EngineFault
from evaluator.sandbox import seccomp

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
X86_64, AARCH64 = 0xC000003E, 0xC00000B7


def verdict(program: bytes, number: int, *arguments: int, arch: int = X86_64) -> int:
    """What classic BPF answers for a call (linux/filter.h); only the instructions that the filter uses."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *arguments, *[0] * (6 - len(arguments)))
    accumulator = position = 0
    while True:
        code, true, false, value = struct.unpack_from("<HBBI", program, position * 8)
        position += 1
        if code == 0x06:
            return value
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
            continue
        holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
        position += true if holds else false


@pytest.mark.parametrize(("machine", "arch", "column"), [("x86_64", X86_64, 0), ("aarch64", AARCH64, 1)])
def test_every_listed_call_is_refused(machine: str, arch: int, column: int) -> None:
    program = seccomp.build_filter(loopback=True, machine=machine)
    for name, numbers in seccomp._REFUSED.items():
        if numbers[column] is not None:
            assert verdict(program, numbers[column], arch=arch) == ERRNO | errno.EPERM, name


def test_ordinary_calls_pass() -> None:
    program = seccomp.build_filter(loopback=False)
    for number in (0, 1, 2, 3, 9, 11, 57, 59, 202, 231, 257, 262, 334):
        assert verdict(program, number) == ALLOW


def test_sockets_by_family() -> None:
    closed, local = seccomp.build_filter(loopback=False), seccomp.build_filter(loopback=True)
    assert [verdict(closed, 41, family) for family in (1, 2, 10)] == [ALLOW, *[ERRNO | errno.ENETUNREACH] * 2]
    assert [verdict(local, 41, family) for family in (1, 2, 10)] == [ALLOW] * 3
    for family in (0, 16, 17, 38, 40):
        assert verdict(local, 41, family) == ERRNO | errno.EAFNOSUPPORT
    assert [verdict(local, 53, family) for family in (1, 2)] == [ALLOW, ERRNO | errno.EAFNOSUPPORT]


def test_new_namespaces_and_terminal_injection() -> None:
    program = seccomp.build_filter(loopback=True)
    assert verdict(program, 56, 0x01200011) == ALLOW  # fork as the C library calls it
    assert verdict(program, 56, 0x003D0F00) == ALLOW  # a thread
    for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(program, 56, flag | 17) == ERRNO | errno.EPERM
    assert verdict(program, 435) == ERRNO | errno.ENOSYS
    assert [verdict(program, 16, 0, command) for command in (0x5401, 0x5412, 0x541C)] == [
        ALLOW,
        *[ERRNO | errno.EPERM] * 2,
    ]


def test_foreign_tables_kill() -> None:
    program = seccomp.build_filter(loopback=True)
    assert verdict(program, 1, arch=0x40000003) == KILL
    assert verdict(program, 0x40000000 | 101) == KILL


def test_numbers_agree_with_libseccomp() -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    for column, arch in enumerate((X86_64, AARCH64)):
        for name, numbers in seccomp._REFUSED.items():
            known = library.seccomp_syscall_resolve_name_arch(ctypes.c_uint32(arch), name.encode())
            assert (known if known >= 0 else None) == numbers[column], name


def test_an_unknown_processor_is_our_fault() -> None:
    with pytest.raises(EngineFault, match=r"sandbox\.unavailable"):
        seccomp.build_filter(loopback=False, machine="riscv64")
