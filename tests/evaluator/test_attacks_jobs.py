"""Code of a bundle that attacks beyond its limits: process 1, the channel, the operator's terminal and disk."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator import leftovers, messages, shown
from evaluator.cli import terminal
from evaluator.errors import EngineFault, SubmissionFault
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome, Result
from evaluator.sandbox.job import Network
from tests.evaluator.sandboxed import BRIEF, LIMITS, evil_bundle, fault_of, honest_answer, open_model

pytestmark = pytest.mark.usefixtures("start")

_CALL = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"

SOCKETS = {
    "netlink": "socket.AF_NETLINK, socket.SOCK_RAW",
    "packet": "socket.AF_PACKET, socket.SOCK_RAW",
    "vsock": "40, socket.SOCK_STREAM",
    "bluetooth": "31, socket.SOCK_STREAM",
    "kernel cryptography": "38, socket.SOCK_SEQPACKET",
    "raw internet": "socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP",
}


@pytest.mark.parametrize("network", list(Network))
@pytest.mark.parametrize("family", SOCKETS.values(), ids=SOCKETS.keys())
def test_no_family_of_sockets_leads_out(tmp_path: Path, family: str, network: Network) -> None:
    fault = fault_of(tmp_path, f"import socket\nsocket.socket({family})", network=network)
    assert fault.code in {"sandbox.network", "sandbox.forbidden"}


def test_abstract_sockets_of_the_host_are_out_of_reach(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0jalon-attack")
        server.listen()
        code = "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0jalon-attack')"
        assert fault_of(tmp_path, code).params["type"] == "ConnectionRefusedError"


def test_the_job_holds_no_descriptor_but_its_own(tmp_path: Path) -> None:
    code = (
        "import os\nseen = {n: os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')"
        " if os.path.lexists(f'/proc/self/fd/{n}')}\n"
        "raise RuntimeError(sorted((n, p.split(':')[0]) for n, p in seen.items() if not p.endswith('model.pkl')))"
    )
    assert fault_of(tmp_path, code).params["message"] == str(
        [("0", "/dev/null"), ("1", "pipe"), ("2", "pipe"), ("4", "pipe")]
    )


ENDINGS = {
    "kills all": ("import os\nos.kill(-1, 9)\nraise RuntimeError('alone')", {"candidate.exception", "sandbox.killed"}),
    "stops itself": ("import os\nos.kill(os.getpid(), 19)", {"sandbox.timeout"}),
    "stops process 1": (
        "import os\nos.kill(1, 19)\nraise RuntimeError",
        {"sandbox.forbidden", "candidate.exception"},
    ),
    "a daemon that holds the channel": (
        "import os, time\nif os.fork() == 0:\n os.setsid()\n while True: time.sleep(1)\nos._exit(0)",
        {"sandbox.result_invalid"},
    ),
    "a daemon that floods the channel": (
        "import os\nif os.fork() == 0:\n os.setsid()\n while True: os.write(4, b'x' * 65536)\n"
        "import time; time.sleep(9)",
        {"sandbox.result_too_large"},
    ),
    "a namespace of its own": (f"{_CALL}raise OSError(1, str(libc.unshare(0x10000000)))", {"sandbox.forbidden"}),
    "a program in memory": (
        "import os\nf = os.memfd_create('x')\nos.write(f, b'#!/bin/sh\\nexit 7\\n')\nos.execve(f, ['x'], {})",
        {"sandbox.result_invalid", "candidate.exception"},
    ),
    "a debugger for others": (f"{_CALL}raise OSError(1, str(libc.ptrace(16, 1, 0, 0)))", {"sandbox.forbidden"}),
    "a metaclass for a message": (
        "class M(type):\n @property\n def __name__(c): raise SystemExit\n"
        "class E(Exception, metaclass=M): pass\nraise E",
        {"sandbox.result_invalid", "candidate.exception"},
    ),
    "a recursion": ("def f(): f()\nf()", {"candidate.exception"}),
    "a million empty files": (
        "import itertools\nfor n in itertools.count(): open(f'/attachments/{n}', 'x').close()",
        {"sandbox.memory", "sandbox.disk", "sandbox.timeout", "sandbox.cpu"},
    ),
}


@pytest.mark.parametrize(("code", "causes"), ENDINGS.values(), ids=ENDINGS.keys())
def test_each_ending_has_a_name_and_the_next_job_is_well(tmp_path: Path, code: str, causes: set[str]) -> None:
    limits = BRIEF if "sandbox.timeout" in causes else LIMITS
    assert fault_of(tmp_path, code, limits=limits).code in causes
    assert honest_answer() == "[1, 2]"


CLAIMS = {
    "a fault of ours by name": {"fault": {"cause": "platform", "code": "sandbox.unavailable", "params": {}}},
    "killed by the machine": {"fault": {"code": "sandbox.killed", "params": {"signal": "SIGKILL"}}},
    "an endless code": {"fault": {"code": f"a.{'b' * 5000}", "params": {}}},
    "words of a check": {"fault": {"code": "model.metric.met", "params": {}}},
}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS.keys())
def test_a_job_cannot_choose_the_words_of_its_fault(tmp_path: Path, claim: Any) -> None:
    code = f"import os\nos.write(4, {json.dumps(claim).encode()!r})\nos._exit(0)"
    fault = fault_of(tmp_path, code)
    assert (fault.code, fault.cause.value) == ("sandbox.result_invalid", "candidate")


@pytest.mark.parametrize("name", ["self", "code", "name", "limits", "reason", "seconds", "a.b", "__class__"])
def test_parameters_of_any_name_are_values(tmp_path: Path, name: str) -> None:
    claim = {"fault": {"code": "sandbox.memory", "params": {name: "x", "limit": 1}}}
    fault = fault_of(tmp_path, f"import os\nos.write(4, {json.dumps(claim).encode()!r})\nos._exit(0)")
    assert (fault.code, fault.params["limit"]) == ("sandbox.memory", LIMITS.memory_bytes)
    assert "512" in messages.render(fault.message, "en")


def test_a_claim_of_many_small_things_is_not_built(tmp_path: Path) -> None:
    """Two bytes of the job's would be sixty of the worker's."""
    code = "import os\nos.write(4, b'{\"value\": [' + b'[],' * 300000 + b'[]]}')\nos._exit(0)"
    assert fault_of(tmp_path, code).code == "sandbox.result_invalid"


def test_a_claim_is_plain(tmp_path: Path) -> None:
    claim = b'{"value": ["a\\\\u0000b\\\\ud800", 1e999, -1e999, ' + b"9" * 400 + b"]}"
    bundle = evil_bundle(tmp_path, f"import os\nos.write(4, {claim.decode()!r}.encode())\nos._exit(0)")
    assert open_model(bundle) == ["a\\u0000b\\ud800", None, None, None]
    claim = b'{"value": ["a\\u0000b\\ud800"]}'
    bundle = evil_bundle(tmp_path, f"import os\nos.write(4, {claim!r})\nos._exit(0)")
    assert open_model(bundle) == ["a�b�"]


def test_a_terminal_is_not_commanded(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202egnp.exe\ud800"
    evidence = Evidence(EvidenceKind.FILE, evil, excerpt=evil)
    finding = Finding(
        Outcome.NOT_MET, Message("model.loads.not_met", {"path": evil, "type": evil, "message": evil}), [evidence]
    )
    terminal.print_result(Result("model.loads", 1, {}, finding, 0.1), "fr")
    printed = capsys.readouterr().out
    assert all(sign.isprintable() or sign in "\n\u00a0\u202f" for sign in printed)
    assert "ne se charge pas" in printed


def test_a_file_that_became_a_link_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, swapped, plain = tmp_path / "secret", tmp_path / "swapped", tmp_path / "plain"
    for path in (secret, plain):
        path.write_text("x")
    swapped.symlink_to(secret)
    monkeypatch.setattr("evaluator.shown.os.lstat", lambda _: plain.stat())
    with pytest.raises(OSError, match="symbolic link"):
        shown._copy_regular(str(swapped), str(tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()


def test_folders_of_killed_workers_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.leftovers.tempfile.gettempdir", lambda: str(tmp_path))
    old, young, other, target = (tmp_path / name for name in ("jalon-job-a", "jalon-job-b", "else-a", "kept"))
    for folder in (old, young, other, target):
        (folder / "in").mkdir(parents=True)
    link = tmp_path / "jalon-evaluation-a"
    link.symlink_to(target)
    before = time.time() - 7 * 3600
    for path in (old, other, target):
        os.utime(path, (before, before))
    os.utime(link, (before, before), follow_symlinks=False)
    leftovers.sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["else-a", "jalon-evaluation-a", "jalon-job-b", "kept"]
    assert (target / "in").exists()


@pytest.mark.parametrize("make", [SubmissionFault, EngineFault])
def test_faults_take_parameters_of_any_name(make: Callable[..., SubmissionFault]) -> None:
    assert make("a.b", self=1, code=2).params == {"self": 1, "code": 2}
