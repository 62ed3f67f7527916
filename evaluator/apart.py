"""Facts read together; what a job was stopped over is read apart: each extractor alone, then without certain files.

A document of a few kilobytes may unfold to gigabytes, abort the library that draws it or keep it busy for hours; the
job dies with it, and what it had read of everything else. All of it ends within one time, and a file for which there
was none left is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from evaluator import facts as static
from evaluator.clock import Clock
from evaluator.errors import EvaluatorError, SubmissionFault, Unread
from evaluator.facts.base import Fault, FileEntry

TIME = frozenset({"sandbox.timeout", "sandbox.cpu"})
LEAST = 2.0  # seconds below which no job is worth its start
_NAMED = 10
_MEMORY = frozenset({"sandbox.memory", "sandbox.disk", "sandbox.output", "sandbox.result_too_large"})

Read = Callable[[Sequence[str], Mapping[str, Fault], float], object]
Try = Callable[[str, FileEntry, float], object]


class Reading:
    """Reads what extractors tell of ``files`` while ``clock`` runs, and remembers which files stop them.

    ``read`` is one job that reads extractors by name, given the files to leave closed and the seconds it may last;
    ``try_one`` is one that reads a single file, for nothing but its end. Both raise SubmissionFault and EngineFault.
    """

    def __init__(self, files: Sequence[FileEntry], read: Read, try_one: Try, clock: Clock) -> None:
        self._files = files
        self._read = read
        self._try = try_one
        self._clock = clock
        self._lost: dict[str, Fault] = {}

    def read(self, names: Sequence[str]) -> dict[str, EvaluatorError]:
        """Read the extractors ``names``; why those that cannot be had cannot.

        All together take a third of the time that is left at most. Once that fails, each is read by itself, first
        those that no single file stops; each may take an equal part of what the others leave.
        """
        if len(names) > 1 and self._fault(names, self._clock.share(3)) is None:
            return {}
        fragile = {name: static.BY_NAME[name].fragile(self._files) for name in names}
        faults = {}
        for name in sorted(names, key=lambda name: bool(fragile[name])):
            files = fragile.pop(name)
            seconds = self._clock.share(1 + sum(map(bool, fragile.values())))
            fault = self._apart(name, files, Clock(seconds)) if files else self._fault([name], seconds)
            if fault is not None:
                faults[name] = self._told(name, files, fault)
        return faults

    def _apart(self, name: str, files: Sequence[FileEntry], clock: Clock) -> EvaluatorError | None:
        """Read one extractor; unless that can be done at once, without those of ``files`` that stop it."""
        fault = self._fault([name], clock.share(2), self._lost_of(files))
        if not isinstance(fault, SubmissionFault):
            return fault
        unknown = {entry.path: entry for entry in files if entry.path not in self._lost}
        try:
            found = lost_among(
                unknown, lambda path, seconds: self._try(name, unknown[path], seconds), Clock(clock.share(2))
            )
        except EvaluatorError as ours:
            return ours
        self._lost |= found
        return self._fault([name], clock.share(), self._lost_of(files)) if found else fault

    def _fault(
        self, names: Sequence[str], seconds: float, lost: Mapping[str, Fault] | None = None
    ) -> EvaluatorError | None:
        """Read ``names`` in one job, which has two seconds at least; what stopped it."""
        try:
            self._read(names, lost or {}, max(LEAST, seconds))
        except EvaluatorError as fault:
            return fault
        return None

    def _lost_of(self, files: Iterable[FileEntry]) -> dict[str, Fault]:
        return {entry.path: self._lost[entry.path] for entry in files if entry.path in self._lost}

    def _told(self, name: str, files: Iterable[FileEntry], fault: EvaluatorError) -> EvaluatorError:
        """What is told of an extractor: for want of time, nobody is at fault."""
        if fault.code not in TIME:
            return fault
        paths = [*self._lost_of(files)][:_NAMED]
        if paths:
            return Unread("facts.files_not_reached", name=name, paths=paths)
        return Unread("facts.not_reached", name=name)


def lost_among(paths: Iterable[str], read: Callable[[str, float], object], clock: Clock) -> dict[str, Fault]:
    """The faults, by path, of the files that stop ``read``, which takes a path and the seconds it may last.

    The nearest to the root come first, each with half of the time that is left: one that hangs leaves some to the
    others. Those for which none is left count as lost too: none of them is known to be harmless.

    Raises:
        EngineFault: the platform's fault; nothing is known of the files.
    """
    lost: dict[str, Fault] = {}
    for path in sorted(paths, key=lambda path: (path.count("/"), path)):
        seconds = clock.share(2)
        if seconds < LEAST:
            lost[path] = _fault("file.not_reached", path)
            continue
        try:
            read(path, seconds)
        except SubmissionFault as stopped:
            lost[path] = _named(path, stopped, seconds)
    return lost


def _named(path: str, stopped: SubmissionFault, seconds: float) -> Fault:
    """What stopped the reading of one file, in words about the file and not about the candidate's code."""
    if stopped.code in TIME:
        return _fault("file.too_slow", path, seconds=round(seconds))
    if stopped.code in _MEMORY:
        return _fault("file.too_heavy", path)
    return _fault("file.stops_reader", path)


def _fault(code: str, path: str, **params: object) -> Mapping[str, object]:
    return {"code": code, "params": {"path": path, **params}}
