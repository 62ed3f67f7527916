"""Word documents, cut into pages where the software that saved them broke the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from evaluator.facts.documents import office

# Heights that rank the levels as printed headings would.
_TITLE = 28.0
_LEVELS = {1: 20.0, 2: 16.0, 3: 14.0}
_DEEPER = 12.0
_ASKED, _LAID_OUT = object(), object()  # a page break that the author asked for, one that the software laid out
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


@dataclass(slots=True)
class _Page:
    """``headings`` are texts with their size and the number of the line on which they stand."""

    asked: bool = False
    lines: list[str] = field(default_factory=list)
    headings: list[tuple[str, float, int]] = field(default_factory=list)
    figures: int = 0

    @property
    def is_just_asked(self) -> bool:
        """Opened by a break asked for, and still empty: the break laid out there is the same one."""
        return self.asked and not self.lines and not self.figures

    def fact(self, number: int) -> dict[str, Any]:
        count = max(1, len(self.lines))
        return {
            "number": number,
            "text": office.cut("\n".join(self.lines)),
            "headings": [office.heading(text, size, line / count) for text, size, line in self.headings],
            "figures": self.figures,
            "landscape": False,
            "attachment": None,
        }


def read(data: bytes, path: str) -> dict[str, Any]:
    """``title``, ``count`` and ``pages`` of a .docx; see ``evaluator.facts.documents`` for the form and the errors."""
    return office.read(data, path, _document)


def _document(stream: io.BytesIO) -> dict[str, Any]:
    import docx

    document = docx.Document(stream)
    pages = [_Page()]
    for paragraph in _paragraphs(document):
        for piece in _pieces(paragraph):
            if piece is _ASKED or (piece is _LAID_OUT and not pages[-1].is_just_asked):
                pages.append(_Page(asked=piece is _ASKED))
            elif isinstance(piece, str):
                _add(pages[-1], piece, _size(paragraph))
        pages[-1].figures += _figures(paragraph)
    facts = [page.fact(number) for number, page in enumerate(pages[: office.PAGES], start=1)]
    title = str(document.core_properties.title or "")[:300]
    return {"title": title, "count": len(pages) if len(pages) > 1 else None, "pages": facts}


def _paragraphs(document: Any) -> Iterator[Any]:
    """Every paragraph in the order of the file, those of tables and text boxes too, each once."""
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    for element in document.element.body.iter(qn("w:p")):
        if next(element.iterancestors(f"{_MARKUP}Fallback"), None) is None:
            yield Paragraph(element, document)


def _pieces(paragraph: Any) -> Iterator[Any]:
    """The text of a paragraph, parted by ``_ASKED`` or ``_LAID_OUT`` where a new page begins."""
    from docx.oxml.ns import qn

    if paragraph.paragraph_format.page_break_before:
        yield _ASKED
    letters: list[str] = []
    for element in _own(paragraph, "w:t", "w:tab", "w:br", "w:cr", "w:lastRenderedPageBreak"):
        kind = _break(element)
        if kind is None:
            letters.append(element.text or "" if element.tag == qn("w:t") else " ")
        else:
            yield "".join(letters)
            yield kind
            letters = []
    yield "".join(letters)


def _break(element: Any) -> object | None:
    from docx.oxml.ns import qn

    if element.tag == qn("w:lastRenderedPageBreak"):
        return _LAID_OUT
    return _ASKED if element.tag == qn("w:br") and element.get(qn("w:type")) == "page" else None


def _add(page: _Page, text: str, size: float | None) -> None:
    text = " ".join(text.split())
    if not text:
        return
    if size is not None and len(page.headings) < office.HEADINGS:
        page.headings.append((text, size, len(page.lines)))
    page.lines.append(text)


def _size(paragraph: Any) -> float | None:
    """The height that stands for the level of a heading; None for body text."""
    style = paragraph.style
    name = (style.name or "").lower() if style is not None else ""
    if name in {"title", "titre"}:
        return _TITLE
    for prefix in ("heading ", "titre "):
        if name.startswith(prefix) and name[len(prefix) :].isdigit():
            return _LEVELS.get(int(name[len(prefix) :]), _DEEPER)
    return None


def _figures(paragraph: Any) -> int:
    return sum(1 for _ in _own(paragraph, "w:drawing", "w:pict"))


def _own(paragraph: Any, *names: str) -> Iterator[Any]:
    """The elements of a paragraph, without those of a text box anchored in it: these have paragraphs of their own."""
    from docx.oxml.ns import qn

    for element in paragraph._p.iter(*(qn(name) for name in names)):
        if next(element.iterancestors(qn("w:p")), None) is paragraph._p:
            yield element
