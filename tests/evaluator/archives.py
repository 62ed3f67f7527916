"""Archives, good and hostile, made on the spot: nothing dangerous is kept in the repository.

``HOSTILE`` maps a name to a builder and the code of the fault that unpacking with the default limits must raise.
A builder writes one file into the folder it is given and returns its path.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

Builder = Callable[[Path], Path]

PROJECT: dict[str, bytes] = {
    "projet/README.md": b"# Projet\n",
    "projet/notebooks/analyse.ipynb": b'{"cells": []}' * 50,
    "projet/data/clients.csv": b"id,age\n" + b"1,42\n" * 400,
}

ZIP_LOCAL, ZIP_ENTRY, ZIP_END = "<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"


# Well-formed archives


def zip_bytes(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tar_bytes(files: Mapping[str, bytes], layout: int = tarfile.PAX_FORMAT) -> bytes:
    return tar_of(((member(name, size=len(data)), data) for name, data in files.items()), layout)


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, link
    return info


def tar_of(members: Iterable[tuple[tarfile.TarInfo, bytes]], layout: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=layout) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


# Zips written byte by byte, to say what no tool would


@dataclass(frozen=True)
class Raw:
    """One member: what the directory says, and what stands in the file when ``body`` or ``local_name`` differ."""

    name: bytes
    data: bytes = b"content\n"
    method: int = 0
    flags: int = 0
    mode: int = 0
    body: bytes | None = None
    local_name: bytes | None = None
    size: int | None = None
    checksum: int | None = None
    offset: int | None = None
    disk: int = 0
    extra: bytes = b""


def raw_zip(members: Iterable[Raw], disk: int = 0, comment: bytes = b"") -> bytes:
    body, directory, count = b"", b"", 0
    for item in members:
        offset = len(body) if item.offset is None else item.offset
        data = item.data if item.body is None else item.body
        checksum = zlib.crc32(item.data) if item.checksum is None else item.checksum
        size = len(item.data) if item.size is None else item.size
        name = item.name if item.local_name is None else item.local_name
        common = (item.flags, item.method, 0, 0, checksum, len(data), size)
        if item.offset is None:
            body += struct.pack(ZIP_LOCAL, b"PK\x03\x04", 20, *common, len(name), 0) + name + data
        lengths = (len(item.name), len(item.extra), 0, item.disk, 0)
        directory += struct.pack(ZIP_ENTRY, b"PK\x01\x02", 788, 20, *common, *lengths, item.mode << 16, offset)
        directory += item.name + item.extra
        count += 1
    end = struct.pack(ZIP_END, b"PK\x05\x06", disk, disk, count, count, len(directory), len(body), len(comment))
    return body + directory + end + comment


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _quoted_bomb() -> bytes:
    """Each member's bytes hold the headers of all the next ones and share one kernel (after D. Fifield, 2019)."""
    kernel = _deflated(bytes(1_000_000))
    name = b"bomb-%d.bin"
    inner = Raw(name % 1, bytes(1_000_000), method=8, body=kernel)
    local = raw_zip([inner])[: 30 + len(inner.name) + len(kernel)]
    quote = struct.pack("<BHH", 0, len(local) - len(kernel), (len(local) - len(kernel)) ^ 0xFFFF)
    header = local[: len(local) - len(kernel)]
    outer = Raw(name % 0, header + bytes(1_000_000), method=8, body=quote + local)
    offset = 30 + len(outer.name) + len(quote)
    return raw_zip([outer, replace(inner, offset=offset)])


# Tars with one header touched up


def _sealed(header: bytes) -> bytes:
    blanked = header[:148] + b" " * 8 + header[156:]
    return header[:148] + b"%06o\0 " % sum(blanked) + header[156:]


