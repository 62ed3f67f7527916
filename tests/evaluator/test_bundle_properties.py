"""Unpacking, whatever the bytes: sane names come out whole, everything else is a named fault and nothing else."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import tempfile
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.bundle import unpack
from evaluator.bundle.messages import MESSAGES
from evaluator.errors import SubmissionFault
from evaluator.limits import KB, MB, BundleLimits
from tests.evaluator.archives import PROJECT, Raw, raw_zip, tar_bytes, zip_bytes

LIMITS = BundleLimits(total_bytes=8 * MB, file_bytes=4 * MB, files=500, ratio_floor=1 * MB)
MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00", b"BZh9", b"\xfd7zXZ\x00", bytes(257) + b"ustar\x0000", b"")
RESERVED = {"con", "prn", "aux", "nul"} | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
LEFT_OUT = {
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    ".ipynb_checkpoints",
    ".mypy_cache",
    "__MACOSX",
    ".DS_Store",
}

# What people type: letters of every script, marks, digits, punctuation, symbols and emoji, spaces
CHARACTERS = st.characters(categories=("L", "M", "N", "P", "S", "Zs"), exclude_characters="/\\")


def _sane(name: str) -> bool:
    return (
        name not in {".", ".."}
        and name not in LEFT_OUT | {".git"}
        and not name.startswith("._")
        and name[1:2] != ":"
        and name.split(".")[0].lower() not in RESERVED
        and len(unicodedata.normalize("NFC", name).encode()) <= 80
    )


NAMES = st.text(CHARACTERS, min_size=1, max_size=20).filter(_sane)
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=4).map("/".join), st.binary(max_size=2000), min_size=1, max_size=8
)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _clash(paths: Mapping[str, bytes]) -> bool:
    """Whether two of the paths, or a path and a folder of another, are one name spelt in two ways."""
    spelt: dict[str, set[tuple[str, bool]]] = {}
    for path in paths:
        parts = unicodedata.normalize("NFC", path).split("/")
        for depth in range(1, len(parts) + 1):
            above = "/".join(parts[:depth])
            is_file = depth == len(parts)
            spelt.setdefault(_folded(above), set()).add((path if is_file else above, is_file))
    return any(len(spellings) > 1 for spellings in spelt.values())


def _files_below(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _unpack(data: bytes) -> tuple[dict[str, bytes] | None, str | None]:
    """What came out, or the code of the fault; checks that a fault leaves nothing behind."""
    with tempfile.TemporaryDirectory() as name:
        given_in, out = Path(name) / "in", Path(name) / "work" / "out"
        out.parent.mkdir()
        given_in.write_bytes(data)
        try:
            manifest = unpack(given_in, out, LIMITS)
        except SubmissionFault as fault:
            _check_refusal(fault, out.parent)
            return None, fault.code
        assert [path.name for path in out.parent.iterdir()] == ["out"]
        assert not any(path.is_symlink() for path in out.rglob("*"))
        files = _files_below(out)
        assert [entry.path for entry in manifest.files] == sorted(files)
        return files, None


def _check_refusal(fault: SubmissionFault, folder: Path) -> None:
    assert list(folder.iterdir()) == []
    assert MESSAGES[fault.code]["fr"].format(**fault.params)


@given(TREES, st.sampled_from(["zip", "tar", "gnu"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_sane_names_come_out_whole_or_clash_by_name(files: dict[str, bytes], kind: str) -> None:
    packers = {"zip": zip_bytes, "tar": tar_bytes, "gnu": lambda tree: tar_bytes(tree, tarfile.GNU_FORMAT)}
    found, code = _unpack(packers[kind](files))
    if _clash(files):
        assert code == "bundle.duplicate_path"
    else:
        assert found == {unicodedata.normalize("NFC", path): data for path, data in files.items()}


@given(st.sampled_from(MAGIC), st.binary(max_size=3000))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_refused_by_name(magic: bytes, rest: bytes) -> None:
    _, code = _unpack(magic + rest)
    assert code is not None


VALID = {
    "zip": zip_bytes(PROJECT),
    "stored": zip_bytes(PROJECT, zipfile.ZIP_STORED),
    "bzip2": zip_bytes(PROJECT, zipfile.ZIP_BZIP2),
    "nested": zip_bytes({"projet.zip": zip_bytes(PROJECT, zipfile.ZIP_STORED)}, zipfile.ZIP_STORED),
    "tar": tar_bytes(PROJECT | {"é" * 90: b"pax"}),
    "gnu": tar_bytes(PROJECT | {"n" * 190: b"long"}, tarfile.GNU_FORMAT),
    "gz": gzip.compress(tar_bytes(PROJECT)),
    "bz2": bz2.compress(tar_bytes(PROJECT)),
    "xz": lzma.compress(tar_bytes(PROJECT)),
}


@given(st.sampled_from(sorted(VALID)), st.data())
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_changed_archive_never_raises_anything_else(kind: str, data: st.DataObject) -> None:
    changed = bytearray(VALID[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        # Headers stand at both ends and are worth more blows than the content
        position = data.draw(st.one_of(st.integers(0, 600), st.integers(-600, -1), st.integers(0, 10 * KB)))
        position %= len(changed)
        length = data.draw(st.sampled_from([0, 1, 1, 1, 2, 4, 8, 100]))
        changed[position : position + length] = data.draw(st.one_of(st.binary(max_size=8), st.just(b"\xff" * length)))
        if not changed:
            break
    _unpack(bytes(changed))


FIELDS = st.sampled_from([0, 1, 2, 7, 100, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF])


@given(
    name=st.binary(max_size=40), size=FIELDS, checksum=FIELDS, offset=FIELDS, extra=st.binary(max_size=40),
    method=st.sampled_from([0, 8, 12, 14, 99]), flags=st.integers(0, 0xFFFF), mode=st.integers(0, 0xFFFF),
)  # fmt: skip
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_zip_directory_may_say_anything(name: bytes, **fields: int) -> None:
    _unpack(raw_zip([Raw(b"projet/a.txt"), Raw(name, **fields)]))
    fields.pop("offset")
    _unpack(raw_zip([Raw(b"projet/a.txt"), Raw(name, **fields)]))


@given(st.binary(max_size=600), st.sampled_from([b"x", b"g", b"L", b"K", b"X"]))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_pax_header_may_say_anything(content: bytes, kind: bytes) -> None:
    info = tarfile.TarInfo("beside")
    info.type, info.size = kind, len(content)
    beside = info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)
    _unpack(beside + tar_bytes(PROJECT))
