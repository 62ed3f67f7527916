"""Runs a job to a result or to a named fault."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from evaluator.errors import EngineFault, SubmissionFault
from evaluator.leftovers import JOB
from evaluator.limits import GB, MB, JobLimits
from evaluator.runtimes import Runtime
from evaluator.sandbox import cgroups, confinement
from evaluator.sandbox.channel import Report, read_claim, read_pictures, read_report, was_ready
from evaluator.sandbox.descriptors import wide_pipe
from evaluator.sandbox.interpreter import Interpreter, WarmLost, WarmRefused, suits
from evaluator.sandbox.job import ATTACHMENTS, Job, JobResult, Level, Network, Usage
from evaluator.sandbox.process import Allowance, Cold, Outcome, Running, listen
from evaluator.sandbox.seccomp import build_filter
from evaluator.sandbox.warm import WarmInterpreters

_MAPPED_BYTES = 4 * GB  # address space beyond the data: shared libraries, files mapped, stacks reserved
_HARNESS_BYTES = 64 * MB
_HARNESS_PROCESSES = 4  # bubblewrap, the shell that becomes it, process 1


class Sandbox:
    """Runs jobs in ``runtime``, each in a confinement of its own, and refuses below ``level``.

    With ``warm`` interpreters, those that are ready start what they can; everything else starts cold.
    """

    def __init__(self, runtime: Runtime, level: Level = Level.DEGRADED, warm: WarmInterpreters | None = None) -> None:
        self.runtime = runtime
        self.level = level
        self._warm = warm

    def within(self, runtime: Runtime) -> Sandbox:
        """The same sandbox over another environment."""
        return Sandbox(runtime, self.level, self._warm)

    def run(self, job: Job, attachments: Path | None = None) -> JobResult:
        """Call ``job.entry`` in the sandbox; pictures are kept in ``attachments``, an existing folder.

        A job that its warm interpreter could not start, or that died with it, is run again cold; one that had
        begun to write into a folder of the host is not.

        Raises:
            SubmissionFault: a limit named by its code (``sandbox.timeout``, ``.cpu``, ``.memory``, ``.processes``,
                ``.output``, ``.disk``, ``.network``, ``.forbidden``, ``.killed``, ``.result_too_large``,
                ``.result_invalid``), ``candidate.exception``, or the fault that the job raised.
            EngineFault: ``sandbox.unavailable`` when the job could not be confined, ``sandbox.crashed``,
                ``sandbox.host_memory`` when the machine itself ran out of memory and the job was its victim.
        """
        if self._warm is not None and suits(job):
            try:
                with self._warm.lent(self.runtime) as interpreter:
                    if interpreter is not None:
                        return self._run(job, attachments, interpreter)
            except WarmRefused:
                pass  # the reason is kept by who lent it
            except WarmLost as lost:
                if any(bind.writable for bind in job.binds):
                    raise EngineFault("sandbox.crashed", reason=str(lost)) from lost
        return self._run(job, attachments, None)

    def _run(self, job: Job, attachments: Path | None, interpreter: Interpreter | None) -> JobResult:
        with ExitStack() as stack:
            starved = cgroups.memory_kills()
            outcome, group = self._listen(stack, job, interpreter)
            stack.callback(outcome.channel.close)
            try:
                return _conclude(job, outcome, group, attachments, interpreter)
            except SubmissionFault as fault:
                if fault.params.get("signal") == "SIGKILL" and cgroups.memory_kills() > starved:
                    raise EngineFault("sandbox.host_memory") from fault
                raise

    def _group(self, stack: ExitStack, limits: JobLimits) -> cgroups.ControlGroup | None:
        group = cgroups.create()
        if group is not None:
            stack.callback(group.close)
            try:
                group.limit(*_ceiling(limits))
            except OSError:
                group = None
        if group is None and self.level is Level.FULL:
            raise EngineFault("sandbox.level", required=Level.FULL.value, found=Level.DEGRADED.value)
        return group

    def _listen(
        self,
        stack: ExitStack,
        job: Job,
        interpreter: Interpreter | None,
    ) -> tuple[Outcome, cgroups.ControlGroup | None]:
        identity = confinement.new_identity()
        _give(job, identity)
        program = build_filter(loopback=job.network is Network.LOOPBACK)
        limits = job.limits
        allowance = Allowance(
            limits.wall_seconds, limits.output_bytes, limits.result_bytes + limits.attachment_bytes + MB
        )
        reader, writer = wide_pipe()
        try:
            stdin = _file(stack, _encode(job, identity, program))
            running: Running
            if interpreter is not None:
                counted = self.level is Level.FULL
                running, group = interpreter.start(
                    job, stdin=stdin, channel=writer, ceiling=_ceiling(limits), counted=counted
                )
                stack.callback(interpreter.leave, group)
            else:
                group = self._group(stack, limits)
                filter_file = _file(stack, program)
                running = self._start_cold(stack, job, identity, group, stdin, (filter_file.fileno(), writer))
        except BaseException:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        return listen(running, channel_reader=reader, allowance=allowance), group

    def _start_cold(
        self,
        stack: ExitStack,
        job: Job,
        identity: confinement.Identity,
        group: cgroups.ControlGroup | None,
        stdin: IO[bytes],
        descriptors: tuple[int, int],
    ) -> Running:
        etc = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=JOB)), "etc")
        confinement.write_etc(etc)
        filter_fd, channel_fd = descriptors
        command = confinement.command(job, self.runtime, identity, etc, filter_fd=filter_fd, channel_fd=channel_fd)
        try:
            return Cold(command, stdin=stdin, descriptors=descriptors, group=group)
        except OSError as error:
            raise EngineFault("sandbox.unavailable", reason=str(error)) from error


def _ceiling(limits: JobLimits) -> tuple[int, int]:
    """Bytes and processes of a whole control group."""
    return limits.memory_bytes + limits.tmp_bytes + _HARNESS_BYTES, limits.processes + _HARNESS_PROCESSES


def _give(job: Job, identity: confinement.Identity) -> None:
    """Writable folders belong to the job that may write them."""
    if identity.uid is None:
        return
    for bind in job.binds:
        if bind.writable:
            os.chown(bind.source, identity.uid, identity.uid, follow_symlinks=False)


def _encode(job: Job, identity: confinement.Identity, program: bytes) -> bytes:
    """The job as process 1 reads it: a line for its place, a line for itself.

    The second half of the first is for a process 1 that has no bubblewrap to furnish its place.
    """
    place = {
        "uid": identity.uid,
        "attachments": ATTACHMENTS,
        "limits": asdict(job.limits) | {"mapped_bytes": _MAPPED_BYTES},
        "places": confinement.places(job.limits),
        "binds": [
            {"target": bind.target, "folder": bind.source.is_dir(), "writable": bind.writable} for bind in job.binds
        ],
        "loopback": job.network is Network.LOOPBACK,
        "filter": program.hex(),
    }
    call = {"entry": job.entry, "payload": job.payload, "cwd": job.cwd}
    return b"\n".join(json.dumps(part, allow_nan=False).encode() for part in (place, call))


def _file(stack: ExitStack, data: bytes) -> IO[bytes]:
    """A file in memory: any other would wait for a disk, which may be busy."""
    stream = stack.enter_context(os.fdopen(os.memfd_create(JOB), "r+b"))
    stream.write(data)
    stream.seek(0)
    return stream


def _conclude(
    job: Job,
    outcome: Outcome,
    group: cgroups.ControlGroup | None,
    attachments: Path | None,
    interpreter: Interpreter | None,
) -> JobResult:
    """The verdict, from the surest witness to the least: the kernel, the parent, process 1, then the job."""
    ready = was_ready(outcome.channel)
    if outcome.stopped:
        raise _limit(outcome.stopped, job.limits)
    if not ready:
        reason = outcome.stderr.text.strip()[-500:] or f"exit status {outcome.returncode}"
        raise WarmRefused(reason) if interpreter else EngineFault("sandbox.unavailable", reason=reason)
    if group is not None and group.out_of_memory():
        raise _limit("memory", job.limits)
    report = _sound_report(job, outcome, interpreter)
    try:
        value = read_claim(outcome.channel, report, hostile=job.hostile)
    except SubmissionFault as fault:
        raise _complete(fault, job.limits) from fault
    pictures = read_pictures(outcome.channel, report, job.limits, attachments)
    usage = _usage(report, group)
    return JobResult(value, pictures, outcome.stdout.text, outcome.stderr.text, usage, interpreter is not None)


def _sound_report(job: Job, outcome: Outcome, interpreter: Interpreter | None) -> Report:
    """The report of a job that ended by itself, within its limits."""
    report = read_report(outcome.channel)
    if report is None and interpreter is not None and not interpreter.is_alive():
        raise WarmLost("the warm interpreter was killed")
    if report is not None and report.failure and interpreter is not None:
        raise WarmRefused(report.failure)
    if report is None or report.failure:
        reason = report.failure if report else outcome.stderr.text.strip()[-500:]
        raise EngineFault("sandbox.crashed", reason=reason)
    if report.overflow:
        raise _limit("result_too_large", job.limits)
    if report.signal is not None:
        raise _signalled(report.signal, job.limits)
    return report


def _usage(report: Report, group: cgroups.ControlGroup | None) -> Usage:
    peak = group.peak_bytes() if group is not None else 0
    return Usage(report.wall, report.cpu, max(peak, report.memory))


def _signalled(number: int, limits: JobLimits) -> SubmissionFault:
    if number == signal.SIGXCPU:
        return _limit("cpu", limits)
    if number == signal.SIGXFSZ:
        return _limit("disk", limits)
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = str(number)
    return SubmissionFault("sandbox.killed", signal=name)


def _limit(name: str, limits: JobLimits, /, **params: Any) -> SubmissionFault:
    """The fault of a limit, with the figures that its sentence states."""
    figures: dict[str, dict[str, Any]] = {
        "timeout": {"seconds": limits.wall_seconds},
        "cpu": {"seconds": limits.cpu_seconds},
        "memory": {"limit": limits.memory_bytes},
        "processes": {"limit": limits.processes},
        "output": {"limit": limits.output_bytes},
        "disk": {"limit": limits.tmp_bytes},
        "result_too_large": {"limit": limits.result_bytes},
    }
    return SubmissionFault(f"sandbox.{name}", **params | figures.get(name, {}))


def _complete(fault: SubmissionFault, limits: JobLimits) -> SubmissionFault:
    family, _, name = fault.code.partition(".")
    return _limit(name, limits, **fault.params) if family == "sandbox" else fault
