"""A server of the bundle as another process of the job: started, waited for, asked, and its last words read."""

from __future__ import annotations

import ctypes
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from evaluator.errors import SubmissionFault
from evaluator.inside.project import PROJECT

PORT = 8000  # of an API; Flask's own command takes the next, by which a dashboard may know it
FLASK_PORT = 5000
PAGE_PORT = 8501  # of a dashboard
HOST = "127.0.0.1"
_LOG = Path("/tmp/server-log.txt")  # noqa: S108 (the sandbox's own)
_LOG_BYTES = 1 << 16
_PR_SET_DUMPABLE = 4
_TEXT = 500
_AFTERWARDS = 0.5
_BODY = 2000
_READ = 1 << 20
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|NotFound|Timeout|Warning)(?::|$)")
_FRAME = re.compile(r'^\s*File "([^"\n]{1,1000})", line (\d+)', re.MULTILINE)
_LIMITS = (
    (re.compile(r"MemoryError|Unable to allocate|Cannot allocate memory|std::bad_alloc"), "sandbox.memory"),
    (re.compile(r"can't start new thread|Resource temporarily unavailable"), "sandbox.processes"),
    (re.compile(r"No space left on device|Disk quota exceeded|File too large"), "sandbox.disk"),
)
_SIGNALS: dict[int, str] = {signal.SIGXCPU: "sandbox.cpu", signal.SIGXFSZ: "sandbox.disk"}
_HEADING = "Traceback (most recent call last)"


class Running(Protocol):
    """What is used of a process."""

    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self) -> int: ...


