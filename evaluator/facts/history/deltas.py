"""The numbers and deltas of a git pack, see gitformat-pack of the Git manual."""

from __future__ import annotations

from evaluator.facts.history.errors import GitError
from evaluator.limits import MB

OBJECT_BYTES = 16 * MB


def patched(base: bytes, delta: bytes) -> bytes:
    """``base`` changed by ``delta``: pieces copied from the base, and new bytes. Raises GitError."""
    try:
        expected, position = _size(delta, 0)
        length, position = _size(delta, position)
        if expected != len(base) or length > OBJECT_BYTES:
            raise GitError("git.object_corrupt", object="delta")
        result = bytearray()
        while position < len(delta) and len(result) <= length:
            command = delta[position]
            position += 1
            if command & 0x80:
                start, size, position = _copied(delta, position, command)
                result += base[start : start + size]
            else:
                result += delta[position : position + command]
                position += command
    except IndexError as error:
        raise GitError("git.object_corrupt", object="delta") from error
    if len(result) != length:
        raise GitError("git.object_corrupt", object="delta")
    return bytes(result)


def _copied(delta: bytes, position: int, command: int) -> tuple[int, int, int]:
    """Where to copy from, how much, and where the next command is: absent bytes are zero."""
    start = size = 0
    for bit in range(4):
        if command & (1 << bit):
            start |= delta[position] << (8 * bit)
            position += 1
    for bit in range(3):
        if command & (0x10 << bit):
            size |= delta[position] << (8 * bit)
            position += 1
    return start, size or 0x10000, position


def _size(data: bytes, position: int) -> tuple[int, int]:
    """A length in groups of seven bits, lowest first."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position
        if shift > 63:
            raise GitError("git.object_corrupt", object="delta")


def entry_header(head: bytes) -> tuple[int, int, int]:
    """Kind and size: four bits of size in the first byte, seven in the following ones."""
    try:
        byte, position = head[0], 1
        kind, size, shift = (byte >> 4) & 7, byte & 15, 4
        while byte & 0x80 and shift < 64:
            byte = head[position]
            position += 1
            size |= (byte & 0x7F) << shift
            shift += 7
    except IndexError as error:
        raise GitError("git.object_corrupt", object="pack") from error
    return kind, size, position


def distance(head: bytes, position: int) -> tuple[int, int]:
    """How far back the base stands."""
    try:
        byte = head[position]
        position += 1
        value = byte & 0x7F
        while byte & 0x80:
            byte = head[position]
            position += 1
            value = ((value + 1) << 7) | (byte & 0x7F)
    except IndexError as error:
        raise GitError("git.object_corrupt", object="pack") from error
    return value, position
