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
    top = source.resolve()
    for root, folders, files, descriptor in os.fwalk(top, onerror=_refuse, follow_symlinks=False):
        above = Path(root).relative_to(top).as_posix()
        prefix = "" if above == "." else f"{above}/"
        folders[:] = [
            name for name in sorted(folders) if _enter(paths.split(prefix + name, limits), Path(root) / name, writer)
        ]
        for name in sorted(files):
            _copy(paths.split(prefix + name, limits), name, descriptor, writer)


def _refuse(error: OSError) -> None:
    raise SubmissionFault("bundle.unreadable", path=paths.shown(Path(str(error.filename)).name)) from error


def _enter(parts: paths.Parts, folder: Path, writer: Writer) -> bool:
    """Make the folder, unless it is a link or one of the heavy ones."""
    skipped = paths.left_out(parts, is_folder=True)
    if skipped is not None or folder.is_symlink():
        writer.leave_out(skipped or "/".join(parts))
        return False
    writer.folder(parts)
    return True


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
