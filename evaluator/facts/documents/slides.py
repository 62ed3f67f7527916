"""PowerPoint presentations: one page per slide, what is said beside it left out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from evaluator.facts.documents import office

_TITLE = 28.0
_DEEPEST = 20


def read(data: bytes, path: str) -> dict[str, Any]:
    """``title``, ``count`` and ``pages`` of a .pptx, hidden slides left out.

    See ``evaluator.facts.documents`` for the form and the errors.
    """
    return office.read(data, path, _presentation)


def _presentation(stream: io.BytesIO) -> dict[str, Any]:
    import pptx

    presentation = pptx.Presentation(stream)
    landscape = (presentation.slide_width or 0) >= (presentation.slide_height or 0)
    shown = [slide for slide in presentation.slides if slide.element.get("show") != "0"]
    pages = [_slide(slide, number, landscape) for number, slide in enumerate(shown[: office.PAGES], start=1)]
    return {"title": str(presentation.core_properties.title or "")[:300], "count": len(shown), "pages": pages}


def _slide(slide: Any, number: int, landscape: bool) -> dict[str, Any]:
    shapes = list(_shapes(slide.shapes))
    title = slide.shapes.title
    named = " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""
    return {
        "number": number,
        "text": office.cut("\n".join(text for shape in shapes if (text := _text(shape)))),
        "headings": [office.heading(named, _TITLE, 0.0)] if named else [],
        "figures": sum(1 for shape in shapes if _is_figure(shape)),
        "landscape": landscape,
        "attachment": None,
    }


def _shapes(shapes: Any, depth: int = 0) -> Iterator[Any]:
    """Every shape, those inside groups too."""
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP and depth < _DEEPEST:
            yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _text(shape: Any) -> str:
    if shape.has_text_frame:
        return str(shape.text_frame.text).strip()
    if getattr(shape, "has_table", False):
        return "\n".join(" | ".join(cell.text for cell in row.cells) for row in shape.table.rows)
    return ""


def _is_figure(shape: Any) -> bool:
    return bool(getattr(shape, "has_chart", False)) or hasattr(shape, "image")
