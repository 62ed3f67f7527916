"""The sandbox as its callers see it: answers, pictures, limits, faults of ours, the self-test."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from evaluator.errors import EngineFault, SubmissionFault
from evaluator.runtimes import Runtime, default_runtime
from evaluator.sandbox import cgroups, confinement, hearing
from evaluator.sandbox import runner as sandbox_runner
from evaluator.sandbox.channel import Report, read_claim, read_pictures
from evaluator.sandbox.job import Bind, Job, Level, Network
from evaluator.sandbox.level import configured_level
from evaluator.sandbox.runner import Sandbox
from evaluator.sandbox.selftest import selftest
from tests.evaluator.sandboxed import LIMITS, evil_bundle, fault_of, open_model, sandbox


def picture(colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(target, "PNG")
    return target.getvalue()


def test_a_job_answers_plain_json() -> None:
    result = sandbox().run(Job("json:loads", '{"a": [1, 2.5, null, "é"]}', limits=LIMITS))
    assert result.value == {"a": [1, 2.5, None, "é"]}
    assert result.usage.wall_seconds > 0


def test_outputs_are_kept_apart_from_the_answer(tmp_path: Path) -> None:
    bundle = evil_bundle(tmp_path, "import sys; print('hello'); print('oops', file=sys.stderr)")
    job = Job(
        "evaluator.inside.models:load",
        {"base": "", "path": "model.pkl", "format": "pickle", "tables": []},
        binds=(Bind(bundle, "/bundle"),),
        limits=LIMITS,
    )
    result = sandbox().run(job)
    assert (result.stdout, result.stderr) == ("hello\n", "oops\n")
    assert result.value["class"] == "builtins.NoneType"


def test_what_a_job_says_last_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its end may be noticed before its answer, when both come between two looks at them."""
    reader, writer = os.pipe()
    ended = subprocess.Popen(["true"])

    def answered_meanwhile(process: int) -> int:
        assert process == ended.pid
        os.write(writer, b"all of it")
        os.close(writer)
        return ended.wait()

    monkeypatch.setattr(hearing, "_reap", answered_meanwhile)
    heard = hearing._collect(hearing.Child(ended.pid, reader, setup=-1), 1000)
    os.close(reader)
    assert heard == hearing.Heard(b"all of it", overflow=False, status=0)


def test_the_job_sees_no_other_user_nor_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_SECRET", "very secret")
    code = "import os\nraise RuntimeError(('JALON_SECRET' in os.environ, os.getuid() != 0, os.uname().nodename))"
    assert fault_of(tmp_path, code).params["message"] == "(False, True, 'job')"


def test_no_privilege_is_left(tmp_path: Path) -> None:
    code = (
        "lines = dict(l.split(':', 1) for l in open('/proc/self/status'))\n"
        "names = ('CapInh', 'CapPrm', 'CapEff', 'CapAmb')\n"
        "raise RuntimeError(([int(lines[n], 16) for n in names], int(lines['NoNewPrivs']), int(lines['Seccomp'])))"
    )
    assert fault_of(tmp_path, code).params["message"] == "([0, 0, 0, 0], 1, 2)"


def test_pictures_come_back_when_they_are_what_they_say(tmp_path: Path) -> None:
    good, other = picture(), picture("blue")
    digest = hashlib.sha256(good).hexdigest()
    files = {
        digest: good,
        "0" * 64: other,
        hashlib.sha256(b"text").hexdigest(): b"text",
        "name.png": other,
    }
    code = f"for name, data in {files!r}.items(): open('/attachments/' + name, 'wb').write(data)\n"
    code += "import os; os.symlink('/proc/self/environ', '/attachments/' + 'a' * 64); os.mkfifo('/attachments/f')"
    bundle = evil_bundle(tmp_path, code)
    kept = tmp_path / "kept"
    kept.mkdir()
    job = Job(
        "evaluator.inside.models:load",
        {"base": "", "path": "model.pkl", "format": "pickle", "tables": []},
        binds=(Bind(bundle, "/bundle"),),
        limits=LIMITS,
    )
    result = sandbox().run(job, kept)
    assert result.attachments == {digest: kept / digest}
    assert [path.name for path in kept.iterdir()] == [digest]


def test_too_many_bytes_of_pictures_are_dropped(tmp_path: Path) -> None:
    data = picture()
    name = hashlib.sha256(data).hexdigest()
    report = Report("", None, 0, False, 0, ((name, len(data)),), 0, 0, 0)
    limits = replace(LIMITS, attachment_bytes=len(data) - 1)
    assert read_pictures(io.BytesIO(data), report, limits, tmp_path) == {}


@pytest.mark.parametrize(
    "claim",
    [b"", b"[]", b"1", b"nonsense", b'{"value": 1, "fault": 2}', b'{"fault": 1}', b'{"fault": {"params": {}}}'],
)
def test_malformed_claims_are_the_candidates(claim: bytes) -> None:
    report = Report("", None, 0, False, len(claim), (), 0, 0, 0)
    with pytest.raises(SubmissionFault, match=r"sandbox\.result_invalid"):
        read_claim(io.BytesIO(claim), report, hostile=False)


