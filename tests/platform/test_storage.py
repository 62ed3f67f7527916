"""A stored file is whole or absent, whatever happens while it is written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File

from certification.storage import PrivateFileSystemStorage

HALF, WHOLE = b"half", b"half and half"


class _Slow(File):
    """A file whose second half comes when it may, or never."""

    def __init__(self, second: Iterator[bytes]) -> None:
        self._second = second

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield HALF
        yield from self._second


@pytest.fixture
def storage(tmp_path: Path) -> PrivateFileSystemStorage:
    return PrivateFileSystemStorage(location=str(tmp_path), file_permissions_mode=0o644)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_has_its_name_only_once_it_is_whole(storage: PrivateFileSystemStorage, tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def second() -> Iterator[bytes]:
        begun.set()
        assert go_on.wait(10)
        yield WHOLE.removeprefix(HALF)

    writer = threading.Thread(target=storage.save, args=("bundles/ab", _Slow(second())))
    writer.start()
    assert begun.wait(10)
    assert not storage.exists("bundles/ab")
    go_on.set()
    writer.join()
    assert (tmp_path / "bundles/ab").read_bytes() == WHOLE
    assert (tmp_path / "bundles/ab").stat().st_mode & 0o777 == 0o644
    assert files(tmp_path) == ["bundles/ab"]


def test_what_broke_off_leaves_nothing(storage: PrivateFileSystemStorage, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        raise OSError("the disk is full")
        yield b""

    with pytest.raises(OSError, match="full"):
        storage.save("bundles/ab", _Slow(broken()))
    assert files(tmp_path) == []
    assert storage.save("bundles/ab", ContentFile(WHOLE)) == "bundles/ab"


def test_a_name_that_was_taken_meanwhile_is_left_alone(storage: PrivateFileSystemStorage, tmp_path: Path) -> None:
    def overtaken() -> Iterator[bytes]:
        storage.save("imports/source.csv", ContentFile(b"the other"))
        yield b""

    name = storage.save("imports/source.csv", _Slow(overtaken()))
    assert name != "imports/source.csv"
    assert (tmp_path / name).read_bytes() == HALF
    assert (tmp_path / "imports/source.csv").read_bytes() == b"the other"
    assert len(files(tmp_path)) == 2