def _tar_header(name: str = "data.bin", kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> bytes:
    return member(name, kind, size, link).tobuf(tarfile.GNU_FORMAT)


def _tar_member(name: str, kind: bytes, link: str = "") -> bytes:
    return tar_of([(member("projet/a.txt", size=2), b"a\n"), (member(name, kind, link=link), b"")])


def _undecodable_tar() -> bytes:
    header = _tar_header("caf?.txt")
    return _sealed(header.replace(b"caf?", b"caf\xe9", 1)) + bytes(1024)


def _pax_sparse() -> bytes:
    info = member("trous.bin", size=4)
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "trous.bin"}
    return tar_of([(info, b"data")])


def _greedy_xz() -> bytes:
    """An xz whose block asks for a dictionary of 1.5 GB."""
    data = bytearray(lzma.compress(tar_bytes(PROJECT), format=lzma.FORMAT_XZ))
    length = (data[12] + 1) * 4
    data[16] = 37
    data[12 + length - 4 : 12 + length] = struct.pack("<L", zlib.crc32(data[12 : 12 + length - 4]))
    return bytes(data)


def _headers_only() -> bytes:
    pax = _sealed(_tar_header("pax", b"x", 512)) + b"12 path=abc\n".ljust(512, b"\0")
    return gzip.compress(pax * 80_100 + bytes(1024), 1)


# Damage


