"""What process 1 and its job give up before the job begins, for good. Standard library only."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 4, 24, 38
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def seclude() -> None:
    """Nobody of the same user may open ``/proc/1/fd`` or ``/proc/1/mem``."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # process 1 ignores from inside whatever has no handler
    os.umask(0o022)


def open_up() -> None:
    """Own again the files of ``/proc/self``, which ``seclude`` and a change of user take away."""
    _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def forget_capabilities(kept: int) -> None:
    """Whatever is executed from now on regains none but those of the mask ``kept``."""
    for capability in range(_LAST_CAPABILITY + 1):
        if not kept >> capability & 1 and _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            return  # this kernel knows no more of them, or the first is refused as they all would be


def hold_capabilities(kept: int) -> None:
    """The mask ``kept``, below 2^32, and no inheritable one, which survives a change of user (capabilities(7))."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(kept, kept)
    if _libc.capset(header, sets) != 0:
        raise PermissionError("capset")


def renounce() -> None:
    """Whatever is executed from now on has no privilege that this process has not."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def refuse_privileges() -> None:
    """Raises PermissionError when one is left."""
    with open("/proc/self/status") as status:  # noqa: PTH123 (process 1 starts without pathlib)
        for line in status:
            name, _, value = line.partition(":")
            if name in ("CapPrm", "CapEff", "CapInh", "CapAmb") and int(value, 16):
                raise PermissionError(f"{name} is not empty")
