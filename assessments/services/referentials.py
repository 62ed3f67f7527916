"""What an administrator does to the editions of a référentiel; each act has its row in the journal.

The rules are those of `certification.referentials`: what they refuse, they refuse here, and nothing is recorded.
"""

from __future__ import annotations

from typing import Literal

from django.db import transaction

from assessments import policies
from assessments.models import User
from assessments.services import journal
from assessments.services.errors import Denied
from certification.referentials import drafts, services
from certification.referentials.carry_over import Table
from certification.referentials.drafts import Draft
from certification.referentials.editing import Operation
from certification.referentials.models import Referential

Act = Literal["added", "saved", "moved", "deleted"]


@transaction.atomic
def start_empty(*, actor: User, code: str, title: str, edition: str) -> Referential:
    """Start a draft with nothing in it. Raises Denied, and as `drafts.start_empty`."""
    _require_administrator(actor)
    referential = drafts.start_empty(code=code, title=title, edition=edition)
    journal.record(actor, "referential.created", referential, content=referential.content_hash)
    return referential


@transaction.atomic
def change(
    *, actor: User, referential: Referential, version: str, operation: Operation, act: Act, looked_at: str = ""
) -> Draft:
    """Apply one operation to a draft. Raises Denied, and as `drafts.change`.

    What changes nothing is not recorded.
    """
    _require_administrator(actor)
    draft = drafts.change(referential=referential, version=version, operation=operation, looked_at=looked_at)
    if draft.version != version:
        journal.record(
            actor, f"referential.{act}", referential, before=version, after=draft.version, element=draft.path
        )
    return draft


@transaction.atomic
def undo(*, actor: User, referential: Referential, version: str) -> Draft:
    """Undo the last change of a draft. Raises Denied, and as `drafts.undo`."""
    _require_administrator(actor)
    draft = drafts.undo(referential=referential, version=version)
    journal.record(actor, "referential.undone", referential, before=version, after=draft.version)
    return draft


@transaction.atomic
def new_edition(*, actor: User, from_referential: Referential, edition: str) -> Referential:
    """Start the next edition from a frozen one. Raises Denied, and as `services.new_edition`."""
    _require_administrator(actor)
    referential = services.new_edition(from_referential=from_referential, edition=edition)
    content = referential.content_hash
    journal.record(actor, "referential.created", referential, content=content, predecessor=from_referential.pk)
    return referential


@transaction.atomic
def decide_carry_over(*, actor: User, referential: Referential, predecessor: Referential, table: Table) -> Referential:
    """Keep what of a predecessor counts in a draft. Raises Denied, and as `services.decide_carry_over`."""
    _require_administrator(actor)
    decided = services.decide_carry_over(referential=referential, predecessor=predecessor, table=table)
    content = decided.content_hash
    journal.record(actor, "referential.carried_over", decided, content=content, predecessor=predecessor.pk)
    return decided


@transaction.atomic
def publish(*, actor: User, referential: Referential) -> Referential:
    """Freeze a draft. Raises Denied, and as `services.publish`."""
    _require_administrator(actor)
    published = services.publish(referential=referential)
    journal.record(actor, "referential.published", published, content=published.content_hash)
    return published


@transaction.atomic
def archive(*, actor: User, referential: Referential) -> Referential:
    """Take a published edition out of force. Raises Denied, and as `services.archive`."""
    _require_administrator(actor)
    archived = services.archive(referential=referential)
    journal.record(actor, "referential.archived", archived, content=archived.content_hash)
    return archived


def _require_administrator(actor: User) -> None:
    if not policies.can_administer(actor):
        raise Denied
