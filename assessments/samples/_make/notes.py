"""Print the methodological notes: HTML kept here, PDF delivered with the sample."""

from __future__ import annotations

from pathlib import Path

from weasyprint import HTML


def print_note(source: Path, target: Path) -> int:
    """Write the PDF of the HTML file ``source`` to ``target`` and return its number of pages."""
    document = HTML(filename=str(source)).render()
    document.write_pdf(str(target))
    return len(document.pages)
