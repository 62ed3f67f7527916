"""Small Office files and fiches, made for the tests of the importers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return path


def cell(text: str, merge: str = "", span: int = 1, bullets: Sequence[str] = ()) -> str:
    """A cell of a Word table; `merge` is restart or continue, `bullets` are paragraphs of a list."""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    lines = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n"))
    listed = "".join(
        f"<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/></w:numPr></w:pPr><w:r><w:t>{escape(line)}</w:t></w:r></w:p>"
        for line in bullets
    )
    return f"<w:tc><w:tcPr>{spanned}{merged}</w:tcPr>{lines}{listed}</w:tc>"


def table(rows: Iterable[Iterable[str]]) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(cells)}</w:tr>" for cells in rows) + "</w:tbl>"


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def docx(path: Path, body: str, head: str = "") -> Path:
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return packed(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})


def repacked(data: bytes, path: Path, **changed: Any) -> Path:
    """An Office file with some members exchanged or added; names use `__` for `/`."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    members |= {name.replace("__", "/"): content for name, content in changed.items()}
    return packed(path, members)


def bloc(code: str, title: str, skills: str, modality: str = "Projet professionnel.") -> str:
    return (
        f"<BLOC_COMPETENCES><CODE>{code}</CODE><LIBELLE>{title}</LIBELLE>"
        f"<LISTE_COMPETENCES><![CDATA[{skills}]]></LISTE_COMPETENCES>"
        f"<MODALITES_EVALUATION><![CDATA[{modality}]]></MODALITES_EVALUATION></BLOC_COMPETENCES>"
    )


def fiche(number: str, blocs: str = "", more: str = "") -> str:
    return (
        f"<FICHE><ID_FICHE>1</ID_FICHE><NUMERO_FICHE>{number}</NUMERO_FICHE><INTITULE>Titre {number}</INTITULE>{more}"
        f"<BLOCS_COMPETENCES>{blocs}</BLOCS_COMPETENCES></FICHE>"
    )


def flux(path: Path, *fiches: str, version: str = "4.1", encoding: str = "UTF-8") -> Path:
    head = f'<?xml version="1.0" encoding="{encoding}"?><FICHES><VERSION_FLUX>{version}</VERSION_FLUX>'
    path.write_bytes((head + "".join(fiches) + "</FICHES>").encode(encoding))
    return path
