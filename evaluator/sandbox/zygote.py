"""The warm interpreter: a sandbox that has imported what jobs need, and forks each of them into a sandbox of its own.

Run as a script by the runtime's interpreter, as process 1 of a confinement that shows the system, the runtime and the
engine, and nothing of the host's work. It reads no job and opens no bundle: it receives descriptors and hands them to
a fork of its own, of which some stand ready. Each is process 1 of fresh namespaces (processes, mounts, network, ipc,
host name) in a control group of its own, and has a child ready in its turn. When a job comes, process 1 mounts what
the job may see, both lose their privileges and submit to the filter, and they go on as in a cold start: from there a
job cannot tell how it was started. One such ``pair`` serves one job.

Messages on the control socket, whose descriptor is the first argument. To us: ``state``; ``spare``, have another pair
wait, with the descriptors of the doors of its control group; or ``job``, for the oldest pair, with the descriptors of
the birth socket, the job's standard input, output and error, the result channel, and a detached mount for each
folder. From us: a line of JSON, our state, after the imports and for each ``state``. On the birth socket: the same with
a descriptor of the process, or the reason of a failure. When the control socket closes, all ends.
"""

from __future__ import annotations

import gc
import json
import os
import select
import socket
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, "/engine")

from evaluator.sandbox import kernel
from evaluator.sandbox.pair import CALM_MILLISECONDS, DESCRIPTORS, MESSAGE, be_process_one
from evaluator.sandbox.privileges import seclude
from evaluator.sandbox.rehearsal import rehearse

_REAP_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class _Spare:
    """A fork that stands in namespaces of its own and waits for its job at the other end of ``cradle``."""

    process: int
    cradle: socket.socket


def main() -> None:
    seclude()
    control = socket.socket(fileno=int(sys.argv[1]))
    _own_numbers()
    rehearse()
    gc.collect()
    gc.freeze()  # a collection in a fork would touch, and so copy, every page
    own_numbers = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    control.send(_state())
    _serve(control, _Nursery(control, own_numbers))


def _serve(control: socket.socket, nursery: _Nursery) -> None:
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    while True:
        if not waiting.poll(nursery.patience()):
            nursery.bear_one()
            _reap()
            continue
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE, DESCRIPTORS)
        if not message:
            return
        if message == b"state":
            control.send(_state())
        elif message == b"spare":
            nursery.wanted.append(descriptors)
        else:
            _hand_over(nursery.take(), descriptors)


def _own_numbers() -> None:
    """Go on in a namespace of processes made by ourselves.

    As an ordinary user, bubblewrap leaves us in a user namespace that does not own the one it made, to which we then
    could not come back between two jobs.
    """
    kernel.unshare(kernel.CLONE_NEWPID)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)


class _Nursery:
    """The pairs that wait for a job, and those to be made: at once where none waits, else in a calm moment."""

    def __init__(self, control: socket.socket, own_numbers: int) -> None:
        self.wanted: deque[list[int]] = deque()  # the doors of each
        self._ready: deque[_Spare] = deque()
        self._control = control
        self._own_numbers = own_numbers

    def patience(self) -> int:
        """Milliseconds without a message after which ``bear_one`` is to be called."""
        if not self.wanted:
            return _REAP_MILLISECONDS
        return CALM_MILLISECONDS if self._ready else 0

    def bear_one(self) -> None:
        if self.wanted:
            self._ready.append(_bear(self._control, self._own_numbers, self.wanted.popleft()))

    def take(self) -> _Spare | None:
        """The one that has waited longest."""
        if not self._ready:
            self.bear_one()
        return self._ready.popleft() if self._ready else None


def _hand_over(spare: _Spare | None, descriptors: list[int]) -> None:
    """Give the job to a fork that waits, and tell who that is."""
    with socket.socket(fileno=descriptors[0]) as birth:
        try:
            if spare is None:
                raise OSError("no fork waits")
            with spare.cradle:
                socket.send_fds(spare.cradle, [b"job"], descriptors[1:])
            socket.send_fds(birth, [_state()], [spare.process])
            os.close(spare.process)
        except OSError as error:
            birth.send(str(error).encode())
    for descriptor in descriptors[1:]:
        os.close(descriptor)


def _state() -> bytes:
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return json.dumps({"memory": pages * os.sysconf("SC_PAGESIZE")}).encode()


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _bear(control: socket.socket, own_numbers: int, doors: list[int]) -> _Spare:
    """Fork process 1 of a new namespace of processes, to stand in the control group of ``doors``.

    Such a namespace begins with the next child; the one after is to be born in ours again.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    kernel.unshare(kernel.CLONE_NEWPID)
    try:
        child = os.fork()
        if child == 0:
            control.close()
            ours.close()
            be_process_one(theirs, doors)
    finally:
        kernel.enter(own_numbers, kernel.CLONE_NEWPID)
    theirs.close()
    for door in doors:
        os.close(door)
    return _Spare(os.pidfd_open(child), ours)


if __name__ == "__main__":
    main()
