"""When works are compared, how much of a comparison is kept, and the words for a share."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

OLD = timedelta(days=1)  # a comparison older than that is made again once other works have come
NEAREST = 5  # works kept of each comparison
PASSAGES = 20  # and passages of each


class Extent(StrEnum):
    """How much of a work another one holds. The bounds word a number; they decide nothing."""

    LARGE = "large"
    SOME = "some"
    SMALL = "small"


def extent_of(share: float) -> Extent:
    """``share`` from 0 to 1. Between independent works of one assignment it stays below 0.1 (``docs/adr``)."""
    if share >= 0.5:
        return Extent.LARGE
    return Extent.SOME if share >= 0.1 else Extent.SMALL
