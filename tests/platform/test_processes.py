"""The programs of the demo: up together, stopped together, nothing left."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from certification import health, processes, vitals
from certification.embedded import PROJECT
from certification.processes import Processes, Program, ProgramEnded

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]
# A program whose child escapes into a session of its own, as a sandbox does.
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
    "print(child.pid, flush=True); time.sleep(600)",
]
MANAGER = """
import sys
from pathlib import Path
from certification.processes import Processes, Program, stoppable
try:
    with stoppable(), Processes(Path(sys.argv[1]), grace=2) as programs:
        programs.start(Program("sleep", [sys.executable, "-c", "import time; time.sleep(600)"]))
        print(programs.running["sleep"].pid, flush=True)
        programs.watch()
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def said(programs: Processes, name: str) -> Callable[[], bool]:
    return lambda: bool(programs.log_path(name).read_text())


def test_programs_stop_with_their_manager(tmp_path: Path) -> None:
    with Processes(tmp_path) as programs:
        programs.start(Program("one", SLEEP))
        programs.start(Program("two", SLEEP))
        pids = [process.pid for process in programs.running.values()]
        programs.wait_ready(Program("two", SLEEP, said(programs, "two")))
    assert not any(alive(pid) for pid in pids)
    assert (tmp_path / "two.log").read_text() == "up\n"


def test_what_does_not_stop_is_killed(tmp_path: Path) -> None:
    with Processes(tmp_path, grace=0.5) as programs:
        programs.start(Program("stubborn", STUBBORN))
        eventually(said(programs, "stubborn"))
        pid = programs.running["stubborn"].pid
    assert not alive(pid)


def test_what_a_program_leaves_behind_is_ended(tmp_path: Path) -> None:
    with Processes(tmp_path) as programs:
        programs.start(Program("parent", PARENT))
        eventually(said(programs, "parent"))
        orphan = int((tmp_path / "parent.log").read_text())
        assert alive(orphan)
    assert not alive(orphan)


def test_a_program_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    with Processes(tmp_path) as programs:
        programs.start(Program("brief", [sys.executable, "-c", "print('last words'); raise SystemExit(3)"]))
        with pytest.raises(ProgramEnded, match=r"(?s)brief ended with status 3.*last words"):
            programs.watch()


def test_waiting_has_an_end(tmp_path: Path) -> None:
    program = Program("never", SLEEP, ready=lambda: False)
    with Processes(tmp_path) as programs:
        programs.start(program)
        with pytest.raises(TimeoutError, match="never is not up"):
            programs.wait_ready(program, timeout=0.3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_the_manager_ends_no_program_stays(tmp_path: Path, number: signal.Signals) -> None:
    # SIGINT starts out ignored, as in a shell's background job.
    manager = subprocess.Popen(
        [sys.executable, "-c", MANAGER, str(tmp_path)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert manager.stdout is not None
    pid = int(manager.stdout.readline())

    manager.send_signal(number)
    rest, _ = manager.communicate(timeout=30)

    eventually(lambda: not alive(pid))
    assert rest == ("" if number == signal.SIGKILL else "stopped\n")


def test_a_real_worker_comes_up_and_gives_signs_of_life(tmp_path: Path, child_environment: dict[str, str]) -> None:
    vitals.forget()
    program = processes.worker(1, ready=health.worker_is_up)
    with Processes(tmp_path) as programs:
        programs.start(Program(program.name, program.command, program.ready, child_environment))
        programs.wait_ready(program)
        assert health.report()["checks"]["worker"]["ok"]
