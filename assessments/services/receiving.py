"""Bytes on their way into a file of their own, before any row is locked: no transaction waits for a network."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from assessments.services.errors import Refused
from assessments.services.storage import PIECE
from certification.serving.pace import too_slow
from certification.space import require_space

AT_ONCE = 4
"""Pieces that one person may have on the way: two tabs, and one retry of each."""

_FORGOTTEN_SECONDS = 3600
"""A piece whose process was killed no longer counts after this; the collection of orphans removes it later."""


def folder() -> Path:
    """Where files are gathered, on the web machines' own (or shared) disk."""
    path = Path(settings.FILE_UPLOAD_TEMP_DIR)
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def received(pieces: Iterable[bytes], *, most: int, person_id: int) -> Iterator[Path]:
    """A file of what comes, ``most`` bytes at the most; it is gone after the block unless it was given another name.

    Our own web server gives bytes that are all there already; behind another one slowness is judged here. Raises
    Refused("upload.overflow"), Refused("upload.slow"), Refused("upload.too_many"), and OSError as the disk does.
    """
    with _place(person_id) as path:
        began, count = time.monotonic(), 0
        with path.open("wb") as held:
            for piece in pieces:
                count += len(piece)
                if count > most:
                    raise Refused(
                        "upload.overflow", _("Le fichier reçu est plus long qu’annoncé : recommencez l’envoi.")
                    )
                if too_slow(received=count, seconds=time.monotonic() - began):
                    raise Refused("upload.slow", _("La connexion est trop lente : l’envoi reprendra."))
                held.write(piece)
        yield path


@contextmanager
def taken(file: File[Any], *, person_id: int) -> Iterator[Path]:
    """The same for a file that a form brought: one that is on disk already gets a second name and is not copied."""
    on_disk = getattr(file, "temporary_file_path", None)
    if on_disk is None:
        with received(file.chunks(PIECE), most=file.size or 0, person_id=person_id) as path:
            yield path
        return
    with _place(person_id) as path:
        path.hardlink_to(on_disk())
        yield path


@contextmanager
def _place(person_id: int) -> Iterator[Path]:
    require_space()
    path = folder() / f"{person_id}-{secrets.token_hex(8)}.piece"
    if sum(1 for other in folder().glob(f"{person_id}-*.piece") if _is_young(other)) >= AT_ONCE:
        raise Refused("upload.too_many", _("Trop de morceaux arrivent à la fois : recommencez dans un instant."))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _is_young(path: Path) -> bool:
    with suppress(OSError):  # it has arrived meanwhile
        return time.time() - path.stat().st_mtime < _FORGOTTEN_SECONDS
    return False


def join(piece: Path, part: Path, *, offset: int) -> int:
    """Put ``piece`` at ``offset`` of ``part`` and return where it ends; what an earlier one left beyond is cut off."""
    length = piece.stat().st_size
    if offset == 0:
        piece.chmod(0o644)  # as stored files are: the sandbox's own user is shown them
        piece.replace(part)
        return length
    with piece.open("rb") as source, part.open("r+b") as target:
        target.truncate(offset)
        target.seek(offset)
        shutil.copyfileobj(source, target, PIECE)
    return offset + length


def make_lasting(part: Path) -> None:
    """Written through to the disk: whoever was told that the file came whole can rely on it."""
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
