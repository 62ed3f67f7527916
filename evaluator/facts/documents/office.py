"""What Word and PowerPoint files share: a ZIP of XML, opened only when its sizes are sane."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.limits import KB, MB

PAGES = 500
TEXT = 20 * KB
HEADINGS = 100
HEADING_LENGTH = 140

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office wraps a document in to encrypt it, and wrote before 2007
_PARTS = 5000
_MARKUP = 60 * MB
_WHOLE = 500 * MB
# What the readers of python-docx and python-pptx raise for a file that is not what it says.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, KeyError, IndexError,
           AttributeError, TypeError, SyntaxError, AssertionError, NotImplementedError, RecursionError)  # fmt: skip


def read(data: bytes, path: str, reader: Callable[[io.BytesIO], dict[str, Any]]) -> dict[str, Any]:
    """What ``reader`` makes of the file.

    Raises:
        SubmissionFault: ``document.encrypted``, ``document.broken``, or ``document.too_large`` for one that
            unpacks to more than is sane; ``path`` names the file.
    """
    from docx.opc.exceptions import OpcError
    from pptx.exc import PythonPptxError

    if data.startswith(_OLE):
        raise SubmissionFault("document.encrypted", path=path)
    try:
        _measure(data, path)
        return reader(io.BytesIO(data))
    except (*_BROKEN, OpcError, PythonPptxError) as error:
        raise SubmissionFault("document.broken", path=path) from error


def cut(text: str) -> str:
    """At most 20 kB of ``text``, the limit of a page."""
    return text.encode("utf-8", "replace")[:TEXT].decode("utf-8", "ignore")


def heading(text: str, size: float, top: float) -> dict[str, Any]:
    return {"text": text[:HEADING_LENGTH], "size": size, "top": round(top, 3)}


def _measure(data: bytes, path: str) -> None:
    """A part never unpacks to more than the ZIP announces: zipfile stops there."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    markup = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if len(parts) > _PARTS or markup > _MARKUP or sum(part.file_size for part in parts) > _WHOLE:
        raise SubmissionFault("document.too_large", path=path)
