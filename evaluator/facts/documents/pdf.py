"""PDF documents: the text, the headings and a picture of each page."""

from __future__ import annotations

import ctypes
import io
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.facts.base import Workspace
from evaluator.facts.documents.lines import Line, headings
from evaluator.limits import KB

_PAGES = 500
_TEXT = 20 * KB
_CHARACTERS = 20_000
_OBJECTS = 5_000
_WIDTH = 1000
_TALLEST = 4000
_SAMPLED = 12
_MAGIC = b"%PDF-"


def read(workspace: Workspace, data: bytes, path: str, pictures: int) -> dict[str, Any]:
    """``title``, ``count`` and ``pages``, the first ``pictures`` of them drawn; see ``evaluator.facts.documents``.

    Raises:
        SubmissionFault: ``document.not_a_pdf``, ``document.encrypted`` or ``document.broken``.
    """
    with _opened(data, path) as document:
        return _document(workspace, document, pictures)


@contextmanager
def _opened(data: bytes, path: str) -> Iterator[Any]:
    import pypdfium2

    if _MAGIC not in data[:1024]:
        raise SubmissionFault("document.not_a_pdf", path=path)
    try:
        with pypdfium2.PdfDocument(data) as document:
            yield document
    except pypdfium2.PdfiumError as error:
        encrypted = "password" in str(error).lower() or "security" in str(error).lower()
        raise SubmissionFault("document.encrypted" if encrypted else "document.broken", path=path) from error


def texts(data: bytes, path: str) -> Iterator[str]:
    """The text of each page, as ``read`` gives it, of the first 500.

    Raises:
        SubmissionFault: as ``read``.
    """
    with _opened(data, path) as document:
        for index in range(min(len(document), _PAGES)):
            page = document[index]
            try:
                textpage = page.get_textpage()
                try:
                    yield _words(textpage)
                finally:
                    textpage.close()
            finally:
                page.close()


def _document(workspace: Workspace, document: Any, pictures: int) -> dict[str, Any]:
    count = len(document)
    pages = []
    lines: list[list[Line]] = []
    for index in range(min(count, _PAGES)):
        page = document[index]
        try:
            text, found = _text(page)
            seen = {"figures": _figures(page), "landscape": page.get_width() > page.get_height()}
            attachment = _picture(workspace, page) if index < pictures else None
        finally:
            page.close()
        lines.append(found)
        pages.append({"number": index + 1, "text": text, "headings": [], **seen, "attachment": attachment})
    for fact, named in zip(pages, headings(lines), strict=True):
        fact["headings"] = named
    return {"title": str(document.get_metadata_dict().get("Title", ""))[:300], "count": count, "pages": pages}


def _text(page: Any) -> tuple[str, list[Line]]:
    textpage = page.get_textpage()
    try:
        return _words(textpage), _lines(textpage, page.get_height())
    finally:
        textpage.close()


def _words(textpage: Any) -> str:
    text = str(textpage.get_text_bounded()).replace("\r\n", "\n")
    return text.encode("utf-8", "replace")[:_TEXT].decode("utf-8", "ignore")


def _lines(textpage: Any, height: float) -> list[Line]:
    """The lines in reading order, with the height of their letters and their place on the page."""
    from pypdfium2 import raw

    found: list[Line] = []
    letters: list[str] = []
    places: list[int] = []
    for index in range(min(textpage.count_chars(), _CHARACTERS)):
        letter = chr(raw.FPDFText_GetUnicode(textpage, index) % 0x110000)
        if letter in "\r\n":
            if places:
                found.append(_line(textpage, letters, places, height))
            letters, places = [], []
            continue
        letters.append(letter)
        if not letter.isspace() and len(places) < _SAMPLED:
            places.append(index)
    if places:
        found.append(_line(textpage, letters, places, height))
    return found


def _line(textpage: Any, letters: list[str], places: list[int], height: float) -> Line:
    from pypdfium2 import raw

    boxes = [textpage.get_charbox(place, loose=True) for place in places]
    size = statistics.median(top - bottom for _, bottom, _, top in boxes)
    top = max(box[3] for box in boxes)
    weight = raw.FPDFText_GetFontWeight(textpage, places[0])
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(textpage, places[0], name, 128, None)
    bold = weight >= 600 or b"bold" in name.value.lower()
    place = min(1.0, max(0.0, 1 - top / height)) if height > 0 else 0.0
    return Line("".join(letters).strip(), round(size, 2), round(place, 3), bold)


def _figures(page: Any) -> int:
    """Pictures placed on the page; a chart drawn in lines is not told from the rest."""
    from pypdfium2 import raw

    kinds = (item.type for item in islice(page.get_objects(max_depth=2), _OBJECTS))
    return sum(1 for kind in kinds if kind == raw.FPDF_PAGEOBJ_IMAGE)


def _picture(workspace: Workspace, page: Any) -> str | None:
    """The page drawn about 1000 px wide; None for a page of absurd proportions."""
    width, height = page.get_size()
    if width <= 0 or height <= 0 or height * _WIDTH / width > _TALLEST:
        return None
    picture = page.render(scale=_WIDTH / width).to_pil()
    target = io.BytesIO()
    picture.save(target, "PNG", compress_level=1)
    return workspace.attach(target.getvalue())
