"""Which files stop a job of our readers: each is read by itself, and the one that stops it is named.

A document of a few kilobytes may unfold to gigabytes, or abort the library that draws it; the job dies with it, and
what it had read of the other files. Read one by one, those that live are told from those that do not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from evaluator.errors import SubmissionFault
from evaluator.facts.base import Fault

SECONDS_ALONE = 60.0
_SECONDS_IN_ALL = 300.0
_FILES = 200
_MEMORY = frozenset({"sandbox.memory", "sandbox.disk", "sandbox.output", "sandbox.result_too_large"})
_TIME = frozenset({"sandbox.timeout", "sandbox.cpu"})


def lost_among(paths: Sequence[str], read: Callable[[str, float], object]) -> dict[str, Fault]:
    """The faults, by path, of the files that stop ``read``, which takes a path and the seconds it may last.

    The nearest to the root come first, at most 200 of them. Once five minutes are spent, the files that are left count
    as lost too: none of them is known to be harmless.

    Raises:
        EngineFault: the platform's fault; nothing is known of the files.
    """
    lost: dict[str, Fault] = {}
    ends = time.monotonic() + _SECONDS_IN_ALL
    for path in sorted(paths, key=lambda path: (path.count("/"), path))[:_FILES]:
        seconds = min(SECONDS_ALONE, ends - time.monotonic())
        if seconds <= 0:
            lost[path] = _fault("file.not_reached", path)
            continue
        try:
            read(path, seconds)
        except SubmissionFault as stopped:
            lost[path] = _named(path, stopped)
    return lost


def _named(path: str, stopped: SubmissionFault) -> Fault:
    """What stopped the reading of one file, in words about the file and not about the candidate's code."""
    if stopped.code in _TIME:
        return _fault("file.too_slow", path, seconds=stopped.params.get("seconds"))
    if stopped.code in _MEMORY:
        return _fault("file.too_heavy", path)
    return _fault("file.stops_reader", path)


def _fault(code: str, path: str, **params: object) -> Mapping[str, object]:
    return {"code": code, "params": {"path": path, **params}}
