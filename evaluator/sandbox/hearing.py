"""What process 1 does for its job, cold or warm: bears it, hears it to its end, reports. Standard library only."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import stat
import time
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from evaluator.sandbox.descriptors import CHANNEL, CHUNK, wide_pipe, write

_ORPHANS_MILLISECONDS = 200  # how long one that ended may wait to be buried


class Child(NamedTuple):
    """A process, and the reading ends of the pipes on which it claims its result and tells what kept it from it."""

    process: int
    claim: int
    setup: int


class Heard(NamedTuple):
    """What came of a child. ``status`` is that of wait(2); ``usage`` (see ``_usage``) of one that is still there."""

    claim: bytes
    overflow: bool
    status: int
    usage: tuple[float, int] | None = None


def bear(live: Callable[[int, int], NoReturn]) -> Child:
    """Fork a child that lives ``live`` with the writing ends of the two pipes of ``Child``."""
    claim_reader, claim = wide_pipe()
    setup_reader, setup = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(claim_reader)
        os.close(setup_reader)
        live(claim, setup)
    os.close(claim)
    os.close(setup)
    return Child(process, claim_reader, setup_reader)


def follow(job: dict[str, Any], child: Child, *, may_halt: bool = False) -> None:
    """Hear the child that becomes ``job`` to its end, and report on ``CHANNEL``.

    The namespace ends whoever the job left behind when this process ends; with ``may_halt`` they are gone before it
    reports, and the child does nothing more.
    """
    write(CHANNEL, b'{"ready": true}\n')
    started = time.monotonic()
    failure = os.read(child.setup, CHUNK).decode()  # ends when the child is lowered, before it runs its entry
    heard = _collect(child, job["limits"]["result_bytes"])
    seconds = time.monotonic() - started
    if may_halt and not heard.overflow:
        _halt()
        if any(bind["writable"] for bind in job["binds"]) or not _is_alone(child.process):
            _kill_all()
    _report(job, failure, heard, seconds)


def _collect(child: Child, limit: int) -> Heard:
    """The claim up to ``limit`` bytes, whether there was more, and how the child ended.

    A claim that everybody has closed is final, and a child that lives on has no more to say: 0 stands for its status.
    But a grandchild may keep the pipe open, or the child close it and say nothing: then the end is the child's. Past
    the limit nothing is waited for: the namespace dies with this process.
    """
    os.set_blocking(child.claim, False)
    claim = bytearray()
    watched = select.poll()
    watched.register(child.claim, select.POLLIN)
    watched.register(os.pidfd_open(child.process), select.POLLIN)
    while True:
        events = dict(watched.poll(_ORPHANS_MILLISECONDS))
        if child.claim in events and not _drain(child.claim, claim, limit):
            return Heard(bytes(claim), True, 0)
        if events.get(child.claim) == select.POLLHUP:
            watched.unregister(child.claim)
            usage = _usage(child.process) if claim else None
            if usage is not None:
                return Heard(bytes(claim), False, 0, usage)
        status = _reap(child.process)
        if status is not None:
            whole = _drain(child.claim, claim, limit)  # it may have spoken since it was asked
            return Heard(bytes(claim), not whole, status)


def _usage(process: int) -> tuple[float, int] | None:
    """Seconds of processor and bytes at the peak of a child that is there, and of those that ended; None when it is
    dying, and how is still to be told.
    """
    with open(f"/proc/{process}/stat") as numbers:  # noqa: PTH123 (pathlib is not imported here)
        times = numbers.read().rpartition(")")[2].split()[11:15]
    with open(f"/proc/{process}/status") as lines:  # noqa: PTH123 (as above)
        peak = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
    if peak is None:
        return None
    seconds, most = _usage_of_ended()
    return seconds + sum(map(int, times)) / os.sysconf("SC_CLK_TCK"), max(most, peak * 1024)


def _usage_of_ended() -> tuple[float, int]:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def _drain(reader: int, claim: bytearray, limit: int) -> bool:
    """Take what is there for now; False past the limit."""
    for _ in range(1024):
        try:
            chunk = os.read(reader, CHUNK)
        except BlockingIOError:
            return True
        if len(claim) + len(chunk) > limit:
            return False
        if not chunk:
            return True
        claim += chunk
    return True


def _reap(child: int) -> int | None:
    """Wait for whoever ended, orphans too; the child's status once it is among them."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == child:
            return status
        if pid == 0:
            return None


def _halt() -> None:
    """Stop all others where they are, which costs nothing: the kernel takes its time to end one."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGSTOP)


def _is_alone(child: int) -> bool:
    """Whether nobody is there but this process and ``child``."""
    return {name for name in os.listdir("/proc") if name.isdigit()} <= {"1", str(child)}  # noqa: PTH208 (as above)


def _kill_all() -> None:
    """End all others, and wait until they are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _report(job: dict[str, Any], failure: str, heard: Heard, seconds: float) -> None:
    cpu, memory = heard.usage or _usage_of_ended()
    status = heard.status
    pictures = _pictures(job["attachments"], job["limits"])
    report = {
        "failure": failure,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "overflow": heard.overflow,
        "claim": len(heard.claim),
        "pictures": [{"name": name, "size": len(data)} for name, data in pictures],
        "wall": seconds,
        "cpu": cpu,
        "memory": memory,
    }
    write(CHANNEL, json.dumps(report).encode() + b"\n")
    write(CHANNEL, heard.claim)
    for _, data in pictures:
        write(CHANNEL, data)


def _pictures(folder: str, limits: dict[str, Any]) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    total = 0
    for name in sorted(os.listdir(folder))[: limits["attachments"]]:  # noqa: PTH208 (as above)
        data = _regular_file(os.path.join(folder, name), limits["attachment_bytes"] - total)  # noqa: PTH118
        if data is not None:
            total += len(data)
            found.append((name, data))
    return found


def _regular_file(path: str, limit: int) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        data = stream.read(limit + 1)
    return data if len(data) <= limit else None
