"""Warm interpreters: what a job finds, what happens when one is worn, killed or not to be had, and what is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.errors import EngineFault, SubmissionFault
from evaluator.limits import MB
from evaluator.runtimes import Runtime, default_runtime
from evaluator.sandbox import confinement, warm
from evaluator.sandbox.interpreter import BINDS, SPARES, Interpreter, suits
from evaluator.sandbox.job import Bind, Job
from evaluator.sandbox.runner import Sandbox
from evaluator.sandbox.warm import WarmInterpreters, Wear
from tests.evaluator.sandboxed import LIMITS, evil_bundle, fault_of, sandbox, starting

_ROOT = Path(__file__).parents[2]
_HELLO = Job("json:dumps", 1, limits=LIMITS)


@pytest.fixture
def interpreters() -> Iterator[WarmInterpreters]:
    made = WarmInterpreters()
    yield made
    made.close()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """A Python without any library, for jobs that ask for none: an interpreter is ready sooner."""
    folder = tmp_path_factory.mktemp("runtimes") / "bare"
    venv.create(folder, symlinks=True)
    return Runtime(folder, "bare")


def ready(interpreters: WarmInterpreters, runtime: Runtime | None = None) -> Interpreter:
    runtime = runtime or default_runtime()
    assert interpreters.wait(runtime) == ""
    with interpreters.lent(runtime) as interpreter:
        assert interpreter is not None
    return interpreter


def members(interpreter: Interpreter) -> list[int]:
    """bubblewrap and all that descends from it, in the numbers of this machine."""
    assert interpreter._process is not None
    found = [interpreter._process.pid]
    for pid in found:
        for thread in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(child) for child in thread.read_text().split()]
    return found


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}/cmdline").exists() and _is_alive(pid) for pid in pids)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 5
    while not gone(pids):
        assert time.monotonic() < deadline, [pid for pid in pids if not gone([pid])]
        time.sleep(0.02)


def evil(bundle: Path, seconds: float = 20.0) -> Job:
    return Job(
        "evaluator.inside.models:load",
        {"base": "", "path": "model.pkl", "format": "pickle", "tables": []},
        binds=(Bind(bundle, "/bundle"),),
        limits=replace(LIMITS, wall_seconds=seconds, cpu_seconds=20),
    )


def test_the_libraries_are_there_before_the_job(tmp_path: Path) -> None:
    code = "import sys\nraise RuntimeError({'numpy', 'pandas', 'sklearn', 'joblib'} <= set(sys.modules))"
    with starting("warm"):
        assert fault_of(tmp_path, code).params["message"] == "True"
    assert fault_of(tmp_path, code).params["message"] == "False"


_LOOK_AROUND = """
import json, os, resource
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status"))
limits = [name for name in dir(resource) if name.startswith("RLIMIT") and name not in ("RLIMIT_AS", "RLIMIT_DATA")]
folders = ("/", "/dev", "/dev/pts", "/dev/shm", "/attachments", "/etc", "/bundle", "/tmp")
print(json.dumps({
    "folders": {folder: sorted(os.listdir(folder)) for folder in folders},
    "processes": sorted(name for name in os.listdir("/proc") if name.isdigit()),
    "network": [line.split(":")[0] for line in open("/proc/net/dev")],
    "who": [os.getuid() == os.getgid() != 0, os.uname().nodename, os.getcwd(), os.getpgid(0), os.getsid(0)],
    "status": {name: status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
                                               "Seccomp", "Seccomp_filters", "Umask", "SigIgn", "SigBlk")},
    "environment": {name: value for name, value in os.environ.items() if not name.startswith("KMP_")},
    "room": [os.statvfs(folder).f_blocks for folder in ("/tmp", "/attachments", "/dev/shm")],
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in limits},
    "victim": open("/proc/self/oom_score_adj").read(),
}))
"""


def test_a_job_sees_the_same_place_however_it_starts(tmp_path: Path) -> None:
    """Files, processes, network, identity, privileges, limits, and the environment but for what scikit-learn adds."""
    bundle = evil_bundle(tmp_path, _LOOK_AROUND)
    seen = {}
    for way in ("cold", "warm"):
        with starting(way):
            seen[way] = json.loads(sandbox().run(evil(bundle)).stdout)
    others = {top[1:] for top in confinement.SHOWN_UNDER} - {"bundle"}  # folders for other jobs, empty in this one
    seen["warm"]["folders"]["/"] = [name for name in seen["warm"]["folders"]["/"] if name not in others]
    assert seen["warm"] == seen["cold"]


def test_nothing_of_the_interpreter_is_in_sight(tmp_path: Path) -> None:
    """No descriptor, process, terminal, folder nor shared memory of it; its numbers name nobody."""
    code = (
        "import os\nfound = []\n"
        "for n in range(3, 64):\n"
        " try: found.append(os.readlink(f'/proc/self/fd/{n}').split(':')[0])\n"
        " except OSError: pass\n"
        "for pid in [*range(3, 50), os.getppid() if os.getppid() != 1 else 3]:\n"
        " try: os.kill(pid, 0); found.append(pid)\n"
        " except ProcessLookupError: pass\n"
        "found += os.listdir('/shared') + os.listdir('/source') + os.listdir('/unpacked')\n"
        "raise RuntimeError([f for f in found if f != 'pipe' and not str(f).endswith('model.pkl')])"
    )
    with starting("warm"):
        assert fault_of(tmp_path, code).params["message"] == "[]"


def test_jobs_draw_other_numbers(tmp_path: Path) -> None:
    code = "import numpy, random\nraise RuntimeError((numpy.random.random(), random.random()))"
    with starting("warm"):
        assert len({fault_of(tmp_path, code).params["message"] for _ in range(3)}) == 3


def test_memory_is_limited_beyond_what_the_interpreter_holds(tmp_path: Path) -> None:
    """A job may have its own limit, whatever was imported before it, and no more."""
    limits = replace(LIMITS, memory_bytes=192 * MB)
    with starting("warm"):
        enough = fault_of(tmp_path, f"x = bytearray({128 * MB})\nraise RuntimeError(len(x))", limits=limits)
        assert enough.code == "candidate.exception"
        assert fault_of(tmp_path, f"bytearray({256 * MB})", limits=limits).code == "sandbox.memory"


def test_the_memory_at_hand_is_part_of_the_limit(tmp_path: Path) -> None:
    code = (
        "kept = []\ntry:\n while True: kept.append(bytearray(1 << 20))\n"
        "except MemoryError: found = len(kept)\nkept = None\nraise RuntimeError(found)"
    )
    limits = replace(LIMITS, memory_bytes=96 * MB)
    with starting("warm"):
        assert 64 < int(fault_of(tmp_path, code, limits=limits).params["message"]) <= 96


def test_more_jobs_at_once_than_forks_stand_ready(interpreters: WarmInterpreters, bare: Runtime) -> None:
    ready(interpreters, bare)
    results = []
    sandbox = Sandbox(bare, warm=interpreters)
    threads = [threading.Thread(target=lambda: results.append(sandbox.run(_HELLO))) for _ in range(2 * SPARES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.warm for result in results] == [True] * 2 * SPARES


def test_no_control_group_is_left(interpreters: WarmInterpreters, bare: Runtime) -> None:
    interpreter = ready(interpreters, bare)
    Sandbox(bare, warm=interpreters).run(_HELLO)
    groups = [group for group in interpreter._groups if group]
    doors = [door for group in groups for door in group.doors]
    assert all(door.exists() for door in doors)
    interpreters.close()
    assert not any(door.exists() for door in doors)


@pytest.mark.parametrize("way", ["cold", "warm"])
def test_a_claim_that_was_closed_is_final(way: str, tmp_path: Path) -> None:
    """A job that goes on after it is ended, and what it said is all that it said."""
    code = "import os, time\nos.write(4, b'{\"value\": 7}')\nos.close(4)\ntime.sleep(60)"
    with starting(way):
        result = sandbox().run(evil(evil_bundle(tmp_path, code)))
    assert (result.value, result.warm) == (7, way == "warm")
    assert result.usage.wall_seconds < 10


@pytest.mark.parametrize("way", ["cold", "warm"])
def test_a_claim_that_a_grandchild_keeps_open(way: str, tmp_path: Path) -> None:
    code = "import os, time\nif os.fork() == 0:\n time.sleep(60)\n os._exit(0)"
    with starting(way):
        result = sandbox().run(evil(evil_bundle(tmp_path, code)))
    assert (result.value["estimator"], result.usage.wall_seconds < 10) == (False, True)


def test_a_job_that_is_over_goes_soon(interpreters: WarmInterpreters, tmp_path: Path) -> None:
    interpreter = ready(interpreters)
    while len(waiting := members(interpreter)[3:]) < 2 * SPARES:  # after bubblewrap, its process 1 and the interpreter
        time.sleep(0.02)
    code = "import threading\ndef spin():\n while True: pass\nthreading.Thread(target=spin, daemon=True).start()"
    assert Sandbox(default_runtime(), warm=interpreters).run(evil(evil_bundle(tmp_path, code))).warm
    deadline = time.monotonic() + 5
    while len([pid for pid in waiting if gone([pid])]) < 2:  # the job and its process 1
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_a_job_used_is_told(tmp_path: Path) -> None:
    code = (
        "import time\nuntil = time.process_time() + 0.5\n"
        "x = bytearray(64 << 20)\nwhile time.process_time() < until: pass"
    )
    with starting("warm"):
        usage = sandbox().run(evil(evil_bundle(tmp_path, code))).usage
    assert 0.4 < usage.cpu_seconds < 5
    assert 64 * MB < usage.memory_bytes < 1024 * MB


def test_killed_between_jobs(interpreters: WarmInterpreters, bare: Runtime) -> None:
    """The next job starts cold, and another interpreter takes over."""
    sandbox = Sandbox(bare, warm=interpreters)
    first = ready(interpreters, bare)
    os.kill(members(first)[2], signal.SIGKILL)
    wait_until_gone(members(first)[1:])
    assert sandbox.run(_HELLO).value == "1"
    assert ready(interpreters, bare) is not first
    assert sandbox.run(_HELLO).warm


def _kill_in_the_middle(interpreters: WarmInterpreters, shared: Path) -> None:
    while not (shared / "begun").exists():
        time.sleep(0.02)
    (interpreter,) = interpreters._current.values()
    os.kill(members(interpreter)[2], signal.SIGKILL)  # bubblewrap, its process 1, the interpreter


def test_killed_in_the_middle_the_job_is_run_again(interpreters: WarmInterpreters, tmp_path: Path) -> None:
    """The first time it waits for ever, which only a warm start does; the second it answers."""
    ready(interpreters)
    code = "import sys, time\nif 'sklearn' in sys.modules:\n time.sleep(60)"
    bundle = evil_bundle(tmp_path, code)
    (interpreter,) = interpreters._current.values()
    pids = members(interpreter)
    killer = threading.Timer(1.0, os.kill, (pids[2], signal.SIGKILL))
    killer.start()
    result = Sandbox(default_runtime(), warm=interpreters).run(evil(bundle))
    killer.join()
    assert (result.warm, result.value["estimator"]) == (False, False)
    wait_until_gone(pids)
    ready(interpreters)
    assert Sandbox(default_runtime(), warm=interpreters).run(_HELLO).warm


def test_killed_while_a_job_writes_to_the_host_it_is_our_fault(interpreters: WarmInterpreters, tmp_path: Path) -> None:
    ready(interpreters)
    shared = tmp_path / "shared"
    shared.mkdir()
    code = "open('/shared/begun', 'w').close()\nimport time; time.sleep(60)"
    job = evil(evil_bundle(tmp_path, code))
    job = replace(job, binds=(*job.binds, Bind(shared, "/shared", writable=True)))
    killer = threading.Thread(target=_kill_in_the_middle, args=(interpreters, shared))
    killer.start()
    with pytest.raises(EngineFault, match=r"sandbox\.crashed"):
        Sandbox(default_runtime(), warm=interpreters).run(job)
    killer.join()


def test_replaced_after_so_many_jobs(bare: Runtime) -> None:
    interpreters = WarmInterpreters(Wear(jobs=4))
    sandbox = Sandbox(bare, warm=interpreters)
    try:
        first = ready(interpreters, bare)
        started = [sandbox.run(_HELLO).warm for _ in range(3)]
        assert started == [True, True, False]  # two were lent above
        wait_until_gone([first._process.pid] if first._process else [])
        assert ready(interpreters, bare) is not first
    finally:
        interpreters.close()


@pytest.mark.parametrize("wear", [Wear(bytes=-1), Wear(seconds=0.0)], ids=["grown", "old"])
def test_replaced_when_grown_or_old(wear: Wear, bare: Runtime) -> None:
    interpreters = WarmInterpreters(wear)
    try:
        made = set()
        deadline = time.monotonic() + 60
        while len(made) < 2 and time.monotonic() < deadline:
            assert not Sandbox(bare, warm=interpreters).run(_HELLO).warm
            made |= {id(interpreter) for interpreter in interpreters._current.values()}
            time.sleep(0.05)
        assert len(made) == 2
    finally:
        interpreters.close()


def test_the_runtime_longest_unused_makes_room(interpreters: WarmInterpreters, bare: Runtime, tmp_path: Path) -> None:
    first = bare
    others = [Runtime(tmp_path / name, name) for name in ("a", "b")]
    for other in others:
        other.folder.symlink_to(first.folder)
    for runtime in (first, *others):
        assert interpreters.wait(runtime) == ""
    assert list(interpreters._current) == [other.folder for other in others]


def test_one_that_is_in_use_is_replaced_afterwards(interpreters: WarmInterpreters, bare: Runtime) -> None:
    first = ready(interpreters, bare)
    with interpreters.lent(bare):
        with interpreters._lock:
            interpreters._drop(bare.folder)
        assert first.memory() > 0
    assert first.memory() == 0


def test_two_jobs_at_once(interpreters: WarmInterpreters, tmp_path: Path) -> None:
    ready(interpreters)
    sandbox = Sandbox(default_runtime(), warm=interpreters)
    bundle = evil_bundle(tmp_path, "import time; time.sleep(1)")
    results = []
    threads = [threading.Thread(target=lambda: results.append(sandbox.run(evil(bundle)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.warm for result in results] == [True, True]


def test_a_process_of_few_jobs_starts_none(interpreters: WarmInterpreters, bare: Runtime) -> None:
    sandbox = Sandbox(bare, warm=interpreters)
    for _ in range(2):
        assert not sandbox.run(_HELLO).warm
    assert interpreters._current == {}
    sandbox.run(_HELLO)
    assert len(interpreters._current) == 1


def test_where_there_is_none_jobs_start_cold(
    interpreters: WarmInterpreters, bare: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confinement, "warm_command", lambda *_, **__: ["sh", "-c", "echo no namespace >&2; exit 1"])
    assert interpreters.wait(bare) == "no namespace"
    result = Sandbox(bare, warm=interpreters).run(_HELLO)
    assert (result.value, result.warm) == ("1", False)


def test_where_it_cannot_fork_jobs_start_cold(
    interpreters: WarmInterpreters, bare: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(interpreters, bare)
    monkeypatch.setattr("evaluator.sandbox.confinement.places", lambda _: {"/nowhere": 1})
    result = Sandbox(bare, warm=interpreters)
    with pytest.raises(EngineFault, match=r"sandbox\.unavailable|sandbox\.crashed"):
        result.run(_HELLO)  # nor can it cold, which is tried next
    assert "/nowhere" in interpreters.wait(bare)


def test_a_runtime_whose_python_jobs_would_hide(
    interpreters: WarmInterpreters, bare: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluator.runtimes.Runtime.base_prefixes", lambda _: [Path("/tmp/python")])
    assert "/tmp/python" in interpreters.wait(bare)


def test_folders_that_it_has_no_place_for(tmp_path: Path) -> None:
    assert suits(Job("x:y", binds=(Bind(tmp_path, "/bundle"), Bind(tmp_path, "/source/archive.zip"))))
    assert not suits(Job("x:y", binds=(Bind(tmp_path, "/elsewhere"),)))
    assert not suits(Job("x:y", binds=tuple(Bind(tmp_path, f"/bundle/{n}") for n in range(BINDS + 1))))


def test_a_folder_that_is_gone_is_named(interpreters: WarmInterpreters, bare: Runtime, tmp_path: Path) -> None:
    ready(interpreters, bare)
    with pytest.raises(EngineFault, match=r"sandbox\.unavailable") as caught:
        Sandbox(bare, warm=interpreters).run(Job("json:dumps", 1, (Bind(tmp_path / "no", "/bundle"),)))
    assert str(tmp_path / "no") in caught.value.params["reason"]


def test_closing_leaves_nothing(interpreters: WarmInterpreters, tmp_path: Path) -> None:
    pids = members(ready(interpreters))
    bundle = evil_bundle(tmp_path, "import time; time.sleep(60)")
    job = threading.Thread(target=_quietly, args=(Sandbox(default_runtime(), warm=interpreters), evil(bundle, 3.0)))
    job.start()
    time.sleep(0.5)
    pids = members(next(iter(interpreters._current.values())))
    assert len(pids) > 5
    interpreters.close()
    wait_until_gone(pids)
    job.join()


def _quietly(sandbox: Sandbox, job: Job) -> None:
    with pytest.raises(SubmissionFault, match=r"sandbox\.timeout"):
        sandbox.run(job)


def test_an_interpreter_dies_with_its_worker() -> None:
    code = (
        "import time\nfrom tests.evaluator.test_warm import *\n"
        "interpreters = WarmInterpreters()\nfirst = ready(interpreters)\n"
        "while len(members(first)) < 4: time.sleep(0.02)\nprint(*members(first), flush=True)\ntime.sleep(60)"
    )
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    pids = [int(pid) for pid in worker.stdout.readline().split()]
    worker.stdout.close()
    assert len(pids) >= 4  # bubblewrap, its process 1, the interpreter, and the fork that waits, soon with a child
    worker.kill()
    worker.wait()
    wait_until_gone(pids)


def test_it_outlives_the_thread_that_first_wanted_it(interpreters: WarmInterpreters, bare: Runtime) -> None:
    wanting = threading.Thread(target=ready, args=(interpreters, bare))
    wanting.start()
    wanting.join()
    time.sleep(0.2)
    assert Sandbox(bare, warm=interpreters).run(_HELLO).warm


def test_a_fork_of_the_worker_has_its_own(interpreters: WarmInterpreters, bare: Runtime) -> None:
    ready(interpreters, bare)
    child = os.fork()
    if child == 0:
        with interpreters.lent(bare) as lent:
            os._exit(0 if lent is None else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert Sandbox(bare, warm=interpreters).run(_HELLO).warm


def test_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JALON_SANDBOX_WARM")
    assert warm.configured() is not None
    monkeypatch.setenv("JALON_SANDBOX_WARM", "off")
    assert warm.configured() is None
    monkeypatch.setenv("JALON_SANDBOX_WARM", "yes")
    with pytest.raises(EngineFault, match=r"sandbox\.setting"):
        warm.configured()
