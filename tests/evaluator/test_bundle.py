"""Unpacking: hostile archives are refused by name and leave nothing; real ones come out whole."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import stat
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.bundle import Manifest, unpack
from evaluator.bundle.messages import MESSAGES
from evaluator.errors import EngineFault, SubmissionFault
from evaluator.limits import KB, MB, BundleLimits
from tests.evaluator.archives import (
    HOSTILE,
    PROJECT,
    Builder,
    Raw,
    member,
    raw_zip,
    tar_bytes,
    tar_of,
    write_noise,
    zip_bytes,
)

LIMITS = BundleLimits()


@pytest.fixture
def deposit(tmp_path: Path) -> Callable[[bytes, str], Path]:
    """Writes an archive where it cannot be confused with what unpacking leaves."""
    folder = tmp_path / "deposit"
    folder.mkdir()

    def write(data: bytes, name: str = "archive") -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return write


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work" / "bundle"


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def refusal(source: Path, out: Path, limits: BundleLimits = LIMITS) -> SubmissionFault:
    """The fault raised, once it is sure that nothing was left beside or in the destination."""
    with pytest.raises(SubmissionFault) as caught:
        unpack(source, out, limits)
    assert list(out.parent.iterdir()) == []
    return caught.value


# Refused


@pytest.mark.parametrize(("build", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_archive_is_refused_by_name(build: Builder, code: str, tmp_path: Path, out: Path) -> None:
    source = build(tmp_path)
    fault = refusal(source, out)
    assert fault.code == code
    for sentence in MESSAGES[code].values():
        assert "{" not in sentence.format(**fault.params)


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (zip_bytes(PROJECT), replace(LIMITS, archive_bytes=100), "bundle.archive_too_large"),
        (zip_bytes(PROJECT), replace(LIMITS, total_bytes=500), "bundle.too_large"),
        (tar_bytes(PROJECT), replace(LIMITS, total_bytes=500), "bundle.too_large"),
        (gzip.compress(tar_bytes(PROJECT)), replace(LIMITS, total_bytes=500), "bundle.too_large"),
        (zip_bytes(PROJECT), replace(LIMITS, file_bytes=500), "bundle.file_too_large"),
        (tar_bytes(PROJECT), replace(LIMITS, file_bytes=500), "bundle.file_too_large"),
        (zip_bytes(PROJECT), replace(LIMITS, files=5), "bundle.too_many_files"),
        (tar_bytes(PROJECT), replace(LIMITS, files=5), "bundle.too_many_files"),
        (zip_bytes({f"{n}/": b"" for n in range(9)}), replace(LIMITS, files=8), "bundle.too_many_files"),
        (zip_bytes(PROJECT), replace(LIMITS, depth=2), "bundle.too_deep"),
        (zip_bytes(PROJECT), replace(LIMITS, ratio=2, ratio_floor=100), "bundle.ratio"),
        (gzip.compress(tar_bytes(PROJECT)), replace(LIMITS, ratio=2, ratio_floor=100), "bundle.ratio"),
    ],
)
def test_every_limit_is_enforced(data: bytes, limits: BundleLimits, code: str, deposit, out: Path) -> None:
    assert refusal(deposit(data), out, limits).code == code


def test_a_limit_that_is_just_reached_is_accepted(deposit, out: Path) -> None:
    total = sum(map(len, PROJECT.values()))
    limits = replace(LIMITS, files=6, depth=3, total_bytes=total, file_bytes=max(map(len, PROJECT.values())))
    assert unpack(deposit(zip_bytes(PROJECT)), out, limits).bytes == total


def test_a_size_understated_in_the_header_is_caught_while_reading(deposit, out: Path) -> None:
    lying = raw_zip([Raw(b"a.bin", bytes(3 * MB), size=10)])
    assert refusal(deposit(lying), out, replace(LIMITS, file_bytes=1 * MB)).code == "bundle.corrupt"


def test_a_destination_that_is_taken_is_left_alone(deposit, out: Path) -> None:
    out.mkdir()
    (out / "kept.txt").write_text("mine")
    with pytest.raises(ValueError, match="taken"):
        unpack(deposit(zip_bytes(PROJECT)), out, LIMITS)
    assert contents(out) == {"kept.txt": b"mine"}


def test_a_disk_that_refuses_is_the_fault_of_the_platform(deposit, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(EngineFault, match=r"bundle\.not_written"):
        unpack(deposit(zip_bytes(PROJECT)), out, LIMITS)
    assert list(out.parent.iterdir()) == []


def test_every_code_is_worded_in_both_languages() -> None:
    raising = [path for path in Path("evaluator/bundle").glob("*.py") if path.name != "messages.py"]
    raising += [Path("evaluator/runner.py"), Path("evaluator/opened.py")]
    source = "".join(path.read_text() for path in raising)
    raised = {code for code in MESSAGES if f'"{code}"' in source}
    assert raised == set(MESSAGES)
    assert source.count('"bundle.') == sum(source.count(f'"{code}"') for code in MESSAGES)
    assert all(set(wording) == {"fr", "en"} for wording in MESSAGES.values())


@pytest.mark.parametrize(
    "change",
    [{"sha256": "../x"}, {"bytes": -1}, {"files": [{"path": "../a", "size": 1, "sha256": "0" * 64}]}, {"files": [{}]}],
)
def test_a_manifest_from_elsewhere_is_checked(change: dict[str, object]) -> None:
    good = {"sha256": "0" * 64, "bytes": 0, "files": [], "left_out": []}
    assert Manifest.from_json(good).to_json() == good
    with pytest.raises((KeyError, TypeError, ValueError)):
        Manifest.from_json(good | change)


# Accepted


PACKED = {
    "zip": zip_bytes,
    "zip, stored": lambda files: zip_bytes(files, zipfile.ZIP_STORED),
    "zip, bzip2": lambda files: zip_bytes(files, zipfile.ZIP_BZIP2),
    "tar": tar_bytes,
    "tar, gnu": lambda files: tar_bytes(files, tarfile.GNU_FORMAT),
    "tar.gz": lambda files: gzip.compress(tar_bytes(files)),
    "tar.gz, in two streams": lambda files: (
        gzip.compress(tar_bytes(files)[:700]) + gzip.compress(tar_bytes(files)[700:])
    ),
    "tar.gz, padded": lambda files: gzip.compress(tar_bytes(files)) + bytes(512),
    "tar.bz2": lambda files: bz2.compress(tar_bytes(files)),
    "tar.xz": lambda files: lzma.compress(tar_bytes(files)),
}


def _unicode_name(raw: bytes, name: str) -> bytes:
    data = struct.pack("<BL", 1, zlib.crc32(raw)) + name.encode()
    return struct.pack("<HH", 0x7075, len(data)) + data


NAMES = {
    "accents": "Modélisation d'été/données nettoyées.csv",
    "emoji": "🚀 projet/👩‍💻 analyse.ipynb",
    "spaces, ampersand and dots": "P7 - R&D. v1.2 (final) /note ... finale.pdf",
    "a folder of 117 characters": "Projet 7 - Implémentez un modèle de scoring et réalisez un dashboard interactif, "
    "version définitive pour la soutenance/a.py",
    "deep": "/".join("abcdefgh") + "/f.txt",
    "above 100 bytes, as ustar splits it": "n" * 90 + "/" + "m" * 90 + "/f.txt",
    "a file without extension": "modele/model",
    "hidden": "projet/.streamlit/config.toml",
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_real_names_come_out_as_they_went_in(pack, name: str, deposit, out: Path) -> None:
    files = PROJECT | {name: b"x" * 1500}
    source = deposit(pack(files), "no matter.pdf")
    manifest = unpack(source, out, LIMITS)
    assert contents(out) == files
    assert manifest.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert [entry.path for entry in manifest.files] == sorted(files)
    assert {entry.path: entry.sha256 for entry in manifest.files} == {
        path: hashlib.sha256(data).hexdigest() for path, data in files.items()
    }
    assert manifest.bytes == sum(map(len, files.values()))
    assert Manifest.from_json(json.loads(json.dumps(manifest.to_json()))) == manifest


@pytest.mark.parametrize(
    "raw",
    [
        Raw("données.csv".encode("cp437")),
        Raw("données.csv".encode()),  # macOS does not raise the flag
        Raw("donne\u0301es.csv".encode()),
        Raw(b"donn_es.csv", extra=_unicode_name(b"donn_es.csv", "données.csv")),
    ],
    ids=["code page 437", "utf-8 without the flag", "decomposed", "unicode name beside"],
)
def test_a_name_in_an_old_zip_is_read(raw: Raw, deposit, out: Path) -> None:
    assert [entry.path for entry in unpack(deposit(raw_zip([raw])), out, LIMITS).files] == ["données.csv"]


def test_a_zip_streamed_out_by_its_writer_is_read(deposit, out: Path) -> None:
    """Sizes stand after the data then, and only the directory knows them."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in PROJECT.items():
            archive.writestr(name, data)
    unpack(deposit(pipe.data), out, LIMITS)
    assert contents(out) == PROJECT


