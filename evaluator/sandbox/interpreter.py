"""One warm interpreter, from the outside: starts it, asks after it, has it fork jobs, ends it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from evaluator.leftovers import JOB
from evaluator.limits import JobLimits
from evaluator.runtimes import Runtime
from evaluator.sandbox import cgroups, confinement
from evaluator.sandbox.cgroups import ControlGroup
from evaluator.sandbox.folders import Folders, folders
from evaluator.sandbox.job import Bind, Job
from evaluator.sandbox.process import ENVIRONMENT, Forked
from evaluator.sandbox.rehearsal import ROOM_BYTES

SPARES = 3  # a model check is as many jobs, one right after the other
BINDS = 200  # with the rest, what fits in one message of descriptors
_ANSWER_SECONDS = 10.0
_MESSAGE = 1 << 12
_REASON = 500


class WarmRefused(Exception):
    """The interpreter could not start the job, of which nothing ran; the text says why."""


class WarmLost(Exception):
    """The interpreter died, and the job with it, half done."""


def suits(job: Job) -> bool:
    """Whether a warm interpreter has a place for all that the job is shown."""
    tops = {f"/{Path(bind.target).parts[1]}" for bind in job.binds}
    return tops <= set(confinement.SHOWN_UNDER) and len(job.binds) <= BINDS


class Interpreter:
    """Starts on creation, without being waited for. ``failure`` tells why it ended; the counts are its holder's."""

    def __init__(self, runtime: Runtime) -> None:
        self.failure = ""
        self.jobs = 0
        self.lent = 0
        self.born = self.used = time.monotonic()
        self.first_memory = 0
        self.last_memory = 0  # when it last forked
        self._lock = threading.Lock()
        self._groups: deque[ControlGroup | None] = deque()  # of the forks that wait for a job
        self._left: list[ControlGroup] = []
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._folders: Folders | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = threading.Event()
        self._keeper = threading.Thread(target=self._keep, args=(runtime, theirs), name="warm-interpreter", daemon=True)
        self._keeper.start()

    def is_ready(self) -> bool:
        """Whether it has imported all; False too when it ended before, which ``failure`` then tells."""
        if self.first_memory:
            return True
        with self._lock:
            self._control.setblocking(False)
            try:
                memory = _memory(self._control.recv(_MESSAGE))
            except BlockingIOError:
                return False
            finally:
                self._control.settimeout(_ANSWER_SECONDS)
            for _ in range(SPARES if memory else 0):
                self._prepare()
            self.first_memory = self.last_memory = memory
        if not self.first_memory:
            self._keeper.join(_ANSWER_SECONDS)
            self.failure = self.failure or "it ended before it was ready"
        return bool(self.first_memory)

    def has_ended(self) -> bool:
        """Whether nobody is at the other end any more, which costs nothing to know."""
        hung_up = select.poll()
        hung_up.register(self._control, 0)
        return bool(hung_up.poll(0))

    def memory(self) -> int:
        """Its resident bytes now, 0 when it does not answer."""
        try:
            with self._lock:
                self._control.send(b"state")
                return _memory(self._control.recv(_MESSAGE))
        except OSError:
            return 0

    def start(
        self, job: Job, *, stdin: IO[bytes], channel: int, ceiling: tuple[int, int], counted: bool
    ) -> tuple[Forked, ControlGroup | None]:
        """Have process 1 of a sandbox for ``job`` started. ``channel`` stays the caller's to close.

        It is in a control group with the limits of ``ceiling`` (see ``ControlGroup.limit``), to be given back to
        ``leave``; or in none, unless it has to be ``counted``.

        Raises:
            WarmRefused: it could not be.
        """
        with ExitStack() as given:
            try:
                trees = [self._tree(given, bind) for bind in job.binds]
                return self._fork(stdin, channel, trees, ceiling, counted)
            except OSError as error:
                raise WarmRefused(str(error)) from error

    def leave(self, group: ControlGroup | None) -> None:
        """Take back the control group of a job that is over, to be removed once its last process has gone."""
        if group is not None:
            with self._lock:
                self._left.append(group)

    def close(self) -> None:
        """End it, and with it every job that it started."""
        self._begun.wait(_ANSWER_SECONDS)
        if self._process is not None:
            self._process.kill()
        self._keeper.join(_ANSWER_SECONDS)
        self._control.close()
        for group in filter(None, (*self._left, *self._groups)):
            group.close()

    def is_alive(self) -> bool:
        return self._keeper.is_alive() and bool(self.memory())

    def _keep(self, runtime: Runtime, theirs: socket.socket) -> None:
        """In a thread that lasts as long: the kernel ends bubblewrap with the thread that started it."""
        with ExitStack() as stack:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=JOB)))
            stack.callback(self._begun.set)
            errors = stack.enter_context(tempfile.TemporaryFile(dir=scratch))
            try:
                with theirs:
                    self._process = self._launch(runtime, scratch, theirs, errors)
                self._folders = stack.enter_context(contextlib.closing(folders()))
            except OSError as error:
                self.failure = str(error)
                return
            self._begun.set()
            status = self._process.wait()
            errors.seek(0)
            self.failure = errors.read().decode(errors="replace").strip()[-_REASON:] or f"exit status {status}"

    def _launch(
        self, runtime: Runtime, scratch: Path, theirs: socket.socket, errors: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Raises OSError when it cannot be started."""
        for prefix in runtime.base_prefixes():
            if any(prefix.is_relative_to(place) for place in confinement.places(JobLimits())):
                raise OSError(f"each job has a place of its own where the Python of the runtime is: {prefix}")
        etc = scratch / "etc"
        confinement.write_etc(etc)
        return subprocess.Popen(
            confinement.warm_command(runtime, etc, control_fd=theirs.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(theirs.fileno(),),
            env=ENVIRONMENT,
            cwd="/",
        )

    def _tree(self, given: ExitStack, bind: Bind) -> int:
        if self._folders is None:
            raise WarmRefused(self.failure or "nothing opens folders")
        tree = self._folders.clone(bind)
        given.callback(os.close, tree)
        return tree

    def _prepare(self) -> None:
        """Have another fork made, in a group of its own: the kernel takes its time to let anybody enter one."""
        self._left = [group for group in self._left if not group.is_removed()]
        group = cgroups.create()
        self._groups.append(group)
        with ExitStack() as given, contextlib.suppress(OSError):  # one that is dead will refuse the next job
            doors = [_open(given, door) for door in (group.doors if group else ())]
            socket.send_fds(self._control, [b"spare"], doors)

    def _take_group(self, ceiling: tuple[int, int]) -> ControlGroup | None:
        """That of the fork that has waited longest, limited from now on; None where it cannot be."""
        group = self._groups.popleft()
        if group is None:
            return None
        try:
            group.begin(ROOM_BYTES)
            group.limit(*ceiling)
        except OSError:
            self._left.append(group)
            return None
        return group

    def _fork(
        self, stdin: IO[bytes], channel: int, trees: Sequence[int], ceiling: tuple[int, int], counted: bool
    ) -> tuple[Forked, ControlGroup | None]:
        birth, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        stdout, out = os.pipe()
        stderr, err = os.pipe()
        process: list[int] = []
        group = None
        try:
            with self._lock:
                group = self._take_group(ceiling)
                if group is None and counted:
                    raise WarmRefused("no control group")
                descriptors = [theirs.fileno(), stdin.fileno(), out, err, channel, *trees]
                socket.send_fds(self._control, [b"job"], descriptors)
                self._prepare()
            theirs.close()
            birth.settimeout(_ANSWER_SECONDS)
            message, process, _, _ = socket.recv_fds(birth, _MESSAGE, 1)
        finally:
            for descriptor in (out, err) if process else (out, err, stdout, stderr):
                os.close(descriptor)
            theirs.close()
            birth.close()
            if not process:
                self.leave(group)
        if not process:
            raise WarmRefused(message.decode(errors="replace") or "it died")
        self.last_memory = _memory(message)
        return Forked(process[0], stdout, stderr), group


def _open(given: ExitStack, path: Path) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    given.callback(os.close, descriptor)
    return descriptor


def _memory(state: bytes) -> int:
    """What a message of the interpreter tells of its resident bytes; 0 for the end of the socket."""
    told: Any = json.loads(state) if state else {}
    return int(told.get("memory", 0))
