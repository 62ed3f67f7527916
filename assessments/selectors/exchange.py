"""The editions that tools of others may read."""

from __future__ import annotations

from django.db.models import QuerySet

from certification.referentials.models import Referential


def editions_in_force_or_past() -> QuerySet[Referential]:
    """Published and archived editions with their certification; a draft is its authors' business."""
    found: QuerySet[Referential] = (
        Referential.objects.exclude(status=Referential.Status.DRAFT)
        .select_related("certification")
        .order_by("certification__code", "pk")
    )
    return found