def test_a_zip64_is_read(deposit, out: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a.bin", "w", force_zip64=True) as file:
        file.write(b"x" * 1000)
    unpack(deposit(buffer.getvalue()), out, LIMITS)
    assert contents(out) == {"a.bin": b"x" * 1000}


def test_a_zip64_directory_is_read(deposit, out: Path) -> None:
    wide = struct.pack("<HHQ", 1, 8, 8)
    small = raw_zip([Raw(b"a.txt", size=0xFFFFFFFF, extra=wide)])
    body, end = small[:-22], struct.unpack("<4s4H2LH", small[-22:])
    length, start = end[5], end[6]
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, length, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body), 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    unpack(deposit(body + end64 + locator + last), out, LIMITS)
    assert contents(out) == {"a.txt": b"content\n"}


def test_a_zip_with_a_comment_is_read(deposit, out: Path) -> None:
    unpack(deposit(raw_zip([Raw(b"a.txt")], comment=b"Projet 7")), out, LIMITS)
    assert contents(out) == {"a.txt": b"content\n"}


def test_modes_and_dates_are_not_taken_over(deposit, out: Path) -> None:
    script, folder = member("p/run.sh", size=2), member("p/secret", tarfile.DIRTYPE)
    script.mode, folder.mode, script.mtime = 0o6777, 0o000, 0
    unpack(deposit(tar_of([(folder, b""), (script, b"#!")])), out, LIMITS)
    assert stat.S_IMODE((out / "p/run.sh").stat().st_mode) == 0o644
    assert stat.S_IMODE((out / "p/secret").stat().st_mode) == 0o755
    assert stat.S_IMODE(out.stat().st_mode) == 0o755
    assert (out / "p/run.sh").stat().st_mtime > 0


