"""Kills each part of the platform by SIGKILL while twelve candidates deposit at once; nothing may be lost.

    python -m tests.faults.kill9 --rounds 2

A program of its own: real PostgreSQL, Redis, worker, clock and web server, on ports and in a folder of their own, each
started again by what supervises it. It prints a table, and ends with 1 when a submission or a result was lost or
doubled, a run did not end well, the journal's chain broke, or `/readyz` was not true again in time. "Taken up" is when
every run that was held at the kill had another worker, or had ended under its own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from certification.embedded import PROJECT
from certification.processes import stoppable
from tests.faults.depositing import Depositor
from tests.faults.supervised import Platform

if TYPE_CHECKING:
    from tests.factories import World

PARTS = ("worker", "beat", "web", "redis", "postgres")
PATIENCE = 600.0  # seconds a wave may take
TICK = 0.1


@dataclass
class Tally:
    """What became of a wave's submissions; `faults` in words, empty when all is as it must be."""

    expected: int = 0
    submissions: int = 0
    results: int = 0
    faults: list[str] = field(default_factory=list)


def main() -> int:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="jalon-kill9-"))
    platform = Platform(folder, _environment(folder, options.lease))
    faults: list[str] = []
    try:
        with stoppable():
            _run(platform, options, faults)
    except KeyboardInterrupt:
        faults.append("stopped before the end")
    except TimeoutError as late:
        faults.append(str(late))
    finally:
        if faults:
            _show_logs(folder)
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(["", *faults] if faults else ["", "nothing lost, nothing doubled"]))
    return 1 if faults else 0


def _run(platform: Platform, options: argparse.Namespace, faults: list[str]) -> None:
    """Start everything, then one wave for each part and round; adds to `faults`. Raises TimeoutError."""
    platform.start_services()
    os.environ |= platform.environment
    _prepare(options.dump)
    platform.start_programs()
    _until(platform.ready, "the platform to be ready")
    print("round  killed     ready again       taken up    submissions  results  retried", flush=True)
    for number in range(1, options.rounds + 1):
        for part in options.parts:
            row, wrong = _wave(platform, part, options)
            print(f"{number:>5}  {part:<8} {row}", flush=True)
            faults += [f"round {number}, {part} killed: {fault}" for fault in wrong]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kill9", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS, help="what is killed, in this order")
    parser.add_argument("--people", type=int, default=12, help="candidates who deposit at once")
    parser.add_argument("--lease", type=int, default=15, help="seconds of a run's lease; by default that of production")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds until ready again; 0: not judged")
    parser.add_argument("--dump", type=Path, help="of a database that is laid out, in SQL, instead of migrating one")
    return parser.parse_args()


def _environment(folder: Path, lease: int) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "certification.settings.dev",
        "JALON_DATA_DIR": str(folder / "data"),
        "JALON_LOG_DIR": str(folder),
        "JALON_LOG_LEVEL": "WARNING",
        "JALON_RUN_LEASE_SECONDS": str(lease),
        "JALON_RUNTIME_BUILD_SECONDS": "0",
        "PYTHONUNBUFFERED": "1",
    }


def _prepare(dump: Path | None) -> None:
    """The database laid out, and this process ready to read it."""
    if dump is None:
        command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"]
        subprocess.run(command, cwd=PROJECT, env=dict(os.environ), check=True)
    else:
        with psycopg.connect(os.environ["DATABASE_URL"]) as link:
            link.execute(dump.read_bytes())
    import django

    django.setup()


def _wave(platform: Platform, part: str, options: argparse.Namespace) -> tuple[str, list[str]]:
    """Everybody deposits at once, and `part` is killed as soon as a run is worked on; what to print, and the faults."""
    deadline = time.monotonic() + PATIENCE
    worlds, depositors = _candidates(platform, options.people)
    threads = [threading.Thread(target=_deposit, args=[depositor, deadline], daemon=True) for depositor in depositors]
    for thread in threads:
        thread.start()
    _until(lambda: _under_way(worlds), f"work under way before {part} is killed")
    held = _held(worlds)
    killed = time.monotonic()
    seconds = _kill(platform, part)
    _until(lambda: not _untouched(held), "the runs that were held to be taken up or to end")
    taken_up = time.monotonic() - killed
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    _until(lambda: _ended(worlds) == len(worlds), "every run to end")
    tally = _tally(worlds)
    if options.limit and seconds > options.limit:
        tally.faults.append(f"ready again only {seconds:.1f} s later")
    retried = sum(each.refusals for each in depositors)
    times = f"{seconds:>11.1f} s  {taken_up:>11.1f} s"
    row = f"{times}  {tally.submissions:>5} / {tally.expected:<5}  {tally.results:>7}  {retried:>7}"
    return row, tally.faults


