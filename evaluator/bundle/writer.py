"""Writing members into the new folder, within limits counted on what is really read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluator.bundle import paths
from evaluator.errors import EngineFault, SubmissionFault
from evaluator.facts.base import FileEntry
from evaluator.limits import MB, BundleLimits

_FILE_MODE = 0o644
_FOLDER_MODE = 0o755
_LEFT_OUT_NAMED = 500


class Budget:
    """What an archive may still use. Declared sizes only serve to refuse earlier.

    ``packed`` is the size of the archive in bytes, None for a folder, which has no ratio.
    """

    def __init__(self, limits: BundleLimits, packed: int | None) -> None:
        self.limits = limits
        self._packed = packed
        self._entries = 0
        self._bytes = 0
        self._streamed = 0

    def entry(self) -> None:
        """Count one file or folder; raises ``bundle.too_many_files``."""
        self._entries += 1
        if self._entries > self.limits.files:
            raise SubmissionFault("bundle.too_many_files", limit=self.limits.files)

    def declared(self, path: str, size: int) -> None:
        """Refuse a file by the size it announces; raises ``bundle.file_too_large``."""
        if size > self.limits.file_bytes:
            raise SubmissionFault("bundle.file_too_large", path=path, limit=_in_mb(self.limits.file_bytes))

    def take(self, path: str, chunk: int, so_far: int) -> None:
        """Count ``chunk`` bytes more of a file which then has ``so_far`` of them.

        Raises:
            SubmissionFault: ``bundle.file_too_large``, ``bundle.ratio``, ``bundle.too_large``.
        """
        self.declared(path, so_far)
        self._bytes += chunk
        self._bounded(path, self._bytes, self.limits.total_bytes)

    def stream(self, path: str, chunk: int) -> None:
        """Count ``chunk`` bytes out of a compressed stream, whether they end in a file or not."""
        self._streamed += chunk
        headers = 4096 * self.limits.files
        self._bounded(path, self._streamed, self.limits.total_bytes + headers)

    def _bounded(self, path: str, amount: int, total: int) -> None:
        limits = self.limits
        if self._packed is not None and amount > max(limits.ratio_floor, limits.ratio * self._packed):
            raise SubmissionFault("bundle.ratio", path=path, limit=limits.ratio)
        if amount > total:
            raise SubmissionFault("bundle.too_large", path=path, limit=_in_mb(limits.total_bytes))


class Writer:
    """Fills ``root``, a new private folder, with plain files and folders of ordinary modes and nothing else."""

    def __init__(self, root: Path, budget: Budget) -> None:
        self.root = root
        self.budget = budget
        self.files: list[FileEntry] = []
        self._names = paths.Names()
        self._left_out: dict[str, None] = {}

    @property
    def left_out(self) -> tuple[str, ...]:
        return tuple(self._left_out)

    def leave_out(self, path: str) -> None:
        """Remember that ``path`` was seen and not taken; the first 500 are named."""
        if len(self._left_out) < _LEFT_OUT_NAMED:
            self._left_out[path] = None

    def folder(self, parts: paths.Parts) -> None:
        """Make a folder; saying it twice is fine."""
        self._make(self._names.folder(parts))

    def file(self, parts: paths.Parts, chunks: Iterable[bytes]) -> FileEntry:
        """Write a new file.

        Raises:
            SubmissionFault: the name is taken, or a limit is passed.
            EngineFault: ``bundle.not_written``, our disk refused.
        """
        self.budget.entry()
        self._make(self._names.file(parts))
        path = "/".join(parts)
        digest, size = hashlib.sha256(), 0
        with _our_disk(path), (self.root / path).open("xb", buffering=0) as target:
            os.fchmod(target.fileno(), _FILE_MODE)
            for chunk in chunks:
                size += len(chunk)
                self.budget.take(path, len(chunk), size)
                digest.update(chunk)
                _write_all(target.fileno(), chunk)
        entry = FileEntry(path, size, digest.hexdigest())
        self.files.append(entry)
        return entry

    def _make(self, folders: list[str]) -> None:
        for path in folders:
            self.budget.entry()
            with _our_disk(path):
                (self.root / path).mkdir()
                (self.root / path).chmod(_FOLDER_MODE)


@contextmanager
def _our_disk(path: str) -> Iterator[None]:
    """Turns a refusal of our disk into a fault of the platform."""
    try:
        yield
    except OSError as error:
        raise EngineFault("bundle.not_written", path=path, reason=error.strerror) from error


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


def _in_mb(size: int) -> int:
    return max(1, size // MB)
