"""A pair of forks of the warm interpreter that waits for a job: process 1 of its sandbox, and the job to be."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from evaluator.sandbox import kernel
from evaluator.sandbox.becoming import become_job
from evaluator.sandbox.descriptors import CHANNEL, read_job, read_place
from evaluator.sandbox.hearing import bear, follow
from evaluator.sandbox.privileges import forget_capabilities, hold_capabilities, open_up, seclude
from evaluator.sandbox.rehearsal import make_room, refresh

_FRESH = kernel.CLONE_NEWNS | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS | kernel.CLONE_NEWCGROUP
_CHANGE_USER = 1 << 6 | 1 << 7 | 1 << 8  # CAP_SETGID, CAP_SETUID, CAP_SETPCAP
_KILL = 1 << 5  # CAP_KILL
_FIXED = 4  # descriptors before the mounts
DESCRIPTORS = 253  # SCM_MAX_FD
MESSAGE = 64
# Making a pair takes half of it, and ending one some ten: the time of a processor that the next jobs may need.
CALM_MILLISECONDS = 100


def be_process_one(cradle: socket.socket, doors: list[int]) -> NoReturn:
    code = 1
    try:
        trouble = _settle(doors)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = bear(lambda claim, setup: _be_job(ours, theirs, claim, setup))
        theirs.close()
        _, descriptors, _, _ = socket.recv_fds(cradle, MESSAGE, DESCRIPTORS)
        *standard, channel = descriptors[:_FIXED]
        _take_streams(standard)
        if trouble is not None:
            raise trouble
        place = read_place()
        _furnish(place, descriptors[_FIXED:])
        socket.send_fds(ours, [b"live"], standard)
        _confine(place, _KILL)
        os.dup2(channel, CHANNEL)
        follow(place, child, may_halt=True)
        os.closerange(0, 4096)  # all is said
        time.sleep(CALM_MILLISECONDS / 1000)
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
        message, descriptors, _, _ = socket.recv_fds(theirs, MESSAGE, DESCRIPTORS)
        if not message:
            os._exit(0)
        _take_streams(descriptors)
        job = read_job()
        job["held_bytes"] = held
        _confine(job, _CHANGE_USER)
    except BaseException as error:  # noqa: BLE001 (as above)
        os.write(setup, f"{type(error).__name__}: {error}"[:500].encode())
        os._exit(70)
    become_job(job, claim, setup, lingers=True)


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
        open_up()  # to write one's own map
        kernel.own_user_namespace()
        kept = 0
    seclude()
    forget_capabilities(kept)
    hold_capabilities(kept)
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
