"""Models that attack when they are opened: each is stopped with a named cause, and the next job is unharmed."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evaluator import messages
from evaluator.sandbox.job import Network
from tests.evaluator.sandboxed import BRIEF, LIMITS, evil_bundle, fault_of, honest_answer, open_model


@pytest.fixture(autouse=True)
def _next_job_is_unharmed(start: str) -> Iterator[None]:
    yield
    assert honest_answer() == "[1, 2]"


STOPPED = {
    "socket": ("import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)", "sandbox.network"),
    "name lookup": ("import socket; socket.getaddrinfo('example.org', 80)", "sandbox.network"),
    "netlink": ("import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "sandbox.network"),
    "users of the host": ("open('/etc/passwd').read()", "sandbox.forbidden"),
    "passwords of the host": ("open('/etc/shadow').read()", "candidate.exception"),
    "write in the system": ("open('/usr/lib/x', 'w')", "sandbox.forbidden"),
    "write in the engine": ("open('/engine/evaluator/results.py', 'a')", "sandbox.forbidden"),
    "write in the bundle": ("open('/bundle/model.pkl', 'wb')", "sandbox.forbidden"),
    "write in the runtime": ("open('/runtime/lib/x', 'w')", "sandbox.forbidden"),
    "write at the root": ("open('/x', 'w')", "sandbox.forbidden"),
    "write in the devices": ("open('/dev/x', 'w')", "sandbox.forbidden"),
    "fork bomb": ("import os\nwhile True: os.fork()", "sandbox.processes"),
    "thread bomb": (
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        "sandbox.processes",
    ),
    "memory bomb": ("x = []\nwhile True: x.append(bytearray(b'x' * (1 << 24)))", "sandbox.memory"),
    "sleep": ("import time; time.sleep(3600)", "sandbox.timeout"),
    "sleep, deaf to signals": (
        "import signal, time\nfor n in range(1, 32):\n"
        " n in (9, 19) or signal.signal(n, signal.SIG_IGN)\ntime.sleep(3600)",
        "sandbox.timeout",
    ),
    "a gigabyte printed": ("import sys\nwhile True: sys.stdout.write('x' * 65536)", "sandbox.output"),
    "a gigabyte of complaints": ("import os\nwhile True: os.write(2, b'x' * 65536)", "sandbox.output"),
    "endless file": ("f = open('/tmp/x', 'wb')\nwhile True: f.write(b'x' * 65536)", "sandbox.disk"),
    "endless files": (
        "import itertools\nfor n in itertools.count(): open(f'/tmp/{n}', 'wb').write(b'x' * 1000000)",
        "sandbox.disk",
    ),
    "endless shared memory": (
        "import itertools\nfor n in itertools.count(): open(f'/dev/shm/{n}', 'wb').write(b'x' * 1000000)",
        "sandbox.disk",
    ),
    "suicide": ("import os; os.kill(os.getpid(), 9)", "sandbox.killed"),
    "crash": ("import ctypes; ctypes.string_at(0)", "sandbox.killed"),
    "exit": ("raise SystemExit(0)", "candidate.exception"),
    "silent exit": ("import os; os._exit(0)", "sandbox.result_invalid"),
    "result without end": ("import os\nwhile True: os.write(4, b'x' * 65536)", "sandbox.result_too_large"),
    "deep result": ("import os; os.write(4, b'[' * 200000); os._exit(0)", "sandbox.result_invalid"),
    "broken message": ("class E(Exception):\n def __str__(self): raise SystemExit\nraise E", "candidate.exception"),
}


@pytest.mark.parametrize(("code", "cause"), STOPPED.values(), ids=STOPPED.keys())
def test_stopped_with_a_named_cause(tmp_path: Path, code: str, cause: str) -> None:
    started = time.monotonic()
    fault = fault_of(tmp_path, code, limits=BRIEF if cause == "sandbox.timeout" else LIMITS)
    assert fault.code == cause
    assert time.monotonic() - started < LIMITS.wall_seconds
    for lang in messages.LANGUAGES:
        assert "…" not in messages.render(fault.message, lang)


def test_burning_the_processor_is_stopped(tmp_path: Path) -> None:
    limits = replace(LIMITS, cpu_seconds=2, wall_seconds=20.0)
    assert fault_of(tmp_path, "while True: pass", limits=limits).code == "sandbox.cpu"


def test_the_limit_is_named_in_both_languages(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, STOPPED["memory bomb"][0])
    assert "512 Mo" in messages.render(fault.message, "fr")
    assert "512 MB" in messages.render(fault.message, "en")


def test_a_server_of_the_host_is_out_of_reach(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), timeout=2)"
        for network in Network:
            fault = fault_of(tmp_path, code, network=network)
            assert fault.code in {"sandbox.network", "candidate.exception"}
            assert fault.params["type"] in {"OSError", "ConnectionRefusedError"}


def test_process_one_cannot_be_killed(tmp_path: Path) -> None:
    code = "import os, time\nos.kill(1, 9)\ntime.sleep(0.2)\nraise RuntimeError('alive')"
    fault = fault_of(tmp_path, code)
    assert fault.code == ("sandbox.forbidden" if os.geteuid() == 0 else "candidate.exception")


@pytest.mark.parametrize("path", ["/proc/1/mem", "/proc/1/environ", "/proc/1/fd/3", "/proc/1/root/etc/hostname"])
def test_process_one_cannot_be_read(tmp_path: Path, path: str) -> None:
    assert fault_of(tmp_path, f"open({path!r}, 'rb').read(1)").code in {"sandbox.forbidden", "candidate.exception"}


REFUSED_CALLS = {
    "ptrace": (101, 16, 1, 0, 0),
    "unshare": (272, 0x10000000),
    "clone in new namespaces": (56, 0x10000000 | 17, 0, 0, 0, 0),
    "mount": (165, 0, 0, 0, 0, 0),
    "keyctl": (250, 0, 0, 0, 0, 0),
    "bpf": (321, 0, 0, 0),
    "io_uring": (425, 1, 0),
    "userfaultfd": (323, 0),
    "process_vm_writev": (311, 1, 0, 0, 0, 0, 0),
    "personality": (135, 0x40000),
    "type in the terminal": (16, 0, 0x5412, 0),
}


@pytest.mark.parametrize("call", REFUSED_CALLS.values(), ids=REFUSED_CALLS.keys())
def test_dangerous_calls_are_refused(tmp_path: Path, call: tuple[int, ...]) -> None:
    """The numbers are those of x86_64; ``test_seccomp`` holds the two tables against each other."""
    code = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        f"arguments = [ctypes.c_long(n) for n in {call!r}]\n"
        "r = libc.syscall(*arguments)\nraise OSError(ctypes.get_errno(), f'answered {r}')"
    )
    fault = fault_of(tmp_path, code)
    assert (fault.code, "answered -1" in str(fault.params["message"])) == ("sandbox.forbidden", True)


def test_another_jobs_files_are_out_of_sight(tmp_path: Path) -> None:
    token = secrets.token_hex(8)
    keeping = evil_bundle(tmp_path, f"open('/tmp/kept', 'w').write({token!r})\nimport time; time.sleep(1.5)")
    first = threading.Thread(target=_quietly, args=(keeping,))
    first.start()
    time.sleep(0.8)
    looking = tmp_path / "other"
    looking.mkdir()
    code = (
        "import os\nseen = [*os.listdir('/tmp'), *os.listdir('/dev/shm')]\n"
        "seen += [name for name in os.listdir('/proc') if name.isdigit()]\n"
        f"raise RuntimeError((os.path.exists('/tmp/kept'), os.path.exists({str(keeping)!r}), len(seen)))"
    )
    fault = fault_of(looking, code)
    first.join()
    assert fault.params["message"] == "(False, False, 3)"  # the project's folder, process 1 and itself


def _quietly(bundle: Path) -> None:
    with_no_model = open_model(bundle)
    assert with_no_model["estimator"] is False


def test_nothing_outlives_its_job(tmp_path: Path) -> None:
    name = f"outlive-{secrets.token_hex(4)}"
    code = (
        "import os, sys\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0:\n"
        f"  os.execv(sys.executable, ['python', '-c', 'import time; time.sleep(60)', {name!r}])\n os._exit(0)\n"
        "import time; time.sleep(0.3)"
    )
    open_model(evil_bundle(tmp_path, code))
    alive = [entry for entry in Path("/proc").glob("[0-9]*/cmdline") if name.encode() in _content(entry)]
    assert alive == []


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


FORGERIES = {
    "a report of process 1": b'{"ready": true}\n{"failure": "", "signal": null, "exit": 0, "overflow": false, '
    b'"claim": 0, "pictures": [], "wall": 0, "cpu": 0, "memory": 0}\n',
    "a fault of ours": b'{"fault": {"cause": "platform", "code": "sandbox.unavailable", "params": {}}}',
    "two answers": b'{"value": 1}{"value": 2}',
    "not a number": b'{"value": NaN}',
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_result_is_never_ours(tmp_path: Path, forgery: bytes) -> None:
    """Written on every descriptor in sight: at most it is a claim, and a fault stays the candidate's."""
    code = f"import os\nfor n in range(3, 64):\n try: os.write(n, {forgery!r})\n except OSError: pass\nos._exit(0)"
    fault = fault_of(tmp_path, code)
    assert fault.code in {"sandbox.result_invalid", "sandbox.unavailable"}
    assert fault.cause.value == "candidate"
