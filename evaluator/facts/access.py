"""What several extractors share: which files are the candidate's own, and how a large one is read piece by piece."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from evaluator.errors import SubmissionFault
from evaluator.facts.base import FileEntry, Workspace

_NOT_OWN = frozenset({".git", "site-packages", "node_modules", ".venv", "venv", "__pycache__", ".ipynb_checkpoints"})


def own_files(workspace: Workspace) -> Iterator[FileEntry]:
    """The files outside version control, environments and caches, in the order of the manifest."""
    return own(workspace.files)


def own(files: Iterable[FileEntry]) -> Iterator[FileEntry]:
    """Those of ``files`` that are outside version control, environments and caches."""
    for entry in files:
        if not _NOT_OWN.intersection(PurePosixPath(entry.path).parts[:-1]):
            yield entry


def open_file(workspace: Workspace, path: str) -> BinaryIO:
    """The file ``path`` of the bundle, open for reading; the caller closes it.

    Raises:
        SubmissionFault: ``file.forbidden`` outside the bundle or through a link, ``file.unreadable`` when it is
            not a regular file that can be read, and the fault of a file that was lost.
    """
    workspace.refuse_lost(path)
    relative = PurePosixPath(path)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts or "\0" in path:
        raise SubmissionFault("file.forbidden", path=path)
    target = workspace.root
    for part in relative.parts:
        target = target / part
        if target.is_symlink():
            raise SubmissionFault("file.forbidden", path=path)
    try:
        descriptor = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SubmissionFault("file.unreadable", path=path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SubmissionFault("file.unreadable", path=path)
    return os.fdopen(descriptor, "rb")


def fault(code: str, **params: Any) -> dict[str, Any]:
    """An error as facts record it."""
    return {"code": code, "params": params}


def recorded(error: SubmissionFault) -> dict[str, Any]:
    return fault(error.code, **error.params)