def _flip(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 0x55
    return bytes(changed)


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _zeros_zip(count: int, size: int) -> bytes:
    return zip_bytes({f"projet/{number}.bin": bytes(size) for number in range(count)})


def _many_zip(count: int) -> bytes:
    return raw_zip(Raw(b"p/%d" % number, b"") for number in range(count))


def _named(name: bytes, **fields: int) -> bytes:
    return raw_zip([Raw(b"projet/a.txt"), replace(Raw(name), **fields)])


def _mode(kind: int) -> bytes:
    return raw_zip([Raw(b"projet/a.txt"), Raw(b"projet/b", b"/etc/passwd", mode=kind | 0o777)])


def _case(file_name: str, make: Callable[[], bytes], code: str) -> tuple[Builder, str]:
    def build(folder: Path) -> Path:
        target = folder / file_name
        target.write_bytes(make())
        return target

    return build, code


_MB = 1024 * 1024
_ZIP64_HUGE = struct.pack("<HHQ", 1, 8, 3 << 30)
_NFD, _NFC = "projet/donne\u0301es.csv".encode(), "projet/donn\u00e9es.csv".encode()
_UTF8 = 0x800

HOSTILE: dict[str, tuple[Builder, str]] = {
    # Not archives that we read
    "empty file": _case("a.zip", lambda: b"", "bundle.empty"),
    "zip of nothing": _case("a.zip", lambda: zip_bytes({}), "bundle.empty"),
    "zip of an empty folder": _case("a.zip", lambda: zip_bytes({"projet/": b""}), "bundle.empty"),
    "zip of macOS leftovers": _case(
        "a.zip", lambda: zip_bytes({"__MACOSX/._a": b"x", "a/.DS_Store": b"x"}), "bundle.empty"
    ),
    "tar of nothing": _case("a.tar", lambda: tar_bytes({}), "bundle.empty"),
    "text named zip": _case("a.zip", lambda: b"Voici mon projet.\n" * 100, "bundle.not_an_archive"),
    "noise": _case("a.zip", lambda: random.Random(7).randbytes(5000), "bundle.not_an_archive"),
    "pdf named tar.gz": _case("a.tar.gz", lambda: b"%PDF-1.7\n" * 200, "bundle.not_an_archive"),
    "gzip of a text": _case("a.tar.gz", lambda: gzip.compress(b"bonjour\n" * 500), "bundle.not_an_archive"),
    "gzip of nothing": _case("a.tar.gz", lambda: gzip.compress(b""), "bundle.not_an_archive"),
    "bzip2 of noise": _case(
        "a.tar.bz2", lambda: bz2.compress(random.Random(8).randbytes(9000)), "bundle.not_an_archive"
    ),
    "7z": _case("a.7z", lambda: b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100), "bundle.unsupported_format"),
    "rar": _case("a.rar", lambda: b"Rar!\x1a\x07\x01\0" + bytes(100), "bundle.unsupported_format"),
    "7z named zip": _case("a.zip", lambda: b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100), "bundle.unsupported_format"),
    "zstd": _case("a.tar.zst", lambda: b"\x28\xb5\x2f\xfd" + bytes(100), "bundle.unsupported_format"),
    # Cut short or damaged
    "zip cut": _case("a.zip", lambda: _half(zip_bytes(PROJECT)), "bundle.truncated"),
    "zip cut in its last record": _case("a.zip", lambda: zip_bytes(PROJECT)[:-5], "bundle.truncated"),
    "tar cut": _case("a.tar", lambda: tar_bytes(PROJECT)[:2600], "bundle.truncated"),
    "tar without its end": _case("a.tar", lambda: _tar_header("a.txt"), "bundle.truncated"),
    "gzip cut": _case("a.tar.gz", lambda: _half(gzip.compress(tar_bytes(PROJECT))), "bundle.truncated"),
    "bzip2 cut": _case("a.tar.bz2", lambda: _half(bz2.compress(tar_bytes(PROJECT))), "bundle.truncated"),
    "xz cut": _case("a.tar.xz", lambda: _half(lzma.compress(tar_bytes(PROJECT))), "bundle.truncated"),
    "zip with a wrong checksum": _case("a.zip", lambda: raw_zip([Raw(b"a", checksum=1)]), "bundle.corrupt"),
    "zip with a flipped byte": _case(
        "a.zip", lambda: _flip(zip_bytes(PROJECT, zipfile.ZIP_STORED), 50), "bundle.corrupt"
    ),
    "zip member longer than said": _case("a.zip", lambda: raw_zip([Raw(b"a", size=3)]), "bundle.corrupt"),
    "zip member shorter than said": _case("a.zip", lambda: raw_zip([Raw(b"a", size=300)]), "bundle.corrupt"),
    "zip with broken deflate": _case(
        "a.zip", lambda: raw_zip([Raw(b"a", method=8, body=b"\xff" * 40)]), "bundle.corrupt"
    ),
    "zip with two names for a member": _case("a.zip", lambda: raw_zip([Raw(b"a", local_name=b"b")]), "bundle.corrupt"),
    "zip with bytes behind": _case("a.zip", lambda: zip_bytes(PROJECT) + b"tail", "bundle.corrupt"),
    "zip without local header": _case("a.zip", lambda: raw_zip([Raw(b"a"), Raw(b"b", offset=3)]), "bundle.corrupt"),
    "zip member beyond the file": _case(
        "a.zip", lambda: raw_zip([Raw(b"a"), Raw(b"b", offset=1 << 31)]), "bundle.corrupt"
    ),
    "gzip with a wrong checksum": _case(
        "a.tgz", lambda: _flip(gzip.compress(tar_bytes(PROJECT)), -6), "bundle.corrupt"
    ),
    "gzip with bytes behind": _case("a.tgz", lambda: gzip.compress(tar_bytes(PROJECT)) + b"tail", "bundle.corrupt"),
    "tar with a wrong checksum": _case("a.tar", lambda: _flip(tar_bytes(PROJECT), 3), "bundle.corrupt"),
    "tar with bytes behind": _case("a.tar", lambda: tar_bytes(PROJECT) + b"x" * 512, "bundle.corrupt"),
    "tar with a huge pax header": _case(
        "a.tar", lambda: _tar_header("p", b"x", 3 << 30) + bytes(1024), "bundle.corrupt"
    ),
    # Sealed, or in a way we do not read
    "zip with a password": _case("a.zip", lambda: _named(b"projet/b.txt", flags=1), "bundle.encrypted"),
    "zip with AES": _case("a.zip", lambda: _named(b"projet/b.txt", flags=1, method=99), "bundle.encrypted"),
    "zip by lzma": _case("a.zip", lambda: zip_bytes(PROJECT, zipfile.ZIP_LZMA), "bundle.unsupported_compression"),
    "zip by deflate64": _case("a.zip", lambda: _named(b"b.txt", method=9), "bundle.unsupported_compression"),
    "xz that wants 1.5 GB": _case("a.tar.xz", _greedy_xz, "bundle.unsupported_compression"),
    "zip in parts, the first": _case("a.zip", lambda: b"PK\x07\x08" + zip_bytes(PROJECT), "bundle.multi_disk"),
    "zip in parts, the last": _case("a.zip", lambda: raw_zip([Raw(b"a")], disk=2), "bundle.multi_disk"),
    "zip member on another disk": _case("a.zip", lambda: _named(b"projet/b.txt", disk=1), "bundle.multi_disk"),
    "tar in volumes": _case("a.tar", lambda: _tar_header("a", b"M", 0) + bytes(1024), "bundle.multi_disk"),
    "sparse tar": _case("a.tar", lambda: _tar_header("a", b"S", 0) + bytes(1024), "bundle.sparse"),
    "sparse pax": _case("a.tar", _pax_sparse, "bundle.sparse"),
    # Names
    "zip climbing out": _case("a.zip", lambda: _named(b"../../etc/cron.d/x"), "bundle.path_traversal"),
    "zip climbing out in the middle": _case("a.zip", lambda: _named(b"a/../../b"), "bundle.path_traversal"),
    "zip climbing out of a cache": _case("a.zip", lambda: _named(b"venv/../../b"), "bundle.path_traversal"),
    "tar climbing out": _case("a.tar", lambda: tar_bytes({"projet/../../b": b"x"}), "bundle.path_traversal"),
    "tar.gz climbing out": _case("a.tar.gz", lambda: gzip.compress(tar_bytes({"../b": b"x"})), "bundle.path_traversal"),
    "zip from the root": _case("a.zip", lambda: _named(b"/etc/passwd"), "bundle.absolute_path"),
    "tar from the root": _case("a.tar", lambda: tar_bytes({"/etc/passwd": b"x"}), "bundle.absolute_path"),
    "name with backslashes": _case("a.zip", lambda: _named(b"..\\..\\b.txt"), "bundle.name_invalid"),
    "name with a drive": _case("a.zip", lambda: _named(b"C:/b.txt"), "bundle.name_invalid"),
    "name with a zero": _case("a.zip", lambda: _named(b"a.txt\0.exe"), "bundle.name_invalid"),
    "name with a line feed": _case("a.zip", lambda: _named(b"a\nb.txt"), "bundle.name_invalid"),
    "name written backwards": _case(
        "a.zip", lambda: _named("a\u202egnp.py".encode(), flags=_UTF8), "bundle.name_invalid"
    ),
    "name reserved by Windows": _case("a.zip", lambda: _named(b"projet/NUL.txt"), "bundle.name_invalid"),
    "name of no text, zip": _case("a.zip", lambda: _named(b"caf\xe9.txt", flags=_UTF8), "bundle.name_invalid"),
    "name of no text, tar": _case("a.tar", _undecodable_tar, "bundle.name_invalid"),
    "name of nothing": _case("a.zip", lambda: _named(b""), "bundle.name_invalid"),
    "name too long": _case("a.zip", lambda: _named(b"n" * 256), "bundle.name_invalid"),
    "path too long": _case("a.tar", lambda: tar_bytes({"/".join(["n" * 120] * 10): b""}), "bundle.name_invalid"),
    "path without end": _case("a.tar", lambda: tar_bytes({"n" * 90_000: b""}), "bundle.name_invalid"),
    "same name twice": _case("a.zip", lambda: _named(b"projet/a.txt"), "bundle.duplicate_path"),
    "same name twice, tar": _case("a.tar", lambda: tar_bytes({"a/b": b"1", "a//b": b"2"}), "bundle.duplicate_path"),
    "same name but for case": _case("a.zip", lambda: _named(b"projet/A.TXT"), "bundle.duplicate_path"),
    "same folder but for case": _case("a.zip", lambda: _named(b"Projet/b.txt"), "bundle.duplicate_path"),
    "same name but for accents": _case("a.zip", lambda: raw_zip([Raw(_NFD), Raw(_NFC)]), "bundle.duplicate_path"),
    "file used as a folder": _case("a.zip", lambda: _named(b"projet/a.txt/b"), "bundle.duplicate_path"),
    "folder used as a file": _case("a.zip", lambda: _named(b"projet"), "bundle.duplicate_path"),
    # Kinds
    "zip with a link": _case("a.zip", lambda: _mode(stat.S_IFLNK), "bundle.link"),
    "zip with a pipe": _case("a.zip", lambda: _mode(stat.S_IFIFO), "bundle.device"),
    "tar with a link": _case("a.tar", lambda: _tar_member("l", tarfile.SYMTYPE, "/etc/passwd"), "bundle.link"),
    "tar with a hard link": _case(
        "a.tar", lambda: _tar_member("l", tarfile.LNKTYPE, "projet/a.txt"), "bundle.hard_link"
    ),
    "tar with a character device": _case("a.tar", lambda: _tar_member("tty", tarfile.CHRTYPE), "bundle.device"),
    "tar with a block device": _case("a.tar", lambda: _tar_member("sda", tarfile.BLKTYPE), "bundle.device"),
    "tar with a pipe": _case("a.tar", lambda: _tar_member("pipe", tarfile.FIFOTYPE), "bundle.device"),
    "tar with an unknown kind": _case("a.tar", lambda: _tar_header("a", b"Z") + bytes(1024), "bundle.device"),
    # Amounts
    "zip of too many files": _case("a.zip", lambda: _many_zip(20_001), "bundle.too_many_files"),
    "tar of headers only": _case("a.tar.gz", _headers_only, "bundle.too_many_files"),
    "zip nested too deep": _case("a.zip", lambda: _named(b"d/" * 40 + b"f"), "bundle.too_deep"),
    "tar nested too deep": _case("a.tar", lambda: tar_bytes({"d/" * 400 + "f": b""}), "bundle.too_deep"),
    "zip bomb": _case("a.zip", lambda: _zeros_zip(6, 20 * _MB), "bundle.ratio"),
    "zip bomb in one file": _case("a.zip", lambda: _zeros_zip(1, 110 * _MB), "bundle.ratio"),
    "zip bomb in a zip": _case("a.zip", lambda: zip_bytes({"b.zip": _zeros_zip(2, 60 * _MB)}), "bundle.ratio"),
    "gzip bomb": _case(
        "a.tgz", lambda: gzip.compress(_tar_header("z", size=1 << 30) + bytes(110 * _MB), 1), "bundle.ratio"
    ),
    "zip bomb of shared bytes": _case("a.zip", _quoted_bomb, "bundle.overlapping"),
    "zip with one content for two": _case(
        "a.zip", lambda: raw_zip([Raw(b"a.txt"), Raw(b"a.txt", offset=0)]), "bundle.overlapping"
    ),
    "tar announcing 3 GB": _case(
        "a.tar", lambda: _tar_header("a", size=3 << 30) + bytes(1024), "bundle.file_too_large"
    ),
    "zip announcing 3 GB": _case(
        "a.zip", lambda: raw_zip([Raw(b"a", size=0xFFFFFFFF, extra=_ZIP64_HUGE)]), "bundle.file_too_large"
    ),
    # A zip in a zip
    "zip in a zip climbing out": _case("a.zip", lambda: zip_bytes({"b.zip": _named(b"../x")}), "bundle.path_traversal"),
    "text named zip in a zip": _case("a.zip", lambda: zip_bytes({"b.zip": b"bonjour"}), "bundle.not_an_archive"),
}


def write_noise(target: Path, size: int) -> None:
    """``size`` bytes that do not compress, a megabyte at a time."""
    with target.open("wb") as file:
        for _ in range(size // _MB):
            file.write(os.urandom(_MB))
