"""Starts one confined process, listens to it within limits, and ends it: the parent's side of a job."""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, ClassVar, Protocol

from evaluator.leftovers import JOB
from evaluator.sandbox.cgroups import ControlGroup

_CHUNK = 1 << 18
_TAIL = 16 * 1024
_IN_MEMORY = 1 << 20
_PATIENCE = 2.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin"}  # of what starts a sandbox: nothing of the platform's
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


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the parent counts by itself: seconds, and bytes of each stream."""

    wall_seconds: float
    output_bytes: int
    channel_bytes: int


class Running(Protocol):
    """A confined process that was started, and where its outputs are read."""

    stdout: int
    stderr: int

    def end(self, *, patient: bool) -> int:
        """Wait a moment for a process that has said everything, or kill it with all that it started.

        Its exit status, 0 where that is not ours to know; both outputs are closed.
        """
        ...


class Cold:
    """bubblewrap as a child of ours.

    Its namespace dies with it: it asked the kernel to kill process 1 of the sandbox on its parent's death, and the
    kernel kills every process of a namespace whose process 1 is dead.
    """

    def __init__(
        self, command: Sequence[str], *, stdin: IO[bytes], descriptors: Sequence[int], group: ControlGroup | None
    ) -> None:
        """Raises OSError when the program cannot be started."""
        self.stdout, out = os.pipe()
        self.stderr, err = os.pipe()
        try:
            self._process = subprocess.Popen(
                _entering(command, group),
                stdin=stdin,
                stdout=out,
                stderr=err,
                pass_fds=tuple(descriptors),
                env=ENVIRONMENT,
                cwd="/",
            )
        except OSError:
            self._close()
            raise
        finally:
            os.close(out)
            os.close(err)

    def end(self, *, patient: bool) -> int:
        try:
            self._process.wait(timeout=_PATIENCE if patient else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()
        return self._process.returncode

    def _close(self) -> None:
        os.close(self.stdout)
        os.close(self.stderr)


class Forked:
    """Process 1 of a sandbox that another process started, held by a descriptor that names it and no other."""

    def __init__(self, process: int, stdout: int, stderr: int) -> None:
        self._process = process
        self.stdout = stdout
        self.stderr = stderr

    def end(self, *, patient: bool) -> int:
        """As for any; but one that has said everything is the last of its sandbox, and goes by itself."""
        if not patient:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, signal.SIGKILL)
            self._wait()
        for descriptor in (self._process, self.stdout, self.stderr):
            os.close(descriptor)
        return 0

    def _wait(self) -> None:
        """Wait until every process of the namespace is gone, which the kernel tells."""
        ended = select.poll()
        ended.register(self._process, select.POLLIN)
        ended.poll()


def listen(running: Running, *, channel_reader: int, allowance: Allowance) -> Outcome:
    """Hear ``running`` to its end or to its limit. The channel is closed here.

    What came on it is in a file without a name once it is large: the parent's memory stays flat.
    """
    channel = tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix=JOB)  # noqa: SIM115 (handed to the caller)
    outcome = Outcome(Stream(allowance.output_bytes), Stream(allowance.output_bytes), channel)
    said_all = False
    try:
        outcome.stopped = _pump(running, channel_reader, outcome, allowance)
        said_all = outcome.stopped is None
    finally:
        outcome.returncode = running.end(patient=said_all)
        os.close(channel_reader)
    channel.seek(0)
    return outcome


def _entering(command: Sequence[str], group: ControlGroup | None) -> list[str]:
    if group is None:
        return list(command)
    return ["/bin/sh", "-c", _ENTER, "sh", *(str(door) for door in group.doors), "--", *command]


def _pump(running: Running, reader: int, outcome: Outcome, allowance: Allowance) -> str | None:
    """Read the three streams until the channel is closed, a limit is passed, or time is over."""
    deadline = time.monotonic() + allowance.wall_seconds
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ, _Sink(outcome.channel, allowance.channel_bytes))
        selector.register(running.stdout, selectors.EVENT_READ, outcome.stdout)
        selector.register(running.stderr, selectors.EVENT_READ, outcome.stderr)
        while reader in selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return "timeout"
            for key, _ in selector.select(left):
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fd)
                elif not key.data.feed(data):
                    return str(key.data.limit_name)
    return _rest(running.stdout, outcome.stdout) or _rest(running.stderr, outcome.stderr)


def _rest(descriptor: int, stream: Stream) -> str | None:
    """What was said before the channel was closed, which process 1 does last: who holds an output open is not heard."""
    os.set_blocking(descriptor, False)
    with contextlib.suppress(BlockingIOError):
        while data := os.read(descriptor, _CHUNK):
            if not stream.feed(data):
                return stream.limit_name
    return None
