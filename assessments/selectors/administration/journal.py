"""The journal as a list, the latest act first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Q

from assessments.models import JournalEntry
from assessments.selectors.administration.paging import page_of


@dataclass(frozen=True, slots=True)
class JournalRow:
    """``actor`` is empty for an act of the platform itself."""

    number: int
    at: datetime
    actor: str
    verb: str
    about: str
    key: int
    payload: Mapping[str, Any]
    hash: str


def journal_page(*, query: str = "", acts: Collection[str] = (), about: str = "", page: str = "1") -> Page[JournalRow]:
    """``query`` searches the person's name or address, the act's code and the hash; ``about`` is a kind of object.

    ``acts``: codes that answer to the query as well, by the words they are shown with.
    """
    rows = JournalEntry.objects.select_related("actor").order_by("-number")
    if query:
        named = Q(actor__full_name__icontains=query) | Q(actor__email__icontains=query)
        acted = Q(verb__icontains=query) | Q(verb__in=acts)
        rows = rows.filter(named | acted | Q(hash__startswith=query.lower()))
    if about:
        rows = rows.filter(object_type=about)
    return page_of(rows, page, _row)


def _row(entry: JournalEntry) -> JournalRow:
    return JournalRow(
        number=entry.number,
        at=entry.at,
        actor=str(entry.actor) if entry.actor else "",
        verb=entry.verb,
        about=entry.object_type,
        key=entry.object_id,
        payload=entry.payload,
        hash=entry.hash,
    )
