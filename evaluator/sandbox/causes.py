"""Which limit an exception of a job tells of. Runs inside the sandbox, beside the code that raised."""

from __future__ import annotations

import errno
import traceback
from typing import Any

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NETWORK = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EAFNOSUPPORT}
_FORBIDDEN = {errno.EPERM, errno.EACCES, errno.EROFS}
_TEXT = 500


def classify(error: BaseException) -> dict[str, Any]:
    """``{"code", "params"}`` of the fault, with the exception's type, message and last place in ``params``."""
    params = describe(error)
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        code = _limit_of(current)
        if code:
            return {"code": code, "params": params}
        current = current.__cause__ or current.__context__
    return {"code": "candidate.exception", "params": params}


def describe(error: BaseException) -> dict[str, Any]:
    """Type, message and last place of an exception, each short; a hostile ``__str__`` is survived."""
    try:
        message = str(error)
    except BaseException:  # noqa: BLE001 (the class comes from the bundle and may raise anything)
        message = ""
    return {
        "type": type(error).__name__[:_TEXT],
        "message": message[:_TEXT],
        "where": _last_place(error),
    }


def _limit_of(error: BaseException) -> str | None:
    if isinstance(error, MemoryError):
        return "sandbox.memory"
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return "sandbox.processes"
    if isinstance(error, OSError):
        return _limit_of_number(error)
    return None


def _limit_of_number(error: OSError) -> str | None:
    if error.errno in _DISK:
        return "sandbox.disk"
    if error.errno in _NETWORK or type(error).__name__ == "gaierror":
        return "sandbox.network"
    if error.errno in _FORBIDDEN:
        return "sandbox.forbidden"
    if error.errno == errno.ENOMEM:
        return "sandbox.memory"
    if isinstance(error, BlockingIOError):
        return "sandbox.processes"  # fork is refused with EAGAIN at the limit
    return None


def _last_place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    return f"{frames[-1].filename}:{frames[-1].lineno}"[:_TEXT]
