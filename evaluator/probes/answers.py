"""What is kept of an answer: its status, headers worth showing, and the beginning of its body as text."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluator.plain import plain

_HEADERS = 40
_HEADER_VALUE = 300
_SECRET = ("set-cookie", "set-cookie2", "authorization", "proxy-authorization", "www-authenticate")
_CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "iso-8859-15", "windows-1252", "cp1252",
             "utf-16", "utf-16le", "utf-16be"}  # fmt: skip
_COMPRESSED = ("gzip", "x-gzip", "deflate")
_ANY_WRAPPING = 32 + zlib.MAX_WBITS  # gzip or zlib, told apart by their first bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. ``stopped`` says why its body is not whole: ``size``, ``time`` or ``broken``; None otherwise.

    ``headers`` in the order sent, names in lower case. ``body`` as sent, at most the limit.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    seconds: float
    body: bytes = b""
    stopped: str | None = None
    tls: dict[str, Any] | None = field(default=None)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    @property
    def sets_cookies(self) -> bool:
        return self.header("set-cookie") is not None


def shown(answer: Answer, limit: int, excerpt: int) -> dict[str, Any]:
    """``{"status", "headers", "media_type", "body", "stopped"}``, JSON that any store takes.

    ``limit``: bytes that a compressed body may unfold to; ``excerpt``: characters of it that are kept.
    """
    media_type, charset = _content_type(answer.header("content-type") or "")
    data = _unfolded(answer.body, (answer.header("content-encoding") or "").strip().lower(), limit)
    body: dict[str, Any] = plain(
        {
            "status": answer.status,
            "headers": _kept(answer.headers),
            "media_type": media_type,
            "body": data[: excerpt * 4].decode(charset, errors="replace")[:excerpt],
            "stopped": answer.stopped,
        }
    )
    return body


def _kept(headers: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The value of a cookie or a challenge is nobody's business, and serves nothing: no cookie is ever sent back."""
    return [[name[:100], "…" if name in _SECRET else value[:_HEADER_VALUE]] for name, value in headers[:_HEADERS]]


def _content_type(value: str) -> tuple[str, str]:
    media_type, *parameters = value.split(";")
    charset = next((text.partition("=")[2] for text in parameters if text.strip().lower().startswith("charset=")), "")
    charset = charset.strip().strip("\"'").lower()
    return media_type.strip().lower()[:100], charset if charset in _CHARSETS else "utf-8"


def _unfolded(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its compression, never more than ``limit`` bytes of it; nothing for one that we cannot undo.

    No compression is asked for: this is for servers that compress all the same.
    """
    if encoding in ("", "identity"):
        return body
    if encoding not in _COMPRESSED:
        return b""
    for wrapping in (_ANY_WRAPPING, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(wrapping).decompress(body, limit)
        except zlib.error:
            continue
    return b""
