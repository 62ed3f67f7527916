"""A folder, usually a git work tree with its history: plain files copied, nothing followed, nothing run."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from evaluator.bundle import paths
from evaluator.bundle.streams import CHUNK
from evaluator.bundle.writer import Writer
from evaluator.errors import SubmissionFault


def unpack(source: Path, writer: Writer) -> None:
    """Copy the regular files of ``source``; links, devices and heavy folders are named as left out.

    Raises:
        SubmissionFault: any limit or name refused, ``bundle.unreadable`` for a file that we may not read.
    """
    limits = writer.budget.limits
    for root, folders, files, descriptor in os.fwalk(source, follow_symlinks=False):
        above = Path(root).relative_to(source).as_posix()
        prefix = "" if above == "." else f"{above}/"
        kept = []
        for name in sorted(folders):
            parts = paths.split(prefix + name, limits)
            skipped = paths.left_out(parts, is_folder=True)
            if skipped is None and not (Path(root) / name).is_symlink():
                writer.folder(parts)
                kept.append(name)
            else:
                writer.leave_out(skipped or "/".join(parts))
        folders[:] = kept
        for name in sorted(files):
            _copy(paths.split(prefix + name, limits), name, descriptor, writer)


def _copy(parts: paths.Parts, name: str, folder: int, writer: Writer) -> None:
    path = "/".join(parts)
    if paths.left_out(parts, is_folder=False) or not stat.S_ISREG(os.lstat(name, dir_fd=folder).st_mode):
        writer.leave_out(path)
        return
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        raise SubmissionFault("bundle.unreadable", path=path) from error
    try:
        writer.budget.declared(path, os.fstat(descriptor).st_size)
        writer.file(parts, _pieces(descriptor))
    finally:
        os.close(descriptor)


def _pieces(descriptor: int) -> Iterator[bytes]:
    while piece := os.read(descriptor, CHUNK):
        yield piece
