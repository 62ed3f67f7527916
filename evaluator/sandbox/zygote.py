"""The warm interpreter: a sandbox that has imported what jobs need, and forks each of them into a sandbox of its own.

Run as a script by the runtime's interpreter, as process 1 of a confinement that shows the system, the runtime and the
engine, and nothing of the host's work. It reads no job and opens no bundle: it receives descriptors and hands them to
a fork of its own, of which some stand ready. Each is process 1 of fresh namespaces (processes, mounts, network, ipc,
host name) in a control group of its own, and has a child ready in its turn. When a job comes, process 1 mounts what
the job may see, both lose their privileges and submit to the filter, and they go on as ``harness`` and its child: from
there a job cannot tell how it was started. One such pair serves one job.

Messages on the control socket, whose descriptor is the first argument. To us: ``state``; ``spare``, have another pair
wait, with the descriptors of the doors of its control group; or ``job``, for the oldest pair, with the descriptors of
the birth socket, the job's standard input, output and error, the result channel, and a detached mount for each
folder. From us: a line of JSON, our state, after the imports and for each ``state``. On the birth socket: the same with
a descriptor of the process, or the reason of a failure. When the control socket closes, all ends.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, "/engine")

from evaluator.sandbox import harness, kernel
from evaluator.sandbox.rehearsal import make_room, refresh, rehearse

_FRESH = kernel.CLONE_NEWNS | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS | kernel.CLONE_NEWCGROUP
_CHANGE_USER = 1 << 6 | 1 << 7 | 1 << 8  # CAP_SETGID, CAP_SETUID, CAP_SETPCAP
_KILL = 1 << 5  # CAP_KILL
_FIXED = 4  # descriptors before the mounts, once the birth socket is used
_DESCRIPTORS = 253  # SCM_MAX_FD
_MESSAGE = 64
_REAP_MILLISECONDS = 1000
# Making a pair takes half of it, and ending one some ten: the time of a processor that the next jobs may need.
_CALM_MILLISECONDS = 100


@dataclass(frozen=True, slots=True)
class _Spare:
    """A fork that stands in namespaces of its own and waits for its job at the other end of ``cradle``."""

    process: int
    cradle: socket.socket


def main() -> None:
    harness.seclude()
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
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE, _DESCRIPTORS)
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
        return _CALM_MILLISECONDS if self._ready else 0

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
            _be_process_one(theirs, doors)
    finally:
        kernel.enter(own_numbers, kernel.CLONE_NEWPID)
    theirs.close()
    for door in doors:
        os.close(door)
    return _Spare(os.pidfd_open(child), ours)


def _be_process_one(cradle: socket.socket, doors: list[int]) -> NoReturn:
    code = 1
    try:
        trouble = _settle(doors)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = harness.bear(lambda claim, setup: _be_job(ours, theirs, claim, setup))
        theirs.close()
        _, descriptors, _, _ = socket.recv_fds(cradle, _MESSAGE, _DESCRIPTORS)
        *standard, channel = descriptors[:_FIXED]
        _take_streams(standard)
        if trouble is not None:
            raise trouble
        place = harness.read_place()
        _furnish(place, descriptors[_FIXED:])
        socket.send_fds(ours, [b"live"], standard)
        _confine(place, _KILL)
        os.dup2(channel, harness.CHANNEL)
        harness.follow(place, child, may_halt=True)
        os.closerange(0, 4096)  # all is said
        time.sleep(_CALM_MILLISECONDS / 1000)
        code = 0
    except BaseException as error:  # noqa: BLE001 (the fork must end here whatever went wrong)
        os.write(2, f"{type(error).__name__}: {error}"[:500].encode())
    finally:
        os._exit(code)


def _be_job(ours: socket.socket, theirs: socket.socket, claim: int, setup: int) -> NoReturn:
    """Waits for a job, having touched beforehand the memory that it is likely to use, and becomes it."""
    try:
        ours.close()
        refresh()
        _reseed()
        held = _data_bytes()
        make_room()
        message, descriptors, _, _ = socket.recv_fds(theirs, _MESSAGE, _DESCRIPTORS)
        if not message:
            os._exit(0)
        _take_streams(descriptors)
        job = harness.read_job()
        job["held_bytes"] = held
        _confine(job, _CHANGE_USER)
    except BaseException as error:  # noqa: BLE001 (as above)
        os.write(setup, f"{type(error).__name__}: {error}"[:500].encode())
        os._exit(70)
    harness.become_job(job, claim, setup, lingers=True)


def _take_streams(descriptors: list[int]) -> None:
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)


def _settle(doors: list[int]) -> OSError | None:
    """What does not depend on the job: its control group, namespaces, and the views that belong to them.

    The kernel may take ten milliseconds over the first, since it waits for whoever reads. What failed is told later.
    """
    try:
        for door in doors:
            os.write(door, b"0")  # whoever writes enters, and so will all who are born of it
            os.close(door)
        kernel.unshare(_FRESH)
        kernel.mount("", "/", kernel.MS_REC | kernel.MS_PRIVATE)
        kernel.mount("proc", "/proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
        terminals = "newinstance,ptmxmode=0666,mode=620"
        kernel.mount("devpts", "/dev/pts", kernel.MS_NOSUID | kernel.MS_NOEXEC, terminals)
    except OSError as error:
        return error
    return None


def _furnish(job: dict[str, Any], trees: list[int]) -> None:
    """The job's own view: over the interpreter's, which keeps the system, what is this job's alone."""
    quiet = kernel.MS_NOSUID | kernel.MS_NODEV
    for path, size in job["places"].items():
        kernel.mount("tmpfs", path, quiet, f"size={size},mode=1777")
    made: set[str] = set()
    for bind, tree in zip(job["binds"], trees, strict=True):
        _make_room(bind, made)
        kernel.attach_tree(tree, bind["target"])
    for top in made:
        kernel.mount("", top, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | quiet)
    if job["loopback"]:
        kernel.raise_loopback()


def _make_room(bind: dict[str, Any], made: set[str]) -> None:
    """A place to mount at. The first folder of every path is there; what lies below one is made in memory."""
    target = Path(bind["target"])
    top = f"/{target.parts[1]}"
    if target.exists():
        return
    if top not in made:
        kernel.mount("tmpfs", top, kernel.MS_NOSUID | kernel.MS_NODEV, "size=64k,mode=0755")
        made.add(top)
    target.parent.mkdir(parents=True, exist_ok=True)
    if bind["folder"]:
        target.mkdir()
    else:
        target.touch()


def _confine(place: dict[str, Any], kept: int) -> None:
    """Lose what it took to get here, but for the capabilities of the mask ``kept``, and submit to the filter."""
    if place["uid"] is None:
        ctypes.CDLL(None).prctl(harness.PR_SET_DUMPABLE, 1, 0, 0, 0)  # to write one's own map
        kernel.own_user_namespace()
        kept = 0
    harness.seclude()
    harness.forget_capabilities(kept)
    harness.hold_capabilities(kept)
    kernel.install_filter(bytes.fromhex(place["filter"]))


def _reseed() -> None:
    """The standard library's generator does this by itself."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _data_bytes() -> int:
    """What RLIMIT_DATA counts of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:"))


if __name__ == "__main__":
    main()
