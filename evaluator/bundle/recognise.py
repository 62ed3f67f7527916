"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

from enum import StrEnum

from evaluator.bundle.tar_headers import BLOCK, is_blank
from evaluator.bundle.tars import looks_like_tar
from evaluator.errors import SubmissionFault

HEAD = 2 * BLOCK


class Kind(StrEnum):
    ZIP = "zip"
    TAR = "tar"
    GZ = "gz"
    BZ2 = "bz2"
    XZ = "xz"


_READ = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\x1f\x8b", Kind.GZ),
    (b"BZh", Kind.BZ2),
    (b"\xfd7zXZ\x00", Kind.XZ),
)
_NAMED = (
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x1f\x9d", "compress"),
    (b"LZIP", "lzip"),
    (b"MSCF", "cab"),
    (b"xar!", "xar"),
    (b"!<arch>\n", "ar"),
)
_SPANNED = (b"PK\x07\x08", b"PK00PK")


def kind_of(head: bytes, label: str) -> Kind:
    """The kind of the file which begins with ``head`` (its first 1024 bytes, or all of it).

    Raises:
        SubmissionFault: ``bundle.empty``, ``bundle.not_an_archive``, ``bundle.unsupported_format``,
            ``bundle.multi_disk``, naming ``label``.
    """
    if not head:
        raise SubmissionFault("bundle.empty", path=label)
    for signature, kind in _READ:
        if head.startswith(signature):
            return kind
    for signature, name in _NAMED:
        if head.startswith(signature):
            raise SubmissionFault("bundle.unsupported_format", path=label, format=name)
    if head.startswith(_SPANNED):
        raise SubmissionFault("bundle.multi_disk", path=label)
    if len(head) >= BLOCK and (looks_like_tar(head[:BLOCK]) or (len(head) == HEAD and is_blank(head))):
        return Kind.TAR
    raise SubmissionFault("bundle.not_an_archive", path=label)
