"""Safe unpacking of what a candidate hands in: an archive recognised by its content, or a folder.

Runs inside the sandbox under the runtime's Python, with the standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from evaluator.bundle import folders, paths, streams, tars, zips
from evaluator.bundle.manifest import Manifest, digest_of
from evaluator.bundle.recognise import HEAD, Kind, kind_of
from evaluator.bundle.writer import Budget, Writer
from evaluator.errors import SubmissionFault
from evaluator.limits import MB, BundleLimits

__all__ = ["Manifest", "unpack"]


def unpack(source: Path, destination: Path, limits: BundleLimits) -> Manifest:
    """Unpack ``source`` into the new folder ``destination`` (absent, or an empty folder that is replaced).

    All or nothing: work is done in a hidden sibling of ``destination``, renamed at the end. Memory stays at a few
    megabytes whatever the size of the archive.

    Raises:
        SubmissionFault: a ``bundle.*`` code; ``destination`` is untouched.
        EngineFault: ``bundle.not_written``, our disk refused.
        ValueError: ``destination`` holds something already.
    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise ValueError(f"{destination} is taken")
    with _workshop(destination) as workshop:
        if source.is_dir():
            writer = _new_writer(workshop / "folder", Budget(limits, packed=None))
            folders.unpack(source, writer)
            sha256 = None
        else:
            writer, sha256 = _unpack_archive(source, workshop, limits)
        if not writer.files:
            raise SubmissionFault("bundle.empty", path=paths.shown(source.name))
        files = tuple(sorted(writer.files, key=lambda entry: entry.path))
        writer.root.chmod(0o755)
        writer.root.rename(destination)
    return Manifest(sha256 or digest_of(files), files, sum(entry.size for entry in files), writer.left_out)


def _unpack_archive(source: Path, workshop: Path, limits: BundleLimits) -> tuple[Writer, str]:
    label = paths.shown(source.name)
    with source.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > limits.archive_bytes:
            raise SubmissionFault("bundle.archive_too_large", path=label, limit=limits.archive_bytes // MB)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        budget = Budget(limits, packed=size)
        writer = _new_writer(workshop / "outer", budget)
        _read(file, size, label, writer)
    inner = _only_zip(writer)
    if inner is None:
        return writer, sha256
    inside = _new_writer(workshop / "inner", budget)
    for path in writer.left_out:
        inside.leave_out(path)
    with inner.open("rb") as file:
        _read(file, inner.stat().st_size, paths.shown(inner.name), inside)
    return inside, sha256


def _read(file: BinaryIO, size: int, label: str, writer: Writer) -> None:
    file.seek(0)
    kind = kind_of(file.read(HEAD), label)
    section = streams.Section(file, 0, size)
    if kind is Kind.ZIP:
        zips.unpack(file, size, label, writer)
    elif kind is Kind.TAR:
        tars.unpack(tars.PlainSource(section, label), writer)
    else:
        tars.unpack(streams.Stream(section, streams.DECODERS[kind], label), writer)


def _only_zip(writer: Writer) -> Path | None:
    """The zip which is alone in the archive: people put their deliverables in a zip, and that zip in another.

    One level only; its name must say zip, for a document or a model file may be a zip too.
    """
    if len(writer.files) != 1 or not writer.files[0].path.lower().endswith(".zip"):
        return None
    return writer.root / writer.files[0].path


def _new_writer(root: Path, budget: Budget) -> Writer:
    root.mkdir()
    return Writer(root, budget)


@contextmanager
def _workshop(destination: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=".unpack-", dir=destination.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
