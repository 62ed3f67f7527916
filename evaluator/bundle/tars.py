"""Tar archives read forwards, once: ustar, GNU and pax headers (POSIX.1-2017, ``pax``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from evaluator.bundle import paths, streams
from evaluator.bundle.tar_headers import BLOCK, Header, is_blank, parse, parse_pax
from evaluator.bundle.writer import Writer
from evaluator.errors import SubmissionFault
from evaluator.limits import MB

_FILES = frozenset({b"0", b"\0", b"7"})
_FOLDER = b"5"
_LINKS = {b"1": "bundle.hard_link", b"2": "bundle.link"}
_SPARSE = b"S"
_SEVERAL_VOLUMES = b"M"
_NO_DATA = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})
_PAX = frozenset({b"x", b"X"})
_PAX_GLOBAL, _LONG_NAME, _LONG_LINK, _VOLUME_LABEL = b"g", b"L", b"K", b"V"
_BESIDE = _PAX | {_PAX_GLOBAL, _LONG_NAME, _LONG_LINK, _VOLUME_LABEL}  # headers that describe others
_BESIDE_MAX = 1 * MB
_HEADERS_PER_FILE = 4


class _Source(Protocol):
    label: str

    def read(self, size: int) -> bytes: ...


class PlainSource:
    """A tar that is not compressed."""

    def __init__(self, section: streams.Section, label: str) -> None:
        self.label = label
        self._section = section

    def read(self, size: int) -> bytes:
        return self._section.read(size)


def unpack(source: _Source, writer: Writer) -> None:
    """Write every member of the tar that ``source`` gives.

    Raises:
        SubmissionFault: any ``bundle.*`` code.
    """
    _Reader(source, writer).run()


class _Reader:
    def __init__(self, source: _Source, writer: Writer) -> None:
        self._source = source
        self._writer = writer
        self._limits = writer.budget.limits
        self._headers = 0
        self._beside: dict[str, str] = {}  # what the headers before said of the next member

    def run(self) -> None:
        first = True
        while (block := self._block(first)) is not None:
            first = False
            header = parse(block, self._source.label)
            if header.kind in _BESIDE:
                self._read_beside(header)
            else:
                self._member(header.with_pax(self._beside))
                self._beside = {}
        self._only_zeros_left()

    def _block(self, first: bool) -> bytes | None:
        """The next header, None at the mark of the end."""
        block = self._up_to(BLOCK)
        if first and (len(block) < BLOCK or not (is_blank(block) or looks_like_tar(block))):
            raise SubmissionFault("bundle.not_an_archive", path=self._source.label)
        if len(block) < BLOCK:
            raise SubmissionFault("bundle.truncated", path=self._source.label)
        self._headers += 1
        if self._headers > _HEADERS_PER_FILE * self._limits.files + 1:
            raise SubmissionFault("bundle.too_many_files", limit=self._limits.files)
        return None if is_blank(block) else block

    def _read_beside(self, header: Header) -> None:
        if header.size > _BESIDE_MAX:
            raise SubmissionFault("bundle.corrupt", path=self._source.label)
        data = b"".join(self._data(header.size))
        if header.kind == _LONG_NAME:
            self._beside["path"] = data.rstrip(b"\0").decode("utf-8", "surrogateescape")
        elif header.kind in _PAX:
            self._beside.update(parse_pax(data, self._source.label))

    def _member(self, header: Header) -> None:
        parts = paths.split(header.name, self._limits)
        skipped = paths.left_out(parts, is_folder=header.is_folder) if parts else None
        if skipped is not None:
            self._writer.leave_out(skipped)
            self._skip(0 if header.kind in _NO_DATA else header.size)
            return
        path = paths.shown(header.name)
        _check_kind(header, path)
        if header.is_folder:
            self._writer.folder(parts)
        elif not parts:
            raise paths.invalid(header.name, "empty")
        else:
            self._source.label = path
            self._writer.budget.declared(path, header.size)
            self._writer.file(parts, self._data(header.size))

    def _data(self, size: int) -> Iterator[bytes]:
        """``size`` bytes, then the padding to a whole block."""
        left = size
        while left:
            piece = self._read(min(left, streams.CHUNK))
            left -= len(piece)
            yield piece
        self._skip(-size % BLOCK, padded=True)

    def _skip(self, size: int, *, padded: bool = False) -> None:
        left = size if padded else size + -size % BLOCK
        while left:
            left -= len(self._read(min(left, streams.CHUNK)))

    def _read(self, size: int) -> bytes:
        piece = self._source.read(size)
        if not piece:
            raise SubmissionFault("bundle.truncated", path=self._source.label)
        self._writer.budget.stream(self._source.label, len(piece))
        return piece

    def _up_to(self, size: int) -> bytes:
        block = b""
        while len(block) < size and (piece := self._source.read(size - len(block))):
            block += piece
        self._writer.budget.stream(self._source.label, len(block))
        return block

    def _only_zeros_left(self) -> None:
        """A compressed stream is read to its end, where its checksum stands."""
        while piece := self._source.read(streams.CHUNK):
            self._writer.budget.stream(self._source.label, len(piece))
            if not is_blank(piece):
                raise SubmissionFault("bundle.corrupt", path=self._source.label)


def looks_like_tar(block: bytes) -> bool:
    """Whether 512 bytes are the header of a member."""
    if block[257:262] == b"ustar":
        return True
    try:
        parse(block, "")
    except SubmissionFault:
        return False
    return True


def _check_kind(header: Header, path: str) -> None:
    if header.kind in _LINKS:
        raise SubmissionFault(_LINKS[header.kind], path=path)
    if header.kind == _SPARSE or header.sparse:
        raise SubmissionFault("bundle.sparse", path=path)
    if header.kind == _SEVERAL_VOLUMES:
        raise SubmissionFault("bundle.multi_disk", path=path)
    if header.kind != _FOLDER and header.kind not in _FILES:
        raise SubmissionFault("bundle.device", path=path)
    if header.is_folder and header.size:
        raise SubmissionFault("bundle.corrupt", path=path)
