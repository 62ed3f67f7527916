"""The central directory of a zip, read one entry at a time (APPNOTE 4.3.12 to 4.3.16)."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from evaluator.bundle import paths
from evaluator.errors import SubmissionFault
from evaluator.limits import KB, MB, BundleLimits

_END = struct.Struct("<4s4H2LH")  # 4.3.16
_END_SIGNATURE = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sLQL")  # 4.3.15
_LOCATOR_SIGNATURE = b"PK\x06\x07"
_END64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14
_END64_SIGNATURE = b"PK\x06\x06"
_ENTRY = struct.Struct("<4s6H3L5H2L")  # 4.3.12
_ENTRY_SIGNATURE = b"PK\x01\x02"
_COMMENT_MAX = 64 * KB
_ENTRY_AVERAGE = 512  # bytes of directory granted for each file allowed
_UTF8 = 0x800
_ZIP64_EXTRA, _UNICODE_NAME_EXTRA = 0x0001, 0x7075
_IN_EXTRA32, _IN_EXTRA16 = 0xFFFFFFFF, 0xFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the directory. ``packed`` and ``size`` in bytes, ``offset`` of its local header."""

    raw_name: bytes
    name: str
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    offset: int
    mode: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/") or stat.S_ISDIR(self.mode)


@dataclass(frozen=True, slots=True)
class _Directory:
    offset: int
    size: int
    entries: int


def read_members(file: BinaryIO, size: int, label: str, limits: BundleLimits) -> Iterator[tuple[Member, int]]:
    """Every member with the offset of the directory, where the data of all members must have ended.

    Raises:
        SubmissionFault: ``bundle.truncated``, ``bundle.corrupt``, ``bundle.multi_disk``,
            ``bundle.too_many_files``, ``bundle.name_invalid``.
    """
    directory = _find(file, size, label)
    if directory.size > _ENTRY_AVERAGE * limits.files + MB:
        raise SubmissionFault("bundle.too_many_files", limit=limits.files)
    position, end, seen = directory.offset, directory.offset + directory.size, 0
    while position < end:
        member, length = _entry(file, position, label)
        position += length
        seen += 1
        yield member, directory.offset
    if position != end or seen != directory.entries:
        raise SubmissionFault("bundle.corrupt", path=label)


def _find(file: BinaryIO, size: int, label: str) -> _Directory:
    start = max(0, size - _COMMENT_MAX - _END.size)
    file.seek(start)
    tail = file.read(size - start)
    found = tail.rfind(_END_SIGNATURE)
    if found < 0 or len(tail) - found < _END.size:
        raise SubmissionFault("bundle.truncated", path=label)
    record = _END.unpack_from(tail, found)
    _, disk, first_disk, here, entries, length, offset, comment = record
    if found + _END.size + comment != len(tail):
        code = "bundle.truncated" if found + _END.size + comment > len(tail) else "bundle.corrupt"
        raise SubmissionFault(code, path=label)
    end = start + found
    directory = _find64(file, end, label) or _Directory(offset, length, entries)
    if (disk, first_disk) not in {(0, 0), (_IN_EXTRA16, _IN_EXTRA16)} or here != entries:
        raise SubmissionFault("bundle.multi_disk", path=label)
    if directory.offset + directory.size > end:
        raise SubmissionFault("bundle.truncated", path=label)
    return directory


def _find64(file: BinaryIO, end: int, label: str) -> _Directory | None:
    if end < _LOCATOR.size:
        return None
    file.seek(end - _LOCATOR.size)
    signature, disk, offset, disks = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if signature != _LOCATOR_SIGNATURE:
        return None
    if disk != 0 or disks > 1:
        raise SubmissionFault("bundle.multi_disk", path=label)
    if offset + _END64.size > end:
        raise SubmissionFault("bundle.corrupt", path=label)
    file.seek(offset)
    record = _END64.unpack(file.read(_END64.size))
    if record[0] != _END64_SIGNATURE:
        raise SubmissionFault("bundle.corrupt", path=label)
    if record[4:6] != (0, 0) or record[6] != record[7]:
        raise SubmissionFault("bundle.multi_disk", path=label)
    return _Directory(offset=record[9], size=record[8], entries=record[7])


def _entry(file: BinaryIO, position: int, label: str) -> tuple[Member, int]:
    file.seek(position)
    header = file.read(_ENTRY.size)
    if len(header) < _ENTRY.size or not header.startswith(_ENTRY_SIGNATURE):
        raise SubmissionFault("bundle.corrupt", path=label)
    fields = _ENTRY.unpack(header)
    flags, method, checksum, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
    name_length, extra_length, comment_length, disk = fields[10:14]
    raw_name = file.read(name_length)
    extra = dict(_extras(file.read(extra_length)))
    name = _decode(raw_name, flags, extra)
    size, packed, offset, disk = _wide(extra.get(_ZIP64_EXTRA, b""), size, packed, fields[16], disk, paths.shown(name))
    if disk != 0:
        raise SubmissionFault("bundle.multi_disk", path=paths.shown(name))
    member = Member(raw_name, name, flags, method, checksum, packed, size, offset, mode=fields[15] >> 16)
    return member, _ENTRY.size + name_length + extra_length + comment_length


def _extras(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Header identifiers and their data; what does not parse is ignored, as every reader does."""
    position = 0
    while position + 4 <= len(data):
        identifier, length = struct.unpack_from("<HH", data, position)
        yield identifier, data[position + 4 : position + 4 + length]
        position += 4 + length


def _wide(data: bytes, size: int, packed: int, offset: int, disk: int, path: str) -> tuple[int, int, int, int]:
    """The four numbers, taken from the zip64 extra field where the entry says so (4.5.3)."""
    values, position = [], 0
    for value, marker, form in ((size, _IN_EXTRA32, "<Q"), (packed, _IN_EXTRA32, "<Q"), (offset, _IN_EXTRA32, "<Q")):
        if value == marker and data:
            if position + 8 > len(data):
                raise SubmissionFault("bundle.corrupt", path=path)
            (value,) = struct.unpack_from(form, data, position)
            position += 8
        values.append(value)
    if disk == _IN_EXTRA16 and position + 4 <= len(data):
        (disk,) = struct.unpack_from("<L", data, position)
    return values[0], values[1], values[2], disk


def _decode(raw: bytes, flags: int, extra: dict[int, bytes]) -> str:
    """UTF-8 when the entry says so; else the Unicode name beside it, UTF-8 all the same (macOS), or code page 437."""
    if flags & _UTF8:
        return _strict(raw)
    beside = extra.get(_UNICODE_NAME_EXTRA, b"")
    if len(beside) > 5 and struct.unpack_from("<L", beside, 1)[0] == zlib.crc32(raw):
        return _strict(beside[5:])
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _strict(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise paths.invalid(raw, "undecodable") from error
