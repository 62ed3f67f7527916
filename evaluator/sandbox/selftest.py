"""Tries to break out of the sandbox in the ways that matter, and reports the isolation in force.

Run when a worker starts and shown on the status page. A probe is contained when what it tried did not happen. Every
probe is tried on a job that starts cold, and again on one that a warm interpreter starts, where there is one.
"""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluator.errors import EngineFault, SubmissionFault
from evaluator.leftovers import SELFTEST
from evaluator.limits import MB, JobLimits
from evaluator.runtimes import Runtime, default_runtime
from evaluator.sandbox import cgroups, warm
from evaluator.sandbox.job import Bind, Job, Level, Network
from evaluator.sandbox.runner import Sandbox
from evaluator.sandbox.warm import WarmInterpreters

_LIMITS = JobLimits(
    wall_seconds=5.0, cpu_seconds=5, memory_bytes=256 * MB, processes=16, tmp_bytes=32 * MB, file_bytes=32 * MB
)
_PROBES = "evaluator.sandbox.probes"
_COLD, _WARM = "cold", "warm"


@dataclass(frozen=True, slots=True)
class Probe:
    """``observed`` says what happened in few words: a fault's code, or what the probe answered.

    ``start`` is how its jobs started: ``cold`` or ``warm``.
    """

    name: str
    start: str
    contained: bool
    observed: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SelfTest:
    """``reason`` tells why the level is below ``full``; empty when it is not.

    ``start`` is how jobs can start here, ``warm`` or ``cold``, and ``start_reason`` why not warm.
    """

    level: Level
    reason: str
    start: str
    start_reason: str
    probes: tuple[Probe, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"level": self.level.value}


def selftest(runtime: Runtime | None = None) -> SelfTest:
    """Run every probe. Never raises for a sandbox that does not work: the level is then ``none``.

    Raises:
        EngineFault: ``runtime.missing``, ``sandbox.setting``.
    """
    runtime = runtime or default_runtime()
    interpreters = WarmInterpreters() if warm.configured() else None
    probes: list[Probe] = []
    try:
        probes += _probe(Sandbox(runtime), _COLD)
        missing = interpreters.wait(runtime) if interpreters else "JALON_SANDBOX_WARM=off"
        start = _COLD if missing else _WARM
        if interpreters and start == _WARM:
            probes += _probe(Sandbox(runtime, warm=interpreters), _WARM)
            missing = interpreters.wait(runtime)  # one that failed meanwhile has left the rest to start cold
            start = _COLD if missing else _WARM
    except EngineFault as fault:
        reason = f"{fault.code}: {fault.params.get('reason', '')}"
        return SelfTest(Level.NONE, reason[:500], _COLD, "no sandbox", tuple(probes))
    finally:
        if interpreters:
            interpreters.close()
    return SelfTest(*_level(probes), start, missing, tuple(probes))


def _probe(sandbox: Sandbox, start: str) -> Iterator[Probe]:
    for name, attempt in _ATTEMPTS:
        started = time.monotonic()
        contained, observed = attempt(sandbox)
        yield Probe(name, start, contained, observed[:200], round(time.monotonic() - started, 3))


def _level(probes: Sequence[Probe]) -> tuple[Level, str]:
    escaped = [f"{probe.name} ({probe.start})" for probe in probes if not probe.contained]
    if escaped:
        return Level.NONE, f"not contained: {', '.join(escaped)}"
    if not _groups_work():
        return Level.DEGRADED, "no writable control group: memory is limited by process"
    return Level.FULL, ""


def _host_file(sandbox: Sandbox) -> tuple[bool, str]:
    """A secret of ours in a temporary file, the machine's passwords, and its list of users."""
    with tempfile.NamedTemporaryFile("w", prefix=SELFTEST) as secret:
        secret.write(secrets.token_hex(16))
        secret.flush()
        seen = _ask(sandbox, "read", [secret.name, "/etc/shadow", "/proc/1/environ"])
    users = _ask(sandbox, "read", ["/etc/passwd"])
    contained = not seen and not users
    return contained, "nothing of the host was read" if contained else "a host file was read"


