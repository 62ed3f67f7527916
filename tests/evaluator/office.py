"""Word and PowerPoint files for the tests, made by the libraries that candidates' software resembles."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import pptx
from docx.oxml import OxmlElement
from pptx.util import Inches


def word(pages: Sequence[Sequence[str]], *, laid_out: bool = False) -> bytes:
    """A .docx; ``# `` and ``## `` make headings, ``| `` a row of a table; pages parted by breaks asked for.

    With ``laid_out``, each break is followed by the mark that Word leaves where it began a page.
    """
    document = docx.Document()
    for number, lines in enumerate(pages):
        if number:
            document.add_page_break()
        for position, line in enumerate(lines):
            mark, _, rest = line.partition(" ")
            if mark == "|":
                document.add_table(rows=1, cols=1).cell(0, 0).text = rest
                continue
            paragraph = document.add_heading(rest, len(mark)) if mark in {"#", "##"} else document.add_paragraph(line)
            if laid_out and number and not position:
                paragraph.runs[0]._r.insert(0, OxmlElement("w:lastRenderedPageBreak"))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def slides(titles: Sequence[str], *, hidden: Sequence[int] = ()) -> bytes:
    """A .pptx with one slide per title, a text box each; ``hidden`` are positions of slides not shown."""
    presentation = pptx.Presentation()
    for number, title in enumerate(titles):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = title
        box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(5), Inches(1))
        box.text_frame.text = f"Texte de la diapositive {number + 1}"
        if number in hidden:
            slide.element.set("show", "0")
    stream = io.BytesIO()
    presentation.save(stream)
    return stream.getvalue()
