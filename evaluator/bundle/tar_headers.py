"""One header of a tar archive, and the records that a pax header adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evaluator.errors import SubmissionFault

BLOCK = 512
_FOLDER = b"5"
_OLD_FILES = frozenset({b"0", b"\0"})
_SIZE_MAX = 1 << 62


@dataclass(frozen=True, slots=True)
class Header:
    """What one block says: ``name`` (undecodable bytes as surrogates), ``kind`` (type flag), ``size`` in bytes."""

    name: str
    kind: bytes
    size: int
    sparse: bool = False

    @property
    def is_folder(self) -> bool:
        """A folder, or what the oldest tars wrote for one: a file whose name ends in a slash."""
        return self.kind == _FOLDER or (self.kind in _OLD_FILES and self.name.endswith("/"))

    def with_pax(self, records: Mapping[str, str]) -> Header:
        """This header corrected by the records that came before it."""
        size = int(records.get("size", self.size))
        sparse = any(key.startswith("GNU.sparse.") for key in records)
        return replace(self, name=records.get("path", self.name), size=size, sparse=sparse)


def parse(block: bytes, label: str) -> Header:
    """The header in 512 bytes.

    Raises:
        SubmissionFault: ``bundle.corrupt``, naming ``label``: a number or the checksum is wrong.
    """
    announced = _number(block[148:156], label)
    blanked = block[:148] + b" " * 8 + block[156:]
    if announced != sum(blanked) and announced != _signed_sum(blanked):
        raise SubmissionFault("bundle.corrupt", path=label)
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    return Header(
        name=f"{prefix}/{name}" if prefix else name,
        kind=block[156:157],
        size=_number(block[124:136], label),
    )


def parse_pax(data: bytes, label: str) -> dict[str, str]:
    """The records ``LENGTH key=value LF`` of a pax header.

    Raises:
        SubmissionFault: ``bundle.corrupt``, naming ``label``.
    """
    records: dict[str, str] = {}
    position = 0
    while position < len(data) and data[position] != 0:
        digits, _, _ = data[position : position + 20].partition(b" ")
        length = int(digits) if digits.isdigit() else 0
        record = data[position + len(digits) + 1 : position + length]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise SubmissionFault("bundle.corrupt", path=label)
        records[key.decode("utf-8", "surrogateescape")] = value[:-1].decode("utf-8", "surrogateescape")
        position += length
    if not records.get("size", "0").isdecimal() or len(records.get("size", "0")) > 18:
        raise SubmissionFault("bundle.corrupt", path=label)
    return records


def is_blank(data: bytes) -> bool:
    """Only zeros, as in the blocks which end an archive."""
    return not data.strip(b"\0")


def _signed_sum(data: bytes) -> int:
    """The checksum of some old writers, whose bytes were signed."""
    return sum(data) - 256 * sum(byte > 127 for byte in data)


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _number(field: bytes, label: str) -> int:
    """Octal digits, or big-endian binary after a first byte 0x80 (GNU)."""
    if field[0] == 0x80:
        value = int.from_bytes(field[1:], "big")
    else:
        digits = field.partition(b"\0")[0].strip(b" ") or b"0"
        if any(digit not in b"01234567" for digit in digits):
            raise SubmissionFault("bundle.corrupt", path=label)
        value = int(digits, 8)
    if value > _SIZE_MAX:
        raise SubmissionFault("bundle.corrupt", path=label)
    return value
