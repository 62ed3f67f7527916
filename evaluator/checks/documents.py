"""Whether a written note, or a section of it, stays within the pages that a criterion allows."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluator.checks import _documents
from evaluator.checks._readme import plain
from evaluator.checks.base import Check
from evaluator.checks.documents_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.results import Evidence, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_NOTE = re.compile(r"(^|[^a-z])note([^a-z]|$)|methodolog|rapport|report|memoire|dossier")
_PAGE_TOP = 0.15  # a heading above this place starts its page
_PAGES_SHOWN = 12
_SAME_SIZE = 0.97  # sizes measured on letters vary a little from one heading to the next


@dataclass(frozen=True, slots=True)
class Heading:
    """``at`` counts pages from 0 at the top of the first: 1.5 is the middle of the second page."""

    text: str
    size: float
    page: int
    top: float

    @property
    def at(self) -> float:
        return self.page - 1 + (self.top if self.top >= _PAGE_TOP else 0.0)


@dataclass(frozen=True, slots=True)
class Section:
    """``pages`` is its length, ``first`` and ``last`` the pages on which it stands (1-based)."""

    heading: Heading
    pages: float
    first: int
    last: int


def page_limit(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """The note counts at most ``max_pages`` pages; with ``section``, the sections named by these words do."""
    documents = facts["documents"]
    candidates = _candidates(documents, params.get("document"))
    if not candidates:
        return Finding(Outcome.NOT_MET, Message("document.page_limit.not_met_none"))
    if len(candidates) > 1:
        message = Message("document.page_limit.undecided_which", {"paths": candidates[:10]})
        files = [_documents.file(path, documents[path]) for path in candidates[:10]]
        return Finding(Outcome.UNDECIDED, message, files)
    path = candidates[0]
    fact = documents[path]
    if fact["error"]:
        return _documents.unreadable(path, fact)
    if fact["kind"] == "docx":
        return _laid_out_elsewhere(path, fact, params["max_pages"])
    words = params.get("section") or []
    return (
        _sections_judged(path, fact, words, params["max_pages"]) if words else _judged(path, fact, params["max_pages"])
    )


def _candidates(documents: Mapping[str, Any], pattern: str | None) -> list[str]:
    """The documents asked for; without a pattern those named as notes, else all of them. A PDF stands for its Word."""
    written = {path: fact for path, fact in documents.items() if fact["kind"] != "pptx"}
    paths = _documents.matching(written, pattern)
    if not pattern:
        paths = [path for path in paths if _documents.is_named(path, _NOTE)] or paths
    printed = {path[: -len(".pdf")] for path in paths if written[path]["kind"] == "pdf"}
    return [path for path in paths if written[path]["kind"] == "pdf" or path[: -len(".docx")] not in printed]


def _laid_out_elsewhere(path: str, fact: Mapping[str, Any], limit: int) -> Finding:
    """A Word file has no pages of its own: their number depends on the software, the fonts and the printer."""
    message = Message("document.page_limit.undecided_word", {"path": path, "pages": fact["count"] or 1, "limit": limit})
    return Finding(Outcome.UNDECIDED, message, _pages(path, fact, 1, len(fact["pages"])))


def _judged(path: str, fact: Mapping[str, Any], limit: int) -> Finding:
    count = fact["count"]
    params = {"path": path, "pages": count, "limit": limit}
    if count <= limit:
        return Finding(Outcome.MET, Message("document.page_limit.met", params), _pages(path, fact, 1, count))
    evidence = [*_pages(path, fact, limit + 1, count), *_pages(path, fact, 1, limit)]
    return Finding(Outcome.NOT_MET, Message("document.page_limit.not_met", params), evidence[:_PAGES_SHOWN])


def _sections_judged(path: str, fact: Mapping[str, Any], words: Sequence[str], limit: int) -> Finding:
    found = sections(fact, words)
    params: dict[str, Any] = {"path": path, "words": list(words), "limit": limit}
    if not found:
        message = Message("document.page_limit.undecided_section", params)
        return Finding(Outcome.UNDECIDED, message, _pages(path, fact, 1, fact["count"]))
    evidence = [page for section in found for page in _pages(path, fact, section.first, section.last)]
    pages = sum(section.pages for section in found)
    spread = len({page for section in found for page in range(section.first, section.last + 1)})
    met = spread <= limit or pages <= limit
    params |= {
        "sections": [section.heading.text for section in found],
        "pages": math.ceil(pages * 10) / 10,
        "spread": spread,
    }
    code = "met_section" if met else "not_met_section"
    message = Message(f"document.page_limit.{code}", params)
    return Finding(Outcome.MET if met else Outcome.NOT_MET, message, evidence[:_PAGES_SHOWN])


def sections(fact: Mapping[str, Any], words: Sequence[str]) -> list[Section]:
    """The sections whose heading holds one of the words, each from its heading to the next as large or larger.

    A section inside another one found is left out, and so is the title of the document.
    """
    headings = [
        Heading(item["text"], item["size"], page["number"], item["top"])
        for page in fact["pages"]
        for item in page["headings"]
    ]
    wanted = [plain(word) for word in words]
    found: list[Section] = []
    end = -1.0
    for position, heading in enumerate(headings):
        named = any(word in plain(heading.text) for word in wanted)
        if not named or _is_title(headings, position) or heading.at < end:
            continue
        following = [other for other in headings[position + 1 :] if other.size >= heading.size * _SAME_SIZE]
        end = following[0].at if following else float(fact["count"])
        found.append(_section(heading, end))
    return found


def _is_title(headings: Sequence[Heading], position: int) -> bool:
    """The first heading, larger than every other one."""
    others = [heading.size for heading in headings[1:]]
    return position == 0 and bool(others) and headings[0].size * _SAME_SIZE > max(others)


def _section(heading: Heading, end: float) -> Section:
    whole = int(end)
    last = whole if end == whole else whole + 1
    return Section(heading, max(0.0, end - heading.at), heading.page, max(heading.page, last))


def _pages(path: str, fact: Mapping[str, Any], first: int, last: int) -> list[Evidence]:
    return [_documents.page(path, fact, page) for page in fact["pages"][first - 1 : last]][:_PAGES_SHOWN]


_PARAMETERS = {
    "type": "object",
    "properties": {
        "max_pages": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 2},
        "section": {"type": "array", "items": {"type": "string", "minLength": 2}, "maxItems": 20},
        "document": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    "required": ["max_pages"],
    "additionalProperties": False,
}

CHECKS: tuple[Check, ...] = (
    Check(
        "document.page_limit",
        2,
        "document",
        {"fr": "Nombre de pages de la note", "en": "Number of pages of the note"},
        ("documents",),
        page_limit,
        _PARAMETERS,
    ),
)
