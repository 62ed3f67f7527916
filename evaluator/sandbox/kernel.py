"""Calls of the kernel that Python does not offer: namespaces, mounts, the filter. Standard library only.

Each raises OSError with what was attempted. Numbers and structures: linux/sched.h, linux/mount.h, linux/filter.h,
linux/if.h; the three calls by number have the same one on every architecture.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
MS_REC, MS_PRIVATE = 0x4000, 0x40000
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_AT_FDCWD, _AT_EMPTY_PATH, _AT_RECURSIVE = -100, 0x1000, 0x8000
_OPEN_TREE_CLONE, _MOVE_MOUNT_F_EMPTY_PATH = 1, 4
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def unshare(flags: int) -> None:
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def enter(namespace: int, flag: int) -> None:
    """The namespace of a descriptor; one of processes is where the next children will be born."""
    _check(_libc.setns(ctypes.c_int(namespace), ctypes.c_int(flag)), "setns")


def mount(kind: str, target: str, flags: int = 0, options: str = "") -> None:
    """A new file system of ``kind``; the empty one changes the mount that is there."""
    arguments = (kind.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), options.encode() or None)
    _check(_libc.mount(*arguments), f"mount {kind} on {target}")


def clone_tree(path: str, *, writable: bool) -> int:
    """A descriptor of a copy, attached nowhere, of what is mounted at ``path`` and below."""
    name = ctypes.c_char_p(os.fsencode(path))
    flags = _OPEN_TREE_CLONE | _AT_RECURSIVE | os.O_CLOEXEC
    tree = _numbered(_OPEN_TREE, ctypes.c_int(_AT_FDCWD), name, ctypes.c_uint(flags), what=f"open_tree {path}")
    attributes = _ATTR_NOSUID | _ATTR_NODEV | (0 if writable else _ATTR_RDONLY)
    wanted = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    try:
        _numbered(
            _MOUNT_SETATTR,
            ctypes.c_int(tree),
            ctypes.c_char_p(b""),
            ctypes.c_uint(_AT_EMPTY_PATH | _AT_RECURSIVE),
            wanted,
            ctypes.c_size_t(ctypes.sizeof(wanted)),
            what=f"mount_setattr {path}",
        )
    except OSError:
        os.close(tree)
        raise
    return tree


def attach_tree(tree: int, target: str) -> None:
    """Mount at ``target`` what ``clone_tree`` gave."""
    _numbered(
        _MOVE_MOUNT,
        ctypes.c_int(tree),
        ctypes.c_char_p(b""),
        ctypes.c_int(_AT_FDCWD),
        ctypes.c_char_p(target.encode()),
        ctypes.c_uint(_MOVE_MOUNT_F_EMPTY_PATH),
        what=f"move_mount on {target}",
    )


def own_user_namespace(flags: int = 0) -> None:
    """Enter a user namespace that knows the present user only, with every capability in it and none elsewhere.

    ``flags`` names further namespaces, that the new one owns.
    """
    uid, gid = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | flags)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def install_filter(program: bytes) -> None:
    """Submit this process and its children to a system call filter (see ``seccomp``), for good."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    filtered = _Program(len(program) // 8, program)
    _check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filtered), 0, 0), "seccomp")


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        (flags,) = struct.unpack_from("h", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request), 16)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | _IFF_UP))


def _numbered(number: int, *arguments: object, what: str) -> int:
    return _check(_libc.syscall(ctypes.c_long(number), *arguments), what)


def _check(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), what)
    return result
