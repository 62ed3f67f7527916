"""Documents to print: ordered with what is decided, printed by ``reports``, started again once we failed."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import ISSUE_REPORT, ring
from assessments.domain.leases import PRINTED
from assessments.models import Decision, PrintOrder, User
from assessments.models.printing import PrintState
from assessments.services import journal, leases
from assessments.services.errors import Denied, Refused
from assessments.services.leases import Kind

KIND = Kind(
    model=PrintOrder,
    task=ISSUE_REPORT,
    policy=PRINTED,
    waiting={"state": PrintState.WAITING},
    held={},
    dead=lambda order: {"state": PrintState.DEAD},
    buried="document.abandoned",
    related=("decision",),
)


def order(*, decision: Decision) -> PrintOrder:
    """Have the report printed, in the transaction that made its decision."""
    row = PrintOrder.objects.create(decision=decision, **leases.due(KIND.policy))
    ring(ISSUE_REPORT, row.pk)
    return row


@transaction.atomic
def retry(*, actor: User, order: PrintOrder) -> None:
    """Have a document printed that was given up. Raises Denied; Refused("document.not_abandoned")."""
    if not policies.can_administer(actor):
        raise Denied
    if not leases.wake(KIND, PrintOrder.objects.filter(pk=order.pk, state=PrintState.DEAD)):
        raise Refused("document.not_abandoned", _("Ce document n’est pas abandonné."))
    journal.record(actor, "document.retried", order)