def _outside_socket(sandbox: Sandbox) -> tuple[bool, str]:
    """A server of ours listens on this machine: no job may reach it, with or without a loopback of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for network in (Network.NONE, Network.LOOPBACK):
            answer = _outcome(sandbox, "connect", [["127.0.0.1", port], ["192.0.2.1", 80]], network=network)
            if answer.startswith("returned"):
                return False, f"{network.value}: connected"
    return True, answer


def _memory(sandbox: Sandbox) -> tuple[bool, str]:
    answer = _outcome(sandbox, "allocate", 4 * _LIMITS.memory_bytes)
    return answer == "sandbox.memory", answer


def _fork_bomb(sandbox: Sandbox) -> tuple[bool, str]:
    answer = _outcome(sandbox, "fork", 4 * _LIMITS.processes)
    return answer == "sandbox.processes", answer


def _outlive(sandbox: Sandbox) -> tuple[bool, str]:
    """A job leaves a process behind that would go on writing a file we watch."""
    with _shared_folder() as folder:
        _ask(sandbox, "leave_behind", "/shared/alive", binds=(Bind(folder, "/shared", writable=True),))
        time.sleep(0.3)
        first = _size(folder / "alive")
        time.sleep(0.3)
        return _size(folder / "alive") == first, "the process left behind is dead"


def _other_job(sandbox: Sandbox) -> tuple[bool, str]:
    """While one job waits with a secret in its own folder and environment, another looks for it."""
    token = secrets.token_hex(16)
    waiting = threading.Thread(target=_outcome, args=(sandbox, "keep_secret", token))
    waiting.start()
    time.sleep(0.3)
    found = _ask(sandbox, "look_for", token)
    waiting.join()
    return found == [], "no trace of the other job" if found == [] else f"found: {found}"


def _write_outside(sandbox: Sandbox) -> tuple[bool, str]:
    places = [
        "/",
        "/usr",
        "/engine",
        "/runtime",
        "/etc",
        "/dev",
        "/proc/sys/kernel",
        "/root",
        str(Path(__file__).parent),
    ]
    written = _ask(sandbox, "write", places)
    return written == [], "nothing was written" if written == [] else f"written: {written}"


_ATTEMPTS: tuple[tuple[str, Callable[[Sandbox], tuple[bool, str]]], ...] = (
    ("host_file", _host_file),
    ("outside_socket", _outside_socket),
    ("memory", _memory),
    ("fork_bomb", _fork_bomb),
    ("outlive_job", _outlive),
    ("other_job", _other_job),
    ("write_outside", _write_outside),
)


def _ask(sandbox: Sandbox, function: str, payload: Any, binds: tuple[Bind, ...] = ()) -> Any:
    """The probe's answer, or the code of its fault as a list of one: never what an empty answer means."""
    try:
        return sandbox.run(Job(f"{_PROBES}:{function}", payload, binds=binds, limits=_LIMITS)).value
    except SubmissionFault as fault:
        return [fault.code]


def _outcome(sandbox: Sandbox, function: str, payload: Any, network: Network = Network.NONE) -> str:
    try:
        value = sandbox.run(Job(f"{_PROBES}:{function}", payload, limits=_LIMITS, network=network)).value
    except SubmissionFault as fault:
        return fault.code
    return f"returned {value!r}"


@contextmanager
def _shared_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=SELFTEST) as name:
        folder = Path(name, "shared")
        folder.mkdir()
        yield folder


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _groups_work() -> bool:
    group = cgroups.create()
    if group is None:
        return False
    try:
        group.limit(_LIMITS.memory_bytes, _LIMITS.processes)
    except OSError:
        return False
    finally:
        group.close()
    return os.access("/proc", os.R_OK)
