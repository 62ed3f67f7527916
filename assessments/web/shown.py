"""Stored facts as components: cells, pages, code, exchanges. Everything here is a candidate's text, shown as text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.web import components as views

PictureUrl = Callable[[str | None], str]
Fact = Mapping[str, Any]

CELLS_AROUND = 1
LINES_AROUND = 12
YEARS = (1970, 2200)
CELL_CHARACTERS = 100_000  # what a reader could ever read of one cell
NOTEBOOK_CHARACTERS = 2_000_000  # and what a browser shows of one notebook without stalling


def marked_lines(evidence: Fact) -> range:
    """The 1-based lines that the evidence points at; empty when it points at none."""
    first = evidence.get("line")
    if first is None:
        return range(0)
    return range(first, max(evidence.get("end_line") or first, first) + 1)


def cells(
    notebook: Fact,
    picture: PictureUrl,
    *,
    marked: int | None = None,
    lines: Collection[int] = (),
    around: int | None = None,
) -> list[views.CellView]:
    """The cells of a notebook, all of them or those within ``around`` of ``marked`` (0-based).

    Neighbours come without their outputs, which would push the marked cell out of sight.
    """
    language = notebook.get("language") or "python"
    chosen = [
        (index, cell)
        for index, cell in enumerate(notebook["cells"])
        if around is None or marked is None or abs(index - marked) <= around
    ]
    if around is not None:
        chosen = [(index, cell if index == marked else {**cell, "outputs": []}) for index, cell in chosen]
    return [_cell(index, cell, language, picture, index == marked, lines) for index, cell in _within_reason(chosen)]


def _within_reason(chosen: list[tuple[int, Fact]]) -> list[tuple[int, Fact]]:
    """The cells up to ``NOTEBOOK_CHARACTERS`` of source; one that is not shown whole says so."""
    room = NOTEBOOK_CHARACTERS
    kept: list[tuple[int, Fact]] = []
    for index, cell in chosen:
        limit = min(CELL_CHARACTERS, room)
        source = cell["source"]
        if len(source) > limit:
            source = source[:limit] + "\n" + _("… (la suite n’est pas affichée ; elle est dans l’archive)")
        room -= min(len(cell["source"]), limit)
        kept.append((index, {**cell, "source": source}))
        if room <= 0:
            break
    return kept


def _cell(
    index: int, cell: Fact, language: str, picture: PictureUrl, marked: bool, lines: Collection[int]
) -> views.CellView:
    return views.CellView(
        position=index + 1,
        kind=cell["type"],
        source=cell["source"],
        language=language,
        execution_count=cell["execution_count"],
        outputs=[_output(output, picture) for output in cell["outputs"]],
        marked_lines=tuple(lines) if marked else (),
        marked=marked,
    )


def _output(output: Fact, picture: PictureUrl) -> views.OutputView:
    kind, text = output["kind"], output.get("text") or ""
    if kind == "image":
        url = picture(output.get("attachment"))
        if url:
            return views.OutputView("image", text=_readable(text), image_url=url)
        return views.OutputView("note", text=_("Image non reprise (format qui ne peut pas être montré sans risque)."))
    if kind == "table":
        rows = [[str(value) for value in row] for row in output["rows"]]
        columns = [str(name) or _("indice") for name in output["columns"]]
        return views.OutputView("table", text=text, columns=columns, rows=rows)
    if kind == "plotly":
        figures = output.get("figures") or 1
        words = ngettext("%(count)d figure interactive", "%(count)d figures interactives", figures)
        traces = ", ".join(str(trace) for trace in output.get("traces") or ())
        return views.OutputView("note", text=words % {"count": figures} + (f" ({traces})" if traces else ""))
    return views.OutputView("error" if kind == "error" else "text", text=text)


def _readable(text: str) -> str:
    """What matplotlib prints of an object says nothing to a reader."""
    return "" if text.startswith("<") else text[:200]


def excerpt_of(source: str, lines: Sequence[int]) -> tuple[str, int]:
    """The lines around those marked, and the number of the first one. The whole when nothing is marked."""
    if not lines:
        return source, 1
    every = source.splitlines()
    start = max(lines[0] - LINES_AROUND, 1)
    return "\n".join(every[start - 1 : lines[-1] + LINES_AROUND]), start


def marks(lines: Sequence[int]) -> str:
    """As the ``code_block`` tag takes them."""
    return f"{lines[0]}-{lines[-1]}" if lines else ""


def pages(path: str, document: Fact, picture: PictureUrl, *, only: int | None = None) -> list[views.PdfPageView]:
    """The pages of a PDF, or the page ``only`` (1-based)."""
    total = document.get("count") or len(document["pages"])
    return [
        views.PdfPageView(
            document=path,
            number=page["number"],
            total=total,
            text=page["text"],
            image_url=picture(page.get("attachment")),
            marked=page["number"] == only,
        )
        for page in document["pages"]
        if only is None or page["number"] == only
    ]


def exchange(detail: Fact) -> views.HttpExchangeView | None:
    request, response = detail.get("request"), detail.get("response") or {}
    if not request:
        return None
    headers = response.get("headers") or {}
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return views.HttpExchangeView(
        method=str(request.get("method", "")),
        url=str(request.get("url", "")),
        status=response.get("status"),
        request_body=str(request.get("body") or ""),
        response_headers=[(str(name), str(value)) for name, value in pairs],
        response_body=str(response.get("body") or ""),
        seconds=detail.get("seconds"),
        error=str(response.get("error") or ""),
    )


def connection(detail: Fact) -> list[tuple[str, str]]:
    """What is known of the way to a public address: when, through which redirections, under which certificate."""
    tls = detail.get("tls") or {}
    expires = parse_datetime(str(tls.get("expires") or ""))
    known = [
        (_("Appelée le"), date_format(localtime(at), "DATETIME_FORMAT") if (at := _instant(detail.get("at"))) else ""),
        (_("Redirections"), " → ".join(f"{hop['url']} ({hop['status']})" for hop in detail.get("hops") or ())),
        (_("Chiffrement"), " · ".join(str(tls[key]) for key in ("version", "cipher") if tls.get(key))),
        (_("Certificat émis par"), str(tls.get("issuer") or "")),
        (_("Certificat valable jusqu’au"), date_format(localtime(expires), "DATE_FORMAT") if expires else ""),
        (_("Certificat refusé"), str(tls.get("reason") or "")),
    ]
    return [(name, value) for name, value in known if value]


def _instant(value: Any) -> datetime | None:
    return parse_datetime(str(value)) if value else None


def values(detail: Fact) -> list[tuple[str, str]]:
    """The plain values of a detail, named as the engine names them."""
    names = {
        "metric": _("Mesure"),
        "value": _("Valeur recalculée"),
        "dummy": _("Réponse constante"),
        "claimed": _("Valeur annoncée"),
        "threshold": _("Seuil demandé"),
        "rows": _("Lignes"),
        "target": _("Cible"),
        "reference": _("Jeu de données de référence"),
        "reference_sha256": _("Empreinte du jeu de données"),
        "delivered": _("Prédictions livrées"),
        "identifier": _("Identifiant"),
        "model": _("Modèle"),
        "format": _("Format"),
        "compression": _("Compression"),
        "protocol": _("Protocole pickle"),
        "estimator": _("Modèle entraînable"),
        "classes": _("Classes"),
        "libraries": _("Bibliothèques"),
        "dangerous": _("Appels dangereux"),
    }
    ranks = {name: rank for rank, name in enumerate(names)}
    plain = [(key, value) for key, value in detail.items() if value is not None and not isinstance(value, dict | list)]
    plain.sort(key=lambda pair: ranks.get(pair[0], len(ranks)))
    return [(names.get(key, key), _plain(value)) for key, value in plain]


@dataclass(frozen=True, slots=True)
class CommitView:
    """``name`` is the short name of the commit; ``current`` marks the one that the evidence points at."""

    name: str
    subject: str
    author: str
    when: datetime | None
    current: bool


def commit(row: Fact, current: str) -> CommitView:
    name = str(row.get("commit") or "")
    author, subject = str(row.get("author") or ""), str(row.get("subject") or "")
    return CommitView(name[:8], subject, author, _moment(str(row.get("date") or "")), name == current)


def _moment(text: str) -> datetime | None:
    """A date that a candidate's repository states; None for one that no calendar of ours can place."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and YEARS[0] <= found.year <= YEARS[1] else None


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, float):
        return number_format(round(value, 6))
    return number_format(value) if isinstance(value, int) else str(value)
