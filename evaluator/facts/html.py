"""HTML outputs reduced to a table or to text; markup, styles and scripts never survive."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SILENT = {"style", "script", "head", "template", "noscript", "svg"}
_BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}
_LONGEST = 2_000_000
_ROWS = 60
_CELL = 200
_PLOTLY_CALL = re.compile(r"Plotly\.(?:newPlot|react|plot)\(")
_TRACE_TYPE = re.compile(r'"type"\s*:\s*"([a-z0-9]{2,20})"')
_TRACES = {
    "bar", "box", "choropleth", "choroplethmapbox", "contour", "funnel", "heatmap", "histogram", "histogram2d",
    "indicator", "pie", "sankey", "scatter", "scatter3d", "scattergl", "scattergeo", "scattermapbox", "scatterpolar",
    "sunburst", "surface", "treemap", "violin", "waterfall",
}  # fmt: skip


@dataclass(slots=True)
class Reduced:
    """``columns`` and ``rows`` of the first table, the visible ``text``, ``traces`` of an embedded Plotly figure."""

    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    text: str = ""
    traces: list[str] | None = None


def reduce_html(source: str) -> Reduced:
    """Reduce ``source``; never raises, whatever the markup."""
    source = source[:_LONGEST]
    reader = _Reader()
    with suppress(AssertionError, ValueError):  # what the parser raises for some broken markup; the rest is left
        reader.feed(source)
    rows = reader.rows
    header = rows.pop(0) if rows and reader.headed else []
    lines = (line.strip() for line in "".join(reader.words).splitlines())
    text = "\n".join(line for line in lines if line)
    return Reduced(columns=header, rows=rows[:_ROWS], text=text, traces=_plotly_traces(source))


def _plotly_traces(source: str) -> list[str] | None:
    if not _PLOTLY_CALL.search(source):
        return None
    kinds = (kind for kind in _TRACE_TYPE.findall(source) if kind in _TRACES)
    return list(dict.fromkeys(kinds))


class _Reader(HTMLParser):
    """Collects the rows of the first table and the words outside tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.headed = False
        self._silent = 0
        self._tables = 0
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._tables += 1
        elif tag == "thead":
            self.headed = True
        elif self._tables == 1 and tag == "tr" and len(self.rows) <= _ROWS:
            self.rows.append([])
        elif self._tables == 1 and tag in {"td", "th"}:
            self._cell = []
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in {"td", "th"} and self._cell is not None:
            if self.rows and len(self.rows) <= _ROWS:
                self.rows[-1].append(" ".join("".join(self._cell).split())[:_CELL])
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(data)
        elif self._tables == 0:
            self.words.append(data)
