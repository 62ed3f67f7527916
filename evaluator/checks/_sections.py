"""What the work around a call says it is: texts above it, comments and names in its own code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluator.checks._code import Call, Place
from evaluator.facts.base import Facts

_HEADING = re.compile(r"^[ ]{0,3}(#{1,6})[ ]+(.*)$", re.MULTILINE)
_TAG = re.compile(r"<[^<>]*>")
_ABOVE = 15  # lines of a script
_TITLE = 60  # characters
_PARAGRAPH = 400


def named_work(facts: Facts, call: Call, says: re.Pattern[str]) -> bool:
    """Whether the cell or the function where ``call`` stands, or a text above it, says so."""
    return any(says.search(text) for place in (call.at, *call.via) for text in _around(facts, place))


def _around(facts: Facts, place: Place) -> Iterator[str]:
    if place.cell is None:
        lines = facts["code"]["sources"].get(place.path, "").splitlines()
        yield "\n".join(lines[max(0, place.line - _ABOVE) : place.end_line])
        return
    cells = facts["notebooks"].get(place.path, {}).get("cells", [])
    if place.cell < len(cells):
        yield cells[place.cell]["source"]
        yield from headings(cells[: place.cell])


def headings(cells: list[dict[str, str]]) -> Iterator[str]:
    """The texts over what follows ``cells``, nearest first: the last one, then each that opens a wider section.

    Long ones are left out: an introduction or a table of contents names everything.
    """
    depth, first = 7, True
    for cell in reversed(cells):
        if cell["type"] != "markdown":
            continue
        levels = [len(marks) for marks, _ in _HEADING.findall(cell["source"])]
        if first or (levels and min(levels) < depth):
            yield from _short(cell["source"])
        depth, first = min([depth, *levels]), False


def _short(source: str) -> Iterator[str]:
    titles = [_TAG.sub("", title).strip() for _, title in _HEADING.findall(source)]
    yield from (title for title in titles if len(title) <= _TITLE)
    body = _HEADING.sub("", source)
    if len(body) <= _PARAGRAPH:
        yield body
