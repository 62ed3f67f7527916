"""What the child of process 1 does to become a job, cold or warm: takes limits, loses privileges, runs its entry.

Standard library only, until the job is what it is to be.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import resource
import sys
import time
from typing import Any, NoReturn

from evaluator.sandbox.descriptors import CHANNEL, CLAIM, write
from evaluator.sandbox.privileges import forget_capabilities, hold_capabilities, open_up, refuse_privileges, renounce

_LINGER_SECONDS = 0.1  # time for process 1 to take notice, and to halt it
_NO_MEMORY = b'{"exception": {"code": "sandbox.memory", "params": {}}}'


def become_job(job: dict[str, Any], claim: int, setup: int, *, lingers: bool = False) -> NoReturn:
    """``setup`` is the platform's own witness: closed before anything of the bundle is touched.

    A job that ``lingers`` is halted by process 1 once it has closed its claim, so that nobody waits until the kernel
    has taken its memory apart.
    """
    claim, setup = _above(claim), _above(setup)
    try:
        os.dup2(claim, CLAIM)
        with open("/dev/null", "rb") as nothing:  # noqa: PTH123 (pathlib is not imported here)
            os.dup2(nothing.fileno(), 0)
        os.closerange(CHANNEL, CHANNEL + 1)
        _lower(job)
        os.chdir(job["cwd"])
    except BaseException as error:  # noqa: BLE001 (the child must end here whatever went wrong)
        os.write(setup, repr(error)[:500].encode())
        os._exit(70)
    os.closerange(CLAIM + 1, 4096)
    _run_entry(job, lingers=lingers)


def _above(descriptor: int) -> int:
    """The same file under a number that the fixed ones do not overwrite."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 16)


def _lower(job: dict[str, Any]) -> None:
    """Take limits, then lose every privilege, in an order that leaves none to regain them."""
    open_up()  # so that the job may use its own /proc/self
    with open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 (as above)
        score.write("1000")
    limits = job["limits"]
    held = job.get("held_bytes", 0)  # what a warm interpreter had before the job, which the job did not ask for
    uid = job["uid"]
    os.setsid()
    for name, value in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_DATA", limits["memory_bytes"] + held),
        ("RLIMIT_AS", limits["memory_bytes"] + held + limits["mapped_bytes"]),
        ("RLIMIT_CPU", limits["cpu_seconds"]),
        ("RLIMIT_NPROC", limits["processes"]),
        ("RLIMIT_NOFILE", limits["open_files"]),
        ("RLIMIT_FSIZE", limits["file_bytes"]),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_MEMLOCK", 0),
    ):
        hard = value + 1 if name == "RLIMIT_CPU" else value
        resource.setrlimit(getattr(resource, name), (value, hard))
    if uid is not None:
        forget_capabilities(0)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    hold_capabilities(0)
    renounce()
    open_up()  # again: the change of user took it back
    refuse_privileges()


def _run_entry(job: dict[str, Any], *, lingers: bool) -> NoReturn:
    code = 1
    own = os.getpid()
    try:
        from importlib import import_module

        module, _, function = job["entry"].partition(":")
        value = getattr(import_module(module), function)(job["payload"])
        write(CLAIM, json.dumps({"value": value}, allow_nan=False).encode())
        code = 0
    except MemoryError:
        if os.getpid() == own:  # there may be no room left to say more
            write(CLAIM, _NO_MEMORY)
    except BaseException as error:  # noqa: BLE001 (code of the bundle raises what it likes)
        if os.getpid() == own:  # a fork of the bundle's own that failed has nothing to tell
            write(CLAIM, json.dumps(_told(error), default=str).encode())
    finally:
        _flush()
        if lingers and os.getpid() == own:
            with contextlib.suppress(BaseException):  # handlers of signals are the bundle's too
                _linger()
        os._exit(code)


def _linger() -> None:
    """The claim is closed last: by then nobody hears this process on anything else."""
    os.closerange(0, CLAIM)
    os.close(CLAIM)
    time.sleep(_LINGER_SECONDS)


def _told(error: BaseException) -> dict[str, Any]:
    from evaluator.errors import EvaluatorError
    from evaluator.sandbox.causes import classify

    if isinstance(error, EvaluatorError):
        return {"fault": {"cause": error.cause.value, "code": error.code, "params": dict(error.params)}}
    return {"exception": classify(error)}


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # code of the bundle may have put anything there
            stream.flush()
