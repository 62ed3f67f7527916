"""Compressed bytes read forwards, a bounded piece at a time."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from evaluator.errors import SubmissionFault
from evaluator.limits import KB, MB

CHUNK = 256 * KB
_XZ_MEMORY = 128 * MB  # ``xz -9`` needs 65 MB; a header may ask for 4 GB
_MEMBERS = 100_000  # streams one after the other in one file, as parallel compressors write


class Decoder(Protocol):
    """The interface of ``bz2.BZ2Decompressor``."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Inflater:
    """zlib under the interface of the other two. ``wbits``: 31 for gzip, -15 for the bare stream of a zip."""

    def __init__(self, wbits: int) -> None:
        self._zlib = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.eof and not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gz": lambda: Inflater(31),
    "bz2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY),
}


class Section:
    """``length`` bytes of ``file`` from ``offset``; the file's own position is not relied upon."""

    def __init__(self, file: BinaryIO, offset: int, length: int) -> None:
        self._file = file
        self._offset = offset
        self._left = length

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, none at the end of the section or of the file."""
        self._file.seek(self._offset)
        data = self._file.read(min(size, self._left))
        self._offset += len(data)
        self._left -= len(data)
        return data


def decompressed(section: Section, decoder: Decoder, label: str) -> Iterator[bytes]:
    """The content of one compressed stream which fills ``section`` exactly, in pieces of at most ``CHUNK`` bytes.

    Raises:
        SubmissionFault: ``bundle.truncated``, ``bundle.corrupt``, naming ``label``.
    """
    while not decoder.eof:
        hungry = decoder.needs_input
        data = section.read(CHUNK) if hungry else b""
        piece = decode(decoder, data, label)
        if piece:
            yield piece
        elif hungry and not data and not decoder.eof:
            raise SubmissionFault("bundle.truncated", path=label)
    if decoder.unused_data or section.read(1):
        raise SubmissionFault("bundle.corrupt", path=label)


def stored(section: Section) -> Iterator[bytes]:
    """The bytes of ``section`` as they are."""
    while data := section.read(CHUNK):
        yield data


class Stream:
    """A whole compressed file as one run of bytes: members one after the other, zeros between and after them."""

    def __init__(self, section: Section, new_decoder: Callable[[], Decoder], label: str) -> None:
        self.label = label
        self._section = section
        self._new_decoder = new_decoder
        self._decoder = new_decoder()
        self._pending = b""
        self._members = 1

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, none at the end.

        Raises:
            SubmissionFault: ``bundle.truncated``, ``bundle.corrupt``, ``bundle.unsupported_compression``.
        """
        while not self._decoder.eof or self._next_member():
            hungry = self._decoder.needs_input
            data = self._input() if hungry else b""
            piece = decode(self._decoder, data, self.label, size)
            if piece:
                return piece
            if hungry and not data and not self._decoder.eof:
                raise SubmissionFault("bundle.truncated", path=self.label)
        return b""

    def _input(self) -> bytes:
        data, self._pending = self._pending or self._section.read(CHUNK), b""
        return data

    def _next_member(self) -> bool:
        rest = (self._decoder.unused_data + self._pending).lstrip(b"\0")
        while not rest and (data := self._section.read(CHUNK)):
            rest = data.lstrip(b"\0")
        if not rest:
            return False
        self._members += 1
        if self._members > _MEMBERS:
            raise SubmissionFault("bundle.corrupt", path=self.label)
        self._decoder, self._pending = self._new_decoder(), rest
        return True


def decode(decoder: Decoder, data: bytes, label: str, size: int = CHUNK) -> bytes:
    """One step of ``decoder``, its complaints translated into faults that name ``label``."""
    try:
        return decoder.decompress(data, size)
    except lzma.LZMAError as error:
        too_greedy = "memory" in str(error).lower()
        code = "bundle.unsupported_compression" if too_greedy else "bundle.corrupt"
        raise SubmissionFault(code, path=label, method="xz") from error
    except (zlib.error, OSError, EOFError, ValueError) as error:
        raise SubmissionFault("bundle.corrupt", path=label) from error
