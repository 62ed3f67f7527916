"""What was recognised in an archive, in words and icons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

SHOWN = 6

# In the order in which a reader looks for them: kind of the engine, icon, name.
KINDS: Final = (
    ("notebooks", "notebook", gettext_noop("Notebooks")),
    ("models", "model", gettext_noop("Modèle sérialisé")),
    ("api", "api", gettext_noop("API")),
    ("dashboard", "dashboard", gettext_noop("Tableau de bord")),
    ("pdf", "pdf", gettext_noop("Documents PDF")),
    ("data", "metric", gettext_noop("Données")),
    ("requirements", "dependencies", gettext_noop("Dépendances")),
    ("readme", "file", gettext_noop("Fichier introductif")),
    ("git", "git", gettext_noop("Historique git")),
)


@dataclass(frozen=True, slots=True)
class RecognisedView:
    """``names`` are the first paths, ``more`` counts those not shown; ``note`` stands where there are no paths."""

    icon: str
    label: str
    count: int
    names: Sequence[str]
    more: int
    note: str


def recognised_views(recognised: Mapping[str, Any]) -> list[RecognisedView]:
    """One view per kind, found or not. Paths are the candidate's words: shown as text."""
    return [_view(icon, _(label), kind, recognised.get(kind) or {}) for kind, icon, label in KINDS]


def _view(icon: str, label: str, kind: str, found: Mapping[str, Any]) -> RecognisedView:
    count = int(found.get("count", 0))
    names = [str(path) for path in found.get("paths", [])]
    note = ngettext("%(count)d version", "%(count)d versions", count) % {"count": count} if kind == "git" else ""
    return RecognisedView(icon, label, count, names[:SHOWN], max(count - SHOWN, 0) if names else 0, note)
