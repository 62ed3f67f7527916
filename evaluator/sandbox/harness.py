"""Process 1 of a sandbox: starts the job in a child, keeps the result channel from it, and reports.

Run as a script by the runtime's interpreter, so it imports the standard library only; or called by a fork of the warm
interpreter (``zygote``), once that is process 1 of namespaces of its own. The child is another process, and for a
privileged platform another user: code of the bundle can neither signal, trace nor read this one, and what it writes
is passed on as its claim, never as a report.

Channel: standard input holds the job as JSON, in two lines; the descriptor named by the first argument receives a line
``{"ready": true}``, a line with the report, then the claim's bytes, then the attachments' bytes, of the lengths that
the report announces.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import stat
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

CHANNEL = 3
_CLAIM = 4  # where the child writes
PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
_LAST_CAPABILITY = 63
_CAPABILITY_VERSION_3 = 0x20080522
_F_SETPIPE_SZ, _PIPE_BYTES = 1031, 1 << 20  # linux/fcntl.h; what an ordinary user may have
_CHUNK, _LINE = 1 << 18, 1 << 14
_ORPHANS_MILLISECONDS = 200  # how long one that ended may wait to be buried
_LINGER_SECONDS = 0.1  # time for process 1 to take notice, and to halt it
_NO_MEMORY = b'{"exception": {"code": "sandbox.memory", "params": {}}}'

_libc = ctypes.CDLL(None, use_errno=True)


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


def main() -> None:
    seclude()
    os.dup2(int(sys.argv[1]), CHANNEL)
    job = read_job()
    follow(job, bear(lambda claim, setup: become_job(job, claim, setup)))


def read_job() -> dict[str, Any]:
    """The two lines of standard input: where the job may be, and what it is."""
    place, _, call = os.pread(0, os.fstat(0).st_size, 0).partition(b"\n")
    job: dict[str, Any] = json.loads(place) | json.loads(call)
    return job


def read_place() -> dict[str, Any]:
    """The first of the two lines alone."""
    read = b""
    while b"\n" not in read and (more := os.pread(0, _LINE, len(read))):
        read += more
    place: dict[str, Any] = json.loads(read.partition(b"\n")[0])
    return place


def seclude() -> None:
    """Nobody of the same user may open ``/proc/1/fd`` or ``/proc/1/mem``."""
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # process 1 ignores from inside whatever has no handler
    os.umask(0o022)


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


def wide_pipe() -> tuple[int, int]:
    """A pipe for answers, that holds most of them whole: neither side waits for the other to take its turn."""
    reader, writer = os.pipe()
    with contextlib.suppress(OSError):  # where so many are open that the user may have no more
        fcntl.fcntl(writer, _F_SETPIPE_SZ, _PIPE_BYTES)
    return reader, writer


def follow(job: dict[str, Any], child: Child, *, may_halt: bool = False) -> None:
    """Hear the child that becomes ``job`` to its end, and report on ``CHANNEL``.

    The namespace ends whoever the job left behind when this process ends; with ``may_halt`` they are gone before it
    reports, and the child does nothing more.
    """
    _write(CHANNEL, b'{"ready": true}\n')
    started = time.monotonic()
    failure = os.read(child.setup, _CHUNK).decode()  # ends when the child is lowered, before it runs its entry
    heard = _collect(child, job["limits"]["result_bytes"])
    seconds = time.monotonic() - started
    if may_halt and not heard.overflow:
        _halt()
        if any(bind["writable"] for bind in job["binds"]) or not _is_alone(child.process):
            _kill_all()
    _report(job, failure, heard, seconds)


def become_job(job: dict[str, Any], claim: int, setup: int, *, lingers: bool = False) -> NoReturn:
    """``setup`` is the platform's own witness: closed before anything of the bundle is touched.

    A job that ``lingers`` is halted by process 1 once it has closed its claim, so that nobody waits until the kernel
    has taken its memory apart.
    """
    claim, setup = _above(claim), _above(setup)
    try:
        os.dup2(claim, _CLAIM)
        with open("/dev/null", "rb") as nothing:  # noqa: PTH123 (nothing more is imported in process 1)
            os.dup2(nothing.fileno(), 0)
        os.closerange(CHANNEL, CHANNEL + 1)
        _lower(job)
        os.chdir(job["cwd"])
    except BaseException as error:  # noqa: BLE001 (the child must end here whatever went wrong)
        os.write(setup, repr(error)[:500].encode())
        os._exit(70)
    os.closerange(_CLAIM + 1, 4096)
    _run_entry(job, lingers=lingers)


def _above(descriptor: int) -> int:
    """The same file under a number that the fixed ones do not overwrite."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 16)


def _lower(job: dict[str, Any]) -> None:
    """Take limits, then lose every privilege, in an order that leaves none to regain them."""
    _libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # so that the job may use its own /proc/self
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
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # again: the change of user took it back
    _refuse_privileges()


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


def _refuse_privileges() -> None:
    with open("/proc/self/status") as status:  # noqa: PTH123 (as above)
        for line in status:
            name, _, value = line.partition(":")
            if name in ("CapPrm", "CapEff", "CapInh", "CapAmb") and int(value, 16):
                raise PermissionError(f"{name} is not empty")


def _run_entry(job: dict[str, Any], *, lingers: bool) -> NoReturn:
    sys.path.insert(0, "/engine")
    code = 1
    own = os.getpid()
    try:
        from importlib import import_module

        module, _, function = job["entry"].partition(":")
        value = getattr(import_module(module), function)(job["payload"])
        _write(_CLAIM, json.dumps({"value": value}, allow_nan=False).encode())
        code = 0
    except MemoryError:
        if os.getpid() == own:  # there may be no room left to say more
            _write(_CLAIM, _NO_MEMORY)
    except BaseException as error:  # noqa: BLE001 (code of the bundle raises what it likes)
        if os.getpid() == own:  # a fork of the bundle's own that failed has nothing to tell
            _write(_CLAIM, json.dumps(_told(error), default=str).encode())
    finally:
        _flush()
        if lingers and os.getpid() == own:
            with contextlib.suppress(BaseException):  # handlers of signals are the bundle's too
                _linger()
        os._exit(code)


def _linger() -> None:
    """The claim is closed last: by then nobody hears this process on anything else."""
    os.closerange(0, _CLAIM)
    os.close(_CLAIM)
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
    with open(f"/proc/{process}/stat") as numbers:  # noqa: PTH123 (as above)
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
            chunk = os.read(reader, _CHUNK)
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
    _write(CHANNEL, json.dumps(report).encode() + b"\n")
    _write(CHANNEL, heard.claim)
    for _, data in pictures:
        _write(CHANNEL, data)


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


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    main()
