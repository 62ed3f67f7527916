"""The longest texts, held by the database."""

from __future__ import annotations

from django.db.models import CheckConstraint, F
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual


def at_most(field: str, longest: int, name: str) -> CheckConstraint:
    """``field`` has at most so many characters (``assessments.domain.texts``)."""
    return CheckConstraint(condition=LessThanOrEqual(Length(F(field)), longest), name=name)