def test_a_fault_of_the_engines_own_code_is_ours() -> None:
    with pytest.raises(EngineFault, match=r"sandbox\.crashed") as caught:
        sandbox().run(Job("json:loads", "{", limits=LIMITS, hostile=False))
    assert caught.value.params["type"] == "JSONDecodeError"


def test_the_loopback_belongs_to_the_job(tmp_path: Path) -> None:
    code = (
        "import socket\ns = socket.create_server(('127.0.0.1', 8000))\n"
        "socket.create_connection(('127.0.0.1', 8000)).close()\nraise RuntimeError('reached')"
    )
    assert fault_of(tmp_path, code, network=Network.LOOPBACK).params["message"] == "reached"
    assert fault_of(tmp_path, code).code == "sandbox.network"


def test_no_bubblewrap_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_runner.confinement, "command", lambda *_, **__: ["/nowhere/bwrap"])
    monkeypatch.setattr(cgroups, "create", lambda: None)
    with pytest.raises(EngineFault, match=r"sandbox\.unavailable"):
        sandbox().run(Job("json:dumps", 1, limits=LIMITS))


def test_a_confinement_that_fails_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["bwrap", "--ro-bind", "/nowhere", "/usr", "true"]
    monkeypatch.setattr(sandbox_runner.confinement, "command", lambda *_, **__: command)
    with pytest.raises(EngineFault, match=r"sandbox\.unavailable") as caught:
        sandbox().run(Job("json:dumps", 1, limits=LIMITS))
    assert "/nowhere" in caught.value.params["reason"]


def test_below_the_level_required_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "create", lambda: None)
    with pytest.raises(EngineFault, match=r"sandbox\.level"):
        Sandbox(default_runtime(), Level.FULL).run(Job("json:dumps", 1, limits=LIMITS))
    assert Sandbox(default_runtime(), Level.DEGRADED).run(Job("json:dumps", 1, limits=LIMITS)).value == "1"


def test_memory_is_limited_without_control_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "create", lambda: None)
    fault = fault_of(tmp_path, "x = []\nwhile True: x.append(bytearray(b'x' * (1 << 24)))")
    assert (fault.code, fault.params["limit"]) == ("sandbox.memory", LIMITS.memory_bytes)


def test_the_level_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JALON_SANDBOX_LEVEL", raising=False)
    assert configured_level() is Level.DEGRADED
    monkeypatch.setenv("JALON_SANDBOX_LEVEL", "full")
    assert configured_level() is Level.FULL
    for value in ("none", "off", ""):
        monkeypatch.setenv("JALON_SANDBOX_LEVEL", value)
        with pytest.raises(EngineFault, match=r"sandbox\.level"):
            configured_level()


def test_a_missing_runtime_is_our_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JALON_RUNTIMES_DIR", str(tmp_path))
    with pytest.raises(EngineFault, match=r"runtime\.missing"):
        default_runtime()


def test_base_prefixes_lead_to_the_python(tmp_path: Path) -> None:
    home = tmp_path / "python" / "bin"
    home.mkdir(parents=True)
    (home / "python3").touch()
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(home / "python3")
    (folder / "pyvenv.cfg").write_text(f"home = {home}\n")
    assert Runtime(folder, "x").base_prefixes() == [tmp_path / "python"]


def test_identities_differ_and_are_never_root() -> None:
    uids = {confinement.new_identity().uid for _ in range(20)}
    assert uids == {None} or (len(uids) > 15 and all(uid is not None and uid >= 20_000 for uid in uids))


def test_selftest_contains_every_probe_however_jobs_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_SANDBOX_WARM", "on")
    report = selftest()
    assert [probe.name for probe in report.probes if not probe.contained] == []
    assert [probe.start for probe in report.probes] == ["cold"] * 7 + ["warm"] * 7
    assert (report.start, report.start_reason) == ("warm", "")
    assert report.level in (Level.FULL, Level.DEGRADED)
    assert (report.level is Level.FULL) == (report.reason == "")


def test_selftest_without_a_sandbox_says_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_runner.confinement, "command", lambda *_, **__: ["false"])
    report = selftest()
    assert (report.level, report.start, report.probes) == (Level.NONE, "cold", ())
    assert "sandbox.unavailable" in report.reason


def test_a_job_dies_with_its_worker(tmp_path: Path) -> None:
    """The worker is killed without a chance to clean up: nothing of its job goes on."""
    mark = f"mark-{secrets.token_hex(4)}"
    bundle = evil_bundle(
        tmp_path, f"import os, sys\nos.execv(sys.executable, ['python', '-c', 'import time; time.sleep(60)', {mark!r}])"
    )
    code = f"from pathlib import Path; from tests.evaluator.sandboxed import *; open_model(Path({str(bundle)!r}))"
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    _wait_until(lambda: _running(mark))
    worker.kill()
    worker.wait()
    _wait_until(lambda: not _running(mark))


def _running(mark: str) -> bool:
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if mark.encode() in entry.read_bytes().split(b"\0"):
                return True
    return False


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_job_cannot_keep_a_writable_copy_of_the_bundle(tmp_path: Path) -> None:
    bundle = evil_bundle(tmp_path, "open('written-here', 'w').write('x')")
    assert open_model(bundle)["estimator"] is False
    assert [path.name for path in bundle.iterdir()] == ["model.pkl"]