def test_what_nobody_delivers_is_left_out_and_named(deposit, out: Path) -> None:
    junk = {
        "__MACOSX/projet/._README.md": b"x",
        "projet/.DS_Store": b"x",
        "projet/._README.md": b"x",
        "projet/.venv/bin/activate": b"x",
        "projet/src/__pycache__/a.pyc": b"x",
    }
    manifest = unpack(deposit(zip_bytes(PROJECT | junk)), out, LIMITS)
    assert contents(out) == PROJECT
    assert set(manifest.left_out) == {
        "__MACOSX",
        "projet/.DS_Store",
        "projet/._README.md",
        "projet/.venv",
        "projet/src/__pycache__",
    }


def test_a_link_in_a_virtual_environment_does_not_matter(deposit, out: Path) -> None:
    python = member("projet/.venv/bin/python", tarfile.SYMTYPE, link="/usr/bin/python3")
    unpack(deposit(tar_of([(python, b""), (member("projet/a.txt", size=1), b"a")])), out, LIMITS)
    assert contents(out) == {"projet/a.txt": b"a"}


HISTORY = {
    "projet/.git/HEAD": b"ref: refs/heads/venv/essai\n",
    "projet/.git/refs/heads/venv/essai": b"0" * 40 + b"\n",
    "projet/.git/objects/ab/" + "c" * 38: os.urandom(50),
    "projet/.git/hooks/post-checkout": b"#!/bin/sh\nrm -rf /\n",
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
def test_the_git_history_survives(pack, deposit, out: Path) -> None:
    manifest = unpack(deposit(pack(PROJECT | HISTORY)), out, LIMITS)
    assert contents(out) == PROJECT | HISTORY
    assert manifest.left_out == ()
    assert not os.access(out / "projet/.git/hooks/post-checkout", os.X_OK)


def test_branches_that_differ_by_case_are_two_branches(deposit, out: Path) -> None:
    branches = {f"projet/.git/refs/heads/{name}": b"0" * 40 for name in ("Essai/a", "essai/a", "essai/A")}
    unpack(deposit(zip_bytes(branches)), out, LIMITS)
    assert contents(out) == branches


def test_a_zip_alone_in_a_zip_is_unpacked(deposit, out: Path) -> None:
    source = deposit(zip_bytes({"Livrables/projet.zip": zip_bytes(PROJECT), "__MACOSX/._x": b"x"}))
    manifest = unpack(source, out, LIMITS)
    assert contents(out) == PROJECT
    assert manifest.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert manifest.left_out == ("__MACOSX",)


def test_other_archives_inside_stay_files(deposit, out: Path) -> None:
    twice = zip_bytes({"b.zip": zip_bytes({"c.zip": zip_bytes(PROJECT)})})
    unpack(deposit(twice), out, LIMITS)
    assert contents(out) == {"c.zip": zip_bytes(PROJECT)}


def test_a_document_that_is_a_zip_stays_a_file(deposit, out: Path) -> None:
    unpack(deposit(zip_bytes({"note.docx": zip_bytes(PROJECT)})), out, LIMITS)
    assert list(contents(out)) == ["note.docx"]


# Folders


def test_a_folder_is_copied_without_following_anything(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "projet"
    for name, data in (PROJECT | HISTORY | {"projet/.venv/lib/a.py": b"x"}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (source / "passwd").symlink_to("/etc/passwd")
    (source / "etc").symlink_to("/etc")
    os.mkfifo(source / "pipe")
    manifest = unpack(source, out, LIMITS)
    expected = {name.removeprefix("projet/"): data for name, data in (PROJECT | HISTORY).items()}
    assert contents(out) == expected
    assert set(manifest.left_out) == {".venv", "etc", "passwd", "pipe"}
    assert all(not path.is_symlink() for path in out.rglob("*"))


def test_the_digest_of_a_folder_depends_on_its_files_only(tmp_path: Path) -> None:
    digests = []
    for copy in ("one", "two"):
        folder = tmp_path / copy
        for name in sorted(PROJECT, reverse=copy == "two"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(PROJECT[name])
        digests.append(unpack(folder, tmp_path / f"out-{copy}", LIMITS).sha256)
    (tmp_path / "two/projet/README.md").write_text("other")
    changed = unpack(tmp_path / "two", tmp_path / "out-three", LIMITS).sha256
    assert digests[0] == digests[1] != changed


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(LIMITS, files=4), "bundle.too_many_files"),
        (replace(LIMITS, file_bytes=100), "bundle.file_too_large"),
        (replace(LIMITS, total_bytes=100), "bundle.too_large"),
        (replace(LIMITS, depth=2), "bundle.too_deep"),
    ],
)
def test_a_folder_has_the_same_limits(limits: BundleLimits, code: str, tmp_path: Path, out: Path) -> None:
    for name, data in PROJECT.items():
        (tmp_path / "given" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "given" / name).write_bytes(data)
    assert refusal(tmp_path / "given", out, limits).code == code


def test_an_empty_folder_is_refused(tmp_path: Path, out: Path) -> None:
    (tmp_path / "vide").mkdir()
    assert refusal(tmp_path / "vide", out).code == "bundle.empty"


# Memory


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "folder"])
def test_memory_does_not_grow_with_the_archive(kind: str, tmp_path: Path, out: Path) -> None:
    noise = tmp_path / "given" / "data.bin"
    noise.parent.mkdir()
    write_noise(noise, 60 * MB)
    source = _packed_from_disk(kind, noise, tmp_path / "archive")
    tracemalloc.start()
    try:
        manifest = unpack(source, out, LIMITS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert manifest.bytes == 60 * MB
    assert peak < 4 * MB


def _packed_from_disk(kind: str, file: Path, target: Path) -> Path:
    if kind == "folder":
        return file.parent
    if kind == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(file, "data.bin")
    elif kind == "tar":
        with tarfile.open(target, "w") as tar:
            tar.add(file, "data.bin")
    else:
        with tarfile.open(target, "w:gz", compresslevel=1) as tar:
            tar.add(file, "data.bin")
    return target


def test_a_huge_directory_is_refused_before_it_is_read(deposit, out: Path) -> None:
    crowded = raw_zip(Raw(b"%d" % number, b"", extra=bytes(60_000)) for number in range(200))
    tracemalloc.start()
    try:
        assert refusal(deposit(crowded), out, replace(LIMITS, files=100)).code == "bundle.too_many_files"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 512 * KB
