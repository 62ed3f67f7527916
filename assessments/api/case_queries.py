"""What a request for the CFDocuments asks: paging, order, filter and fields, as the REST binding of CASE 1.1 says."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

FIELDS = (
    "identifier",
    "uri",
    "frameworkType",
    "caseVersion",
    "creator",
    "title",
    "lastChangeDateTime",
    "language",
    "version",
    "adoptionStatus",
    "CFPackageURI",
    "extensions",
)
"""What a CFDocument of ours may hold."""
SORTABLE = tuple(name for name in FIELDS if name not in ("CFPackageURI", "extensions"))
DEFAULT_LIMIT = 100
_CLAUSE = re.compile(r"\s*(\w+)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'\s*")
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "~": lambda found, asked: asked.lower() in found.lower(),
}


class InvalidQuery(Exception):
    """The request asks what cannot be; `minor` is the binding's code for it."""

    def __init__(self, minor: str, message: str) -> None:
        super().__init__(message)
        self.minor = minor


@dataclass(frozen=True, slots=True)
class Page:
    """The documents of a page, how many there are in all, and the page asked for."""

    documents: list[dict[str, Any]]
    total: int
    limit: int
    offset: int


def page_of(documents: list[dict[str, Any]], asked: Mapping[str, str]) -> Page:
    """The documents that a query string asks for, in its order; raises InvalidQuery."""
    limit = _number(asked, "limit", DEFAULT_LIMIT, 1)
    offset = _number(asked, "offset", 0, 0)
    kept = _filtered(documents, asked.get("filter", ""))
    ordered = _ordered(kept, asked.get("sort", ""), asked.get("orderBy", "asc"))
    shown = [_selected(each, asked.get("fields", "")) for each in ordered[offset : offset + limit]]
    return Page(shown, len(kept), limit, offset)


def _number(asked: Mapping[str, str], name: str, default: int, minimum: int) -> int:
    text = asked.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < minimum:
        raise InvalidQuery("invalid_selection_field", f"{name}: a whole number from {minimum} is expected.")
    return int(text)


def _ordered(documents: list[dict[str, Any]], sort: str, order: str) -> list[dict[str, Any]]:
    if order not in ("asc", "desc") or (sort and sort not in SORTABLE):
        raise InvalidQuery("invalid_sort_field", f"sort by one of {', '.join(SORTABLE)}; orderBy asc or desc.")
    if not sort:
        return documents if order == "asc" else documents[::-1]
    return sorted(documents, key=lambda each: str(each.get(sort, "")), reverse=order == "desc")


def _filtered(documents: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """`title='x' AND version='1'`; all AND or all OR, as the binding allows at least."""
    if not text:
        return documents
    words = re.split(r"\b(AND|OR)\b(?=(?:[^']*'[^']*')*[^']*$)", text)
    clauses, operators = [_clause(each) for each in words[::2]], set(words[1::2])
    if len(operators) > 1:
        raise InvalidQuery("invalid_selection_field", "filter: AND and OR are not mixed.")
    joined = any if operators == {"OR"} else all
    return [
        each
        for each in documents
        if joined(_TESTS[sign](str(each.get(name, "")), value) for name, sign, value in clauses)
    ]


def _clause(text: str) -> tuple[str, str, str]:
    read = _CLAUSE.fullmatch(text)
    if read is None or read[1] not in SORTABLE:
        raise InvalidQuery("invalid_selection_field", "filter: field='value', the field among those of a document.")
    return read[1], read[2], read[3]


def _selected(document: dict[str, Any], text: str) -> dict[str, Any]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in FIELDS]:
        raise InvalidQuery("invalid_selection_field", f"fields: unknown {', '.join(unknown)}.")
    return {name: value for name, value in document.items() if name in names} if names else document
