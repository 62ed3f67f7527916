"""What was there before acts sealed what they leave behind: recorded once, from then on covered like the rest."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from assessments.models import Decision, Document, DocumentContent, JournalEntry
from assessments.selectors.report import report_of
from assessments.services import journal, seals
from assessments.services.errors import Refused
from assessments.services.seals import KINDS, Kind

_AT_ONCE = 20  # acts in one transaction: from the first of them to its end nobody else writes to the journal


def record_existing() -> Counter[str]:
    """Seal every row that no act has sealed, store what documents say, and close: there is no second time.

    Taken up again where it was interrupted. Returns how many by kind, and of documents how many contents were
    ``stored`` or ``lost``. Raises Refused("journal.recorded") when it was done already.
    """
    if JournalEntry.objects.filter(verb="journal.recorded").exists():
        raise Refused("journal.recorded", _("L’existant a déjà été relevé : cela ne se fait qu’une fois."))
    counts: Counter[str] = Counter()
    for kind in KINDS:
        last_key = 0
        while keys := _unsealed(kind, last_key):
            last_key = keys[-1]
            counts[kind.name] += _record(kind, keys, counts)
    last = JournalEntry.objects.order_by("-number").first()
    if last is not None:
        with transaction.atomic():
            journal.record(None, "journal.recorded", last, count=sum(counts[kind.name] for kind in KINDS))
    return counts


@transaction.atomic
def _record(kind: Kind, keys: list[int], counts: Counter[str]) -> int:
    """Seal the rows ``keys``; what takes time is done before the journal's chain is ours."""
    found = list(seals.seals_of(kind, keys))
    also = {key: _document(key, counts) for key in keys} if kind.model is Document else {}
    for key, seal in found:
        journal.record(None, "content.recorded", kind.model(pk=key), seal=seal, **also.get(key, {}))
    return len(found)


def _unsealed(kind: Kind, after: int) -> list[int]:
    acts = JournalEntry.objects.filter(object_type=kind.name, object_id=OuterRef("pk"), payload__has_key="seal")
    return list(
        kind.all_due().filter(~Exists(acts), pk__gt=after).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]
    )


def _document(key: int, counts: Counter[str]) -> dict[str, Any]:
    """Store what the document says, if that can still be told: nothing is kept whose hash is not the printed one."""
    document = Document.objects.get(pk=key)
    content = report_of(Decision.objects.get(pk=document.decision_id)).content
    if hashlib.sha256(content).hexdigest() != document.content_hash:
        counts["lost"] += 1
        return {"content": "lost"}
    DocumentContent.objects.get_or_create(document=document, defaults={"content": content})
    counts["stored"] += 1
    return {"content": "stored"}
