"""What an extractor sees of a bundle, and what it is.

Extractors run inside the sandbox. They import the standard library, the rest of ``evaluator`` and what the
default runtime holds, the heavy libraries lazily.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.limits import MB

Facts = Mapping[str, Any]
Fault = Mapping[str, Any]  # {"code", "params"}, as facts record what is wrong with a file

_PICTURE_WIDTH = 1600
_PICTURE_PIXELS = 100_000_000
_PIXELS_IN_ALL = 3_000_000_000  # a few minutes of decoding: what takes a few bytes to write takes us long to read
_PICTURE_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
# Pillow raises any of these for a picture that is none.
_BROKEN_PICTURE = (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, TypeError, KeyError,
                   IndexError, AttributeError, struct.error, zlib.error)  # fmt: skip
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of the bundle: ``path`` is posix and relative, ``size`` in bytes."""

    path: str
    size: int
    sha256: str


class Workspace:
    """The unpacked bundle, read through a door that follows no link and leaves no folder."""

    def __init__(
        self,
        root: Path,
        files: tuple[FileEntry, ...],
        attachments: Path | None = None,
        lost: Mapping[str, Fault] | None = None,
    ) -> None:
        """``lost`` are files that stopped who read them, by path: they are not opened again."""
        self.root = root
        self.files = files
        self._attachments = attachments
        self._lost = lost or {}
        self._pixels = _PIXELS_IN_ALL

    def read_bytes(self, path: str, limit: int = 50 * MB) -> bytes:
        """The content of ``path``.

        Raises:
            SubmissionFault: ``file.forbidden`` for a path outside the bundle or through a link,
                ``file.unreadable`` when it is not a readable regular file,
                ``file.too_large`` above ``limit`` bytes, and the fault of a file that was lost.
        """
        self.refuse_lost(path)
        target = self._resolve(path)
        try:
            descriptor = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise SubmissionFault("file.unreadable", path=path) from error
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SubmissionFault("file.unreadable", path=path)
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise SubmissionFault("file.too_large", path=path, limit=limit)
        return data

    def read_text(self, path: str) -> str:
        """The text of ``path``: UTF-8, then what its byte order mark says, UTF-16 without one, or Latin-1."""
        return decode(self.read_bytes(path))

    def refuse_lost(self, path: str) -> None:
        """Raises SubmissionFault, as recorded, for a file that stopped an earlier reading."""
        if path in self._lost:
            fault = self._lost[path]
            raise SubmissionFault(fault["code"], **fault["params"])

    def attach(self, data: bytes, media_type: str = "image/png") -> str | None:
        """Keep a picture as evidence, encoded again, at most 1600 px wide; its sha256, None when not sane."""
        if self._attachments is None or media_type not in _PICTURE_FORMATS:
            return None
        self._pixels -= _pixels(data)
        encoded = _encode_again(data, _PICTURE_FORMATS[media_type]) if self._pixels > 0 else None
        if encoded is None:
            return None
        digest = hashlib.sha256(encoded).hexdigest()
        target = self._attachments / digest
        if not target.exists():
            target.write_bytes(encoded)
        return digest

    def _resolve(self, path: str) -> Path:
        relative = PurePosixPath(path)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts or "\0" in path:
            raise SubmissionFault("file.forbidden", path=path)
        target = self.root
        for part in relative.parts:
            target = target / part
            if target.is_symlink():
                raise SubmissionFault("file.forbidden", path=path)
        return target


def _none(files: Sequence[FileEntry]) -> list[FileEntry]:
    return []


@dataclass(frozen=True, slots=True)
class Extractor:
    """Reads one kind of artifact. ``extract`` returns a JSON-able dict and never raises for one bad file.

    ``version`` rises whenever the same bytes would give other facts: it is part of the cache key. ``fragile`` tells,
    of the files of a bundle, those that it reads and one of which may stop it, limits and signals of a job included:
    compressed, or read in C. Once a job was stopped they are tried each in a job of its own (``evaluator.apart``).
    """

    name: str
    version: int
    extract: Callable[[Workspace], dict[str, Any]]
    fragile: Callable[[Sequence[FileEntry]], list[FileEntry]] = _none


def decode(data: bytes) -> str:
    """Text of unknown encoding, never failing."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
    zeros = data[:2000].count(0)
    if zeros and zeros * 3 > len(data[:2000]):
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le", errors="replace")
    return text


def _pixels(data: bytes) -> int:
    """What the header announces; 0 when there is none, for then nothing is decoded either."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=tuple(_PICTURE_FORMATS.values())) as picture:
            return min(int(picture.width * picture.height), _PICTURE_PIXELS)
    except (*_BROKEN_PICTURE, Image.DecompressionBombError):
        return 0


def _encode_again(data: bytes, picture_format: str) -> bytes | None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=tuple(_PICTURE_FORMATS.values())) as picture:
            if picture.width * picture.height > _PICTURE_PIXELS:
                return None
            picture.load()
            converted = picture.convert("RGB" if picture_format == "JPEG" else _png_mode(picture.mode))
            if converted.width > _PICTURE_WIDTH:
                height = max(1, round(converted.height * _PICTURE_WIDTH / converted.width))
                converted = converted.resize((_PICTURE_WIDTH, height))
            target = io.BytesIO()
            converted.save(target, picture_format)
            return target.getvalue()
    except (*_BROKEN_PICTURE, Image.DecompressionBombError):
        return None


def _png_mode(mode: str) -> str:
    return mode if mode in {"RGB", "RGBA", "L", "LA"} else "RGBA"
