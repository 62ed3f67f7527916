"""A bounded stream of bytes, whatever the compression around it."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import lzma
import zlib
from typing import BinaryIO, Protocol, cast

from evaluator.limits import GB, MB

LIMIT = 2 * GB
_PIECE = 1 * MB
_LONGEST = 64 * MB
_BROKEN = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, MemoryError)

MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"]\x00\x00", "lzma"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x78\x01", "zlib"),
    (b"\x78\x5e", "zlib"),
    (b"\x78\x9c", "zlib"),
    (b"\x78\xda", "zlib"),
)


class SourceError(Exception):
    """The bytes end too early, cannot be decompressed, or are too many. ``code`` names which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def readline(self, size: int, /) -> bytes: ...


class Source:
    """Reads ``stream`` up to ``limit`` bytes in all; a short read is an error, so that nobody forgets to look."""

    def __init__(self, stream: Readable, limit: int = LIMIT) -> None:
        self._stream = stream
        self._left = limit

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes. Raises SourceError ``model.truncated``, ``model.too_large``, ``model.corrupt``."""
        if not 0 <= size <= _LONGEST:
            raise SourceError("model.too_large" if size > 0 else "model.corrupt")
        data = self._take(size)
        if len(data) < size:
            raise SourceError("model.truncated")
        return data

    def readline(self) -> bytes:
        """Up to and with the next line feed, at most 64 MB. Raises as ``read``."""
        try:
            data = self._stream.readline(_LONGEST)
        except _BROKEN as error:
            raise SourceError("model.corrupt") from error
        self._spend(len(data))
        if not data.endswith(b"\n"):
            raise SourceError("model.truncated")
        return data

    def next_byte(self) -> bytes:
        """One byte, or nothing at the end."""
        return self._take(1)

    def skip(self, size: int) -> None:
        """Leave ``size`` bytes out. Raises as ``read``."""
        if size < 0:
            raise SourceError("model.corrupt")
        if size > self._left:
            raise SourceError("model.too_large")
        while size:
            piece = self._take(min(size, _PIECE))
            if not piece:
                raise SourceError("model.truncated")
            size -= len(piece)

    def _take(self, size: int) -> bytes:
        try:
            data = self._stream.read(size)
        except _BROKEN as error:
            raise SourceError("model.corrupt") from error
        self._spend(len(data))
        return data

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise SourceError("model.too_large")


class _Zlib(io.RawIOBase):
    """A raw zlib stream, decompressed piece by piece: what joblib writes by default when it compresses."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decompressor = zlib.decompressobj()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._decompressor.eof:
            packed = self._decompressor.unconsumed_tail or self._stream.read(_PIECE)
            data = self._decompressor.decompress(packed, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
            if not packed:
                raise EOFError
        return 0


def compression_of(head: bytes) -> str | None:
    """The compression that the first bytes announce."""
    return next((name for magic, name in MAGIC if head.startswith(magic)), None)


def opened(stream: BinaryIO, compression: str | None, limit: int = LIMIT) -> Source:
    """The content of ``stream``, from where it stands, decompressed.

    Raises:
        SourceError: ``model.compression_unsupported`` when lz4 is not installed.
    """
    if compression == "zlib":
        return Source(io.BufferedReader(cast("io.RawIOBase", _Zlib(stream)), _PIECE), limit)
    if compression == "gzip":
        return Source(gzip.GzipFile(fileobj=stream, mode="rb"), limit)
    if compression == "bz2":
        return Source(bz2.BZ2File(stream), limit)
    if compression in {"xz", "lzma"}:
        return Source(lzma.LZMAFile(stream), limit)
    if compression == "lz4":
        return Source(_lz4(stream), limit)
    return Source(stream, limit)


def _lz4(stream: BinaryIO) -> Readable:
    try:
        frame = importlib.import_module("lz4.frame")
    except ImportError as error:
        raise SourceError("model.compression_unsupported") from error
    return cast("Readable", frame.LZ4FrameFile(stream, mode="rb"))
