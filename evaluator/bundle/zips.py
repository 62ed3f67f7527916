"""Zip archives: every member written out, the directory checked against what stands in the file.

Read here rather than by ``zipfile``, which trusts more than we may (docs/adr/0003-reading-archives.md). The
structures are those of PKWARE's APPNOTE 6.3.10, named by its section numbers.
"""

from __future__ import annotations

import itertools
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from evaluator.bundle import paths, streams
from evaluator.bundle.writer import Writer
from evaluator.bundle.zip_directory import Member, read_members
from evaluator.errors import SubmissionFault

_LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7
_LOCAL_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # 4.4.4: encrypted, strongly encrypted, directory masked
_PATCHED = 0x20
_AES = 99
_STORED, _DEFLATED, _BZIP2 = 0, 8, 12
_NAMES = {1: "shrink", 6: "implode", 9: "deflate64", 14: "lzma", 93: "zstd", 95: "xz", 98: "ppmd"}


@dataclass(frozen=True, slots=True)
class _Located:
    member: Member
    parts: paths.Parts
    data: int  # where its bytes begin


def unpack(file: BinaryIO, size: int, label: str, writer: Writer) -> None:
    """Write every member of the zip in ``file`` (``size`` bytes; ``label`` names it in faults).

    Raises:
        SubmissionFault: any ``bundle.*`` code.
    """
    limits = writer.budget.limits
    located: list[_Located] = []
    for member, directory_offset in read_members(file, size, label, limits):
        parts = paths.split(member.name, limits)
        skipped = paths.left_out(parts, is_folder=member.is_folder) if parts else None
        if skipped is not None:
            writer.leave_out(skipped)
            continue
        _check_kind(member)
        if not parts and not member.is_folder:
            raise paths.invalid(member.name, "empty")
        if len(located) >= limits.files:
            raise SubmissionFault("bundle.too_many_files", limit=limits.files)
        located.append(_Located(member, parts, _locate(file, member, directory_offset)))
    _refuse_overlaps(located)
    for item in located:
        if item.member.is_folder:
            writer.folder(item.parts)
        else:
            path = "/".join(item.parts)
            writer.budget.declared(path, item.member.size)
            writer.file(item.parts, _content(file, item, path))


def _check_kind(member: Member) -> None:
    path = paths.shown(member.name)
    kind = stat.S_IFMT(member.mode)
    if kind == stat.S_IFLNK:
        raise SubmissionFault("bundle.link", path=path)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise SubmissionFault("bundle.device", path=path)
    if member.flags & _ENCRYPTED or member.method == _AES:
        raise SubmissionFault("bundle.encrypted", path=path)
    if member.flags & _PATCHED or member.method not in {_STORED, _DEFLATED, _BZIP2}:
        method = _NAMES.get(member.method, str(member.method))
        raise SubmissionFault("bundle.unsupported_compression", path=path, method=method)
    if member.is_folder and member.size:
        raise SubmissionFault("bundle.corrupt", path=path)


def _locate(file: BinaryIO, member: Member, directory_offset: int) -> int:
    """Where the bytes of ``member`` begin, once its local header agrees with the directory."""
    path = paths.shown(member.name)
    if member.offset + _LOCAL.size > directory_offset:
        raise SubmissionFault("bundle.corrupt", path=path)
    file.seek(member.offset)
    header = file.read(_LOCAL.size)
    if not header.startswith(_LOCAL_SIGNATURE):
        raise SubmissionFault("bundle.corrupt", path=path)
    _, _, flags, method, _, _, _, _, _, name_length, extra_length = _LOCAL.unpack(header)
    name = file.read(name_length)
    data: int = member.offset + _LOCAL.size + name_length + extra_length
    if flags & _ENCRYPTED:
        raise SubmissionFault("bundle.encrypted", path=path)
    if name != member.raw_name or method != member.method or data + member.packed > directory_offset:
        raise SubmissionFault("bundle.corrupt", path=path)
    return data


def _refuse_overlaps(located: list[_Located]) -> None:
    """Members sharing bytes are how a small zip holds a huge content without any zip inside."""
    in_order = sorted(located, key=lambda item: item.member.offset)
    for before, after in itertools.pairwise(in_order):
        if before.data + before.member.packed > after.member.offset:
            raise SubmissionFault(
                "bundle.overlapping", path=paths.shown(after.member.name), other=paths.shown(before.member.name)
            )


def _content(file: BinaryIO, item: _Located, path: str) -> Iterator[bytes]:
    """The bytes of a member; size and checksum are verified at the end."""
    member = item.member
    section = streams.Section(file, item.data, member.packed)
    size, checksum = 0, 0
    for piece in _pieces(section, member.method, path):
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
        if size > member.size:
            raise SubmissionFault("bundle.corrupt", path=path)
        yield piece
    if size != member.size or checksum != member.checksum:
        raise SubmissionFault("bundle.corrupt", path=path)


def _pieces(section: streams.Section, method: int, path: str) -> Iterator[bytes]:
    if method == _STORED:
        return streams.stored(section)
    decoder = streams.DECODERS["bz2"]() if method == _BZIP2 else streams.Inflater(-15)
    return streams.decompressed(section, decoder, path)
