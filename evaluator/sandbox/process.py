"""Starts one confined process, listens to it within limits, and ends it: the parent's side of a job."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, ClassVar

from evaluator.sandbox.cgroups import ControlGroup

_CHUNK = 1 << 16
_TAIL = 16 * 1024
# The group is entered before bubblewrap exists, so that nothing of the job is ever outside it.
_ENTER = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done; shift; exec "$@"'


@dataclass(slots=True)
class Stream:
    """One output of the process: how much came, and its end."""

    limit: int
    count: int = 0
    tail: bytes = b""
    limit_name: ClassVar[str] = "output"

    def feed(self, data: bytes) -> bool:
        """Keep ``data``; False once there was more than the limit."""
        self.count += len(data)
        self.tail = (self.tail + data)[-_TAIL:]
        return self.count <= self.limit

    @property
    def text(self) -> str:
        return self.tail.decode("utf-8", errors="replace")


@dataclass(slots=True)
class _Sink:
    """The result channel, kept whole in a file."""

    file: IO[bytes]
    room: int
    limit_name: ClassVar[str] = "result_too_large"

    def feed(self, data: bytes) -> bool:
        self.room -= len(data)
        self.file.write(data)
        return self.room >= 0


@dataclass(slots=True)
class Outcome:
    """How the process ended. ``stopped`` names the limit for which it was killed, if it was."""

    stdout: Stream
    stderr: Stream
    channel: IO[bytes]
    stopped: str | None = None
    returncode: int = 0
    seconds: float = field(default=0.0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the parent counts by itself: seconds, and bytes of each stream."""

    wall_seconds: float
    output_bytes: int
    channel_bytes: int


def listen(
    command: Sequence[str],
    *,
    stdin: IO[bytes],
    descriptors: Sequence[int],
    channel_reader: int,
    channel_writer: int,
    allowance: Allowance,
    group: ControlGroup | None,
    scratch: Path,
) -> Outcome:
    """Run ``command`` to its end or to its limit. Both ends of the channel are closed here.

    What came on the channel is in a file of ``scratch``, whatever its size: the parent's memory stays flat.
    Raises OSError when the program cannot be started.
    """
    channel = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 (handed to the caller, who closes it)
    outcome = Outcome(Stream(allowance.output_bytes), Stream(allowance.output_bytes), channel)
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            _entering(command, group),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(*descriptors, channel_writer),
            env={"PATH": "/usr/bin:/bin"},
            cwd="/",
        )
    except OSError:
        os.close(channel_reader)
        raise
    finally:
        os.close(channel_writer)
    try:
        outcome.stopped = _pump(process, channel_reader, outcome, allowance, started + allowance.wall_seconds)
    finally:
        if outcome.stopped or process.poll() is None:
            _end(process, patient=outcome.stopped is None)
        os.close(channel_reader)
        _close_streams(process)
    outcome.returncode = process.returncode
    outcome.seconds = time.monotonic() - started
    channel.seek(0)
    return outcome


def _entering(command: Sequence[str], group: ControlGroup | None) -> list[str]:
    if group is None:
        return list(command)
    return ["/bin/sh", "-c", _ENTER, "sh", *(str(door) for door in group.doors), "--", *command]


def _pump(
    process: subprocess.Popen[bytes], reader: int, outcome: Outcome, allowance: Allowance, deadline: float
) -> str | None:
    """Read the three streams until all are closed, a limit is passed, or time is over."""
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ, _Sink(outcome.channel, allowance.channel_bytes))
        for stream, kept in ((process.stdout, outcome.stdout), (process.stderr, outcome.stderr)):
            if stream is not None:
                selector.register(stream.fileno(), selectors.EVENT_READ, kept)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return "timeout"
            for key, _ in selector.select(left):
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fd)
                elif not key.data.feed(data):
                    return str(key.data.limit_name)
    return None


def _end(process: subprocess.Popen[bytes], *, patient: bool) -> None:
    """Wait a moment for a process that has said everything, or kill it.

    Its namespace dies with it: bubblewrap asked the kernel to kill process 1 of the sandbox on its parent's death,
    and the kernel kills every process of a namespace whose process 1 is dead.
    """
    if patient:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2)
            return
    process.kill()
    process.wait()


def _close_streams(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
