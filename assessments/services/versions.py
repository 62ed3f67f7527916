"""Writing what may have changed since it was read: nothing that the writer has not seen is written over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.versions import Versioned
from assessments.services.errors import Refused

AnyVersioned = TypeVar("AnyVersioned", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands instead: its version, and its values by the name of the field."""

    version: int
    values: Mapping[str, Any]


class Stale(Refused):
    """Other words were kept since the writer read: ``standing`` are those, and nothing was written."""

    def __init__(self, row: Versioned, values: Mapping[str, Any]) -> None:
        moment = timezone.localtime(row.saved_at).strftime("%H:%M") if row.saved_at else "–"
        sentence = _("Une autre fenêtre ou un autre appareil a changé cela à %(moment)s : choisissez ce qui reste.")
        super().__init__("version.stale", sentence, moment=moment)
        self.standing = Standing(row.version, values)


def keep(*, row: AnyVersioned, base: int, **values: Any) -> AnyVersioned:
    """Keep ``values`` in the row, new or locked by the caller, for who read it at version ``base``.

    What stands already is kept as it is, whatever the base: an answer that was lost is asked for again. Raises Stale.
    """
    stands = {name: getattr(row, name) for name in values}
    if stands == values:
        return row
    if base != row.version:
        raise Stale(row, stands)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.saved_at = timezone.now()
    row.save()
    return row
