"""Files by content in Django's storage, and their way to a local path for the engine."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

PIECE = 1024 * 1024


def sha256_of(stream: BinaryIO) -> str:
    """Digest of a stream, read by pieces of 1 MiB."""
    digest = hashlib.sha256()
    while piece := stream.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def keep_file(key: str, path: Path) -> None:
    """Store a local file under ``key`` unless the key, which names its content, is there already."""
    if not default_storage.exists(key):
        with path.open("rb") as stream:
            default_storage.save(key, File(stream))


def keep_bytes(key: str, content: bytes) -> None:
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(content))


def read_bytes(key: str) -> bytes:
    with default_storage.open(key, "rb") as stream:
        return bytes(stream.read())


@contextmanager
def local_path(key: str) -> Iterator[Path]:
    """A path to the stored file: the file itself on a local storage, else a copy that lives for the block."""
    try:
        yield Path(default_storage.path(key))
    except NotImplementedError:
        with tempfile.NamedTemporaryFile() as copy, default_storage.open(key, "rb") as stream:
            for piece in stream.chunks(PIECE):
                copy.write(piece)
            copy.flush()
            yield Path(copy.name)
