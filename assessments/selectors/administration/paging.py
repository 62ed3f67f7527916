"""Long lists: one page at a time, sorted by what the screen allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from django.core.paginator import Page, Paginator
from django.db.models import Count, Model, QuerySet, Subquery
from django.db.models.functions import Coalesce

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")

PER_PAGE = 50


def page_of(rows: QuerySet[Row], number: str | int, make: Callable[[Row], Shown]) -> Page[Shown]:
    """The page of that number (the first or last one for a number out of range), its rows made by ``make``."""
    page = cast(Page[Any], Paginator(rows, PER_PAGE).get_page(number))
    page.object_list = [make(row) for row in page.object_list]
    return page


def in_order(rows: QuerySet[Row], wanted: str, allowed: Mapping[str, Sequence[str]], default: str) -> QuerySet[Row]:
    """Sort by a name of ``allowed``, the other way round with a leading minus; an unknown name is the default."""
    name = wanted.removeprefix("-")
    if name not in allowed:
        wanted, name = default, default.removeprefix("-")
    fields = allowed[name]
    if wanted.startswith("-"):
        fields = [field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in fields]
    return rows.order_by(*fields, "pk")


def count_of(rows: QuerySet[Any], by: str) -> Coalesce:
    """The number of rows of a subquery: one count a line, never a product of joins."""
    counted = rows.order_by().values(by).annotate(n=Count("pk", distinct=True)).values("n")
    return Coalesce(Subquery(counted), 0)