class Fork:
    """A child that lives a function: it has what this process imported, and none of its descriptors."""

    def __init__(self, live: Callable[[], None], folder: Path, log: Path) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._status: int | None = None
        self._process = os.fork()
        if self._process == 0:
            _live(live, folder, log)

    def poll(self) -> int | None:
        if self._status is None:
            process, status = os.waitpid(self._process, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if process else None
        return self._status

    def kill(self) -> None:
        if self._status is None:
            os.kill(self._process, signal.SIGKILL)

    def wait(self) -> int:
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        return self._status


def seclude() -> None:
    """The server has the same user: it must not reach this process, which alone says what was answered."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def fork(live: Callable[[], None], folder: Path, log: Path = _LOG) -> Running:
    """``live`` in a child whose current folder is ``folder``, from which it imports first; it speaks into ``log``."""
    log.write_bytes(b"")
    return Fork(live, folder, log)


def launch(command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> Running:
    """A program of the runtime, with ``settings`` in its environment."""
    with _LOG.open("wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env={**os.environ, **settings}
        )


def _live(live: Callable[[], None], folder: Path, log: Path) -> None:
    """Never returns: the child is not the job, and has nothing to say in its name."""
    status = 1
    try:
        _part(folder, log)
        live()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
        traceback.print_exc()
    except BaseException:  # noqa: BLE001 (code of the bundle raises what it likes)
        traceback.print_exc()
    finally:
        os._exit(status)


def _part(folder: Path, log: Path) -> None:
    """Leave what belongs to the job: above all the pipe on which it claims its result."""
    os.setsid()
    with open(os.devnull, "rb") as nothing, log.open("wb") as said:  # noqa: PTH123 (a device)
        os.dup2(nothing.fileno(), 0)
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    os.closerange(3, 4096)
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # so that it may use its own /proc/self
    os.chdir(folder)
    own = str(PROJECT)
    sys.path[:] = [path for path in sys.path if path != own and not path.startswith(f"{own}/")]
    look_in(folder)
    sys.argv = [""]


def look_in(folder: Path) -> None:
    """Import from ``folder`` before anything else, and from its ``src``."""
    sys.path[:0] = [str(path) for path in (folder, folder / "src") if path.is_dir()]


def wait_ready(server: Running, limit: float, ports: Sequence[int] = (PORT,)) -> float:
    """The seconds until it listens on one of ``ports``.

    Raises:
        SubmissionFault: ``app.start_failed`` with what it last said, ``app.start_timeout``, or the limit that ended
            it.
    """
    started = time.monotonic()
    while time.monotonic() - started < limit:
        status = server.poll()
        if status is not None:
            failure = last_failure() or {"reason": f"exit {status}", "path": None, "line": None, "frame": ""}
            stop_at_limit(failure, status)
            raise SubmissionFault("app.start_failed", **failure)
        if any(map(_listens, ports)):
            return time.monotonic() - started
        time.sleep(0.02)
    told = last_failure()  # one that tries again and again says what it waits for
    raise SubmissionFault("app.start_timeout", seconds=round(limit), reason=told["reason"] if told else "")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def stop_at_limit(failure: Mapping[str, Any] | None, status: int = 0) -> None:
    """Raises SubmissionFault when a server failed because the sandbox gives no more of something."""
    reason = str(failure["reason"]) if failure else ""
    code = next((code for pattern, code in _LIMITS if pattern.search(reason)), _SIGNALS.get(-status))
    if code is not None:
        raise SubmissionFault(code)


def stop(server: Running) -> None:
    server.kill()
    server.wait()


def log_size() -> int:
    return _LOG.stat().st_size


def last_failure(since: int = 0) -> dict[str, Any] | None:
    """The last exception that the server told after its first ``since`` bytes, as ``failure_in``; else its last line.

    None when it told nothing.
    """
    with _LOG.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(since, size - _LOG_BYTES))
        return failure_in(stream.read(_LOG_BYTES).decode("utf-8", "replace"))


def failure_of_answer(since: int) -> dict[str, Any] | None:
    """The same of a server that goes on, which may tell an exception only after the answer that it led to."""
    until = time.monotonic() + _AFTERWARDS
    while True:
        failure = last_failure(since)
        if (failure and failure["frame"]) or time.monotonic() > until:
            return failure
        time.sleep(0.02)


def failure_in(text: str) -> dict[str, Any] | None:
    """``{"reason", "path", "line", "frame"}``: the last exception of ``text``, the last place of the project in it.

    ``path`` is relative to the bundle; it and ``line`` are None where the project has no part, ``frame`` is the file
    that raised.
    """
    last = text.rpartition(_HEADING)[2]
    lines = last.strip().splitlines()
    if not lines:
        return None
    named = [line.strip() for line in lines if _EXCEPTION.match(line.strip())] or [lines[-1].strip()]
    frames = _FRAME.findall(last)
    own = [(path, line) for path, line in frames if path.startswith(f"{PROJECT}/")]
    return {
        "reason": named[-1].replace(f"{PROJECT}/", "")[:_TEXT],
        "path": own[-1][0].removeprefix(f"{PROJECT}/")[:_TEXT] if own else None,
        "line": int(own[-1][1][:9]) if own else None,
        "frame": frames[-1][0][:_TEXT] if frames else "",
    }


def send(
    method: str,
    path: str,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = 10.0,
    port: int = PORT,
) -> dict[str, Any]:
    """``{"status", "headers", "body", "location", "allow", "whole"}``; status 0 when nothing was answered.

    ``body`` is what may be shown, or tells why there was no answer; ``whole`` is all of it up to 1 MB.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request(method, path, body=None if body is None else body.encode(), headers=dict(headers or {}))
        answer = connection.getresponse()
        whole = answer.read(_READ).decode("utf-8", errors="replace")
        kind, location, allow = (
            str(answer.getheader(name, ""))[:_TEXT] for name in ("Content-Type", "Location", "Allow")
        )
        told = {"location": location, "allow": allow, "whole": whole}
        return {"status": int(answer.status), "headers": {"content-type": kind}, "body": whole[:_BODY]} | told
    except (OSError, http.client.HTTPException, ValueError) as error:
        told = {"location": "", "allow": "", "whole": ""}
        return {"status": 0, "headers": {}, "body": f"{type(error).__name__}: {error}"[:_TEXT]} | told
    finally:
        connection.close()


def exchange(
    case: str, method: str, path: str, body: str | None, response: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    """An exchange as facts tell it."""
    return {
        "case": case,
        "request": {"method": method, "url": path, "body": body},
        "response": {key: response[key] for key in ("status", "headers", "body")},
        "seconds": round(seconds, 4),
    }