def _candidates(platform: Platform, people: int) -> tuple[list[World], list[Depositor]]:
    from django.test import Client

    from assessments.samples import build
    from tests import factories

    archive = platform.folder / "good.zip"
    if not archive.exists():
        build.archive(build.build("good", platform.folder / "good"), archive)
    worlds, depositors = [], []
    for _ in range(people):
        world = factories.world()
        client = Client()
        client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies["sessionid"].value
        worlds.append(world)
        depositors.append(Depositor(f"http://{platform.address}", session, world.work.pk, archive))
    return worlds, depositors


def _deposit(depositor: Depositor, deadline: float) -> None:
    depositor.deposit(lambda: time.monotonic() > deadline)


def _kill(platform: Platform, part: str) -> float:
    """Seconds from the kill until another one is up in its place and `/readyz` is true."""
    from django.db import connection

    replaced, began = platform.kill(part), time.monotonic()
    _until(lambda: replaced() and platform.ready(), f"the platform to be ready after {part} was killed")
    seconds = time.monotonic() - began
    connection.close()  # ours may have died with the server
    return seconds


def _under_way(worlds: list[World]) -> bool:
    """Whether a run is being worked on; or all have ended already, and there is nothing to wait for."""
    from assessments.models import EvaluationRun

    running = EvaluationRun.objects.filter(status="running", submission__work__in=_works(worlds)).exists()
    return running or _ended(worlds) == len(worlds)


def _held(worlds: list[World]) -> dict[int, int]:
    """The runs that are worked on, and which attempt it is."""
    from assessments.models import EvaluationRun

    running = EvaluationRun.objects.filter(status="running", submission__work__in=_works(worlds))
    return dict(running.values_list("pk", "attempts"))


def _untouched(held: Mapping[int, int]) -> bool:
    """Whether one of them is neither taken up by another worker nor at its end."""
    from assessments.models import EvaluationRun

    left = EvaluationRun.objects.filter(pk__in=held, status__in=("queued", "running"))
    return any(held[pk] == attempts for pk, attempts in left.values_list("pk", "attempts"))


def _ended(worlds: list[World]) -> int:
    from assessments.models import EvaluationRun

    ends = ("done", "failed", "dead")
    return EvaluationRun.objects.filter(status__in=ends, submission__work__in=_works(worlds)).count()


def _works(worlds: list[World]) -> list[int]:
    return [world.work.pk for world in worlds]


def _tally(worlds: list[World]) -> Tally:
    from assessments.models import Submission
    from assessments.services.verification import Verification

    tally = Tally(expected=len(worlds))
    for world in worlds:
        found = list(Submission.objects.filter(work=world.work))
        tally.submissions += len(found)
        if len(found) != 1:
            tally.faults.append(f"work {world.work.pk} has {len(found)} submissions")
        for submission in found:
            tally.faults += _faults_of(submission)
            tally.results += submission.results.count()
    tally.faults += [f"verify finds {fault.code} about {fault.about}" for fault in Verification().faults()]
    return tally


def _faults_of(submission: object) -> Iterator[str]:
    """What is lost or doubled of one submission."""
    from assessments.models import JournalEntry, Submission

    assert isinstance(submission, Submission)
    runs = list(submission.runs.all())
    if [run.status for run in runs] != ["done"]:
        yield f"submission {submission.pk} has runs {[(run.status, run.fault_code) for run in runs]}"
    wanted = sorted((asked["check"], asked["params_digest"]) for run in runs for asked in run.requested)
    answered = sorted(submission.results.values_list("check_code", "params_digest"))
    if answered != wanted:
        yield f"submission {submission.pk} has results {answered} for {wanted}"
    for run in runs:
        told = JournalEntry.objects.filter(verb="run.done", object_id=str(run.pk)).count()
        if told != 1:
            yield f"run {run.pk} ended {told} times in the journal"


def _until(done: Callable[[], bool], what: str) -> None:
    """Wait for `done`, which may ask a database that is being killed. Raises TimeoutError."""
    from django.db import InterfaceError, OperationalError, connection

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if done():
                return
        except (OperationalError, InterfaceError):
            connection.close()
        time.sleep(TICK)
    raise TimeoutError(f"waited {PATIENCE:.0f} s in vain for {what}")


def _show_logs(folder: Path) -> None:
    for log in sorted(folder.glob("*.log")):
        print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")


if __name__ == "__main__":
    sys.exit(main())
