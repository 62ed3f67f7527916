"""What every part of an edition has in common."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class Node(models.Model):
    """A part of one edition: its edition, its rank among its siblings, its identity (`identity`).

    `uid` follows the part when it moves and into the next edition; it is unique within an edition.
    """

    referential = models.ForeignKey("referentials.Referential", on_delete=models.PROTECT, related_name="%(class)s_rows")
    uid = models.UUIDField(editable=False)
    position = models.PositiveIntegerField(help_text="Rank among the siblings, from 1.")

    class Meta:
        abstract = True


def node_constraints(name: str, *parents: str) -> list[models.BaseConstraint]:
    """One identity in the edition, and one rank, from 1, among the siblings.

    `parents` may be empty columns, which then count as equal. `name` is the prefix of the constraints' names, unique
    among the application's tables.
    """
    return [
        models.UniqueConstraint(
            fields=["referential", *parents, "position"], name=f"{name}_rank_unique", nulls_distinct=False
        ),
        models.CheckConstraint(condition=Q(position__gte=1), name=f"{name}_rank_from_one"),
        models.UniqueConstraint(fields=["referential", "uid"], name=f"{name}_uid_unique"),
    ]


def among(name: str, field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """A constraint: `field` holds one of the `choices`."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def unique_if_given(name: str, *fields: str, field: str) -> models.UniqueConstraint:
    """A constraint: `field`, where it is not empty, is unique within `fields`."""
    return models.UniqueConstraint(fields=[*fields, field], condition=~Q(**{field: ""}), name=name)


def at_least_one_if_given(name: str, *fields: str) -> models.CheckConstraint:
    """A constraint: each of the integer `fields` is empty or at least 1."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 1})
    return models.CheckConstraint(condition=condition, name=name)


def printed_code() -> models.CharField[Any, Any]:
    """The column of a code as printed in the référentiel, empty where none is printed."""
    return models.CharField(max_length=60, blank=True, default="", help_text="As printed; empty if none.")


def reference_key() -> models.CharField[Any, Any]:
    """The column of the label by which other parts refer to a part without usable code."""
    return models.CharField(max_length=80, blank=True, default="", help_text="Label for references.")


def grid_weight() -> models.PositiveSmallIntegerField[Any, Any]:
    """The column of a line's weight in the grid; 0 leaves it out of the count."""
    return models.PositiveSmallIntegerField(default=1)
