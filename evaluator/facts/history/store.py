"""Objects of a git repository by their name: loose ones, and those of version 2 packs with their deltas.

Formats: gitformat-pack and gitrepository-layout of the Git manual. Alternates are ignored, links are not followed.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from evaluator.facts.history.deltas import OBJECT_BYTES, distance, entry_header, patched
from evaluator.facts.history.errors import GitError
from evaluator.limits import MB

ID_LENGTH = 20
_CHAIN = 200
_PACKED = 1 * MB
_INDEX_MAGIC = b"\xfftOc\x00\x00\x00\x02"
_FANOUT = 8
_NAMES = _FANOUT + 256 * 4
_KINDS = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}
_OFFSET_DELTA, _REFERENCE_DELTA = 6, 7
_LARGE = 0x80000000

Open = Callable[[str], BinaryIO | None]
"""Opens a file inside the repository by its relative path; None when it is not there."""


@dataclass(frozen=True, slots=True)
class GitObject:
    kind: bytes
    data: bytes


class Store:
    """``read`` gives objects by name. ``packs`` are the paths of the packs without their extension."""

    def __init__(self, open_file: Open, packs: list[str]) -> None:
        self._open = open_file
        self._packs = [_Pack(open_file, path) for path in packs]

    def read(self, name: str) -> GitObject:
        """Raises GitError: ``git.object_missing``, ``git.object_corrupt``, ``git.object_too_large``."""
        found = self._find(name, 0)
        header = found.kind + b" %d\x00" % len(found.data)
        if hashlib.sha1(header + found.data, usedforsecurity=False).hexdigest() != name:
            raise GitError("git.object_corrupt", object=name)
        return found

    def close(self) -> None:
        for pack in self._packs:
            pack.close()

    def _find(self, name: str, depth: int) -> GitObject:
        if depth > _CHAIN:
            raise GitError("git.object_corrupt", object=name)
        loose = self._loose(name)
        if loose:
            return loose
        for pack in self._packs:
            offset = pack.offset(name)
            if offset is not None:
                return pack.read(offset, lambda base: self._find(base, depth + 1))
        raise GitError("git.object_missing", object=name)

    def _loose(self, name: str) -> GitObject | None:
        stream = self._open(f"objects/{name[:2]}/{name[2:]}")
        if stream is None:
            return None
        with stream:
            packed = stream.read(OBJECT_BYTES)
        data = _inflated(packed, OBJECT_BYTES)
        header, separator, content = data.partition(b"\0")
        kind, _, size = header.partition(b" ")
        if not separator or not size.isdigit() or len(size) > 12 or int(size) != len(content):
            raise GitError("git.object_corrupt", object=name)
        return GitObject(kind, content)


class _Pack:
    """One pack and its index, read in place."""

    def __init__(self, open_file: Open, path: str) -> None:
        self._open = open_file
        self._path = path
        self._index: BinaryIO | None = None
        self._data: BinaryIO | None = None
        self._count = 0

    def offset(self, name: str) -> int | None:
        """Where the object stands in the pack, by bisection of the index; None when it is not in it."""
        wanted = bytes.fromhex(name)
        index = self._opened_index()
        first = wanted[0]
        low = self._number(index, _FANOUT + (first - 1) * 4) if first else 0
        high = self._number(index, _FANOUT + first * 4)
        while low < high:
            middle = (low + high) // 2
            found = _at(index, _NAMES + middle * ID_LENGTH, ID_LENGTH)
            if found == wanted:
                return self._offset_at(index, middle)
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return None

    def read(self, offset: int, by_name: Callable[[str], GitObject]) -> GitObject:
        """The object at ``offset``, its deltas applied."""
        deltas: list[bytes] = []
        while True:
            kind, size, offset_of_data, base = self._entry(offset)
            data = self._inflate_at(offset_of_data, size)
            if kind in _KINDS:
                found = GitObject(_KINDS[kind], data)
                break
            deltas.append(data)
            if len(deltas) > _CHAIN:
                raise GitError("git.object_corrupt", object=self._path)
            if isinstance(base, str):
                found = by_name(base)
                break
            offset = base
        result = found.data
        for delta in reversed(deltas):
            result = patched(result, delta)
        return GitObject(found.kind, result)

    def _entry(self, offset: int) -> tuple[int, int, int, int | str]:
        """Kind, size, where the compressed bytes start, and the base of a delta (an offset or a name)."""
        head = _some(self._opened_data(), offset, 64)
        kind, size, position = entry_header(head)
        if kind == _OFFSET_DELTA:
            back, position = distance(head, position)
            if not 0 < back < offset:
                raise GitError("git.object_corrupt", object=self._path)
            return kind, size, offset + position, offset - back
        if kind == _REFERENCE_DELTA:
            base = head[position : position + ID_LENGTH]
            if len(base) < ID_LENGTH:
                raise GitError("git.object_corrupt", object=self._path)
            return kind, size, offset + position + ID_LENGTH, base.hex()
        if kind not in _KINDS:
            raise GitError("git.object_corrupt", object=self._path)
        return kind, size, offset + position, 0

    def _inflate_at(self, offset: int, size: int) -> bytes:
        if size > OBJECT_BYTES:
            raise GitError("git.object_too_large", object=self._path)
        stream = self._opened_data()
        stream.seek(offset)
        decompressor = zlib.decompressobj()
        gathered = b""
        try:
            while not decompressor.eof and len(gathered) <= size:
                packed = decompressor.unconsumed_tail or stream.read(min(_PACKED, size + 1024))
                if not packed:
                    break
                gathered += decompressor.decompress(packed, size + 1 - len(gathered))
        except zlib.error as error:
            raise GitError("git.object_corrupt", object=self._path) from error
        if len(gathered) != size:
            raise GitError("git.object_corrupt", object=self._path)
        return gathered

    def _offset_at(self, index: BinaryIO, position: int) -> int:
        offsets = _NAMES + self._count * (ID_LENGTH + 4)
        offset = self._number(index, offsets + position * 4)
        if not offset & _LARGE:
            return offset
        large = offsets + self._count * 4 + (offset ^ _LARGE) * 8
        (far,) = struct.unpack(">Q", _at(index, large, 8))
        if far >= 1 << 62:
            raise GitError("git.object_corrupt", object=self._path)
        return int(far)

    def _number(self, index: BinaryIO, position: int) -> int:
        (number,) = struct.unpack(">I", _at(index, position, 4))
        return int(number)

    def _opened_index(self) -> BinaryIO:
        if self._index is None:
            stream = self._open(f"{self._path}.idx")
            if stream is None or stream.read(8) != _INDEX_MAGIC:
                raise GitError("git.pack_unsupported", path=self._path)
            self._index = stream
            self._count = self._number(stream, _FANOUT + 255 * 4)
        return self._index

    def _opened_data(self) -> BinaryIO:
        if self._data is None:
            stream = self._open(f"{self._path}.pack")
            if stream is None or stream.read(4) != b"PACK":
                raise GitError("git.pack_unsupported", path=self._path)
            self._data = stream
        return self._data

    def close(self) -> None:
        for stream in (self._index, self._data):
            if stream is not None:
                stream.close()


def _some(stream: BinaryIO, offset: int, size: int) -> bytes:
    stream.seek(offset)
    return stream.read(size)


def _at(stream: BinaryIO, offset: int, size: int) -> bytes:
    data = _some(stream, offset, size)
    if len(data) < size:
        raise GitError("git.object_corrupt", object="index")
    return data


def _inflated(packed: bytes, limit: int) -> bytes:
    decompressor = zlib.decompressobj()
    try:
        data = decompressor.decompress(packed, limit)
    except zlib.error as error:
        raise GitError("git.object_corrupt", object="loose") from error
    if not decompressor.eof:
        raise GitError("git.object_too_large" if len(data) >= limit else "git.object_corrupt", object="loose")
    return data
