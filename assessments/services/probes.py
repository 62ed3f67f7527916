"""The ledger of declared addresses: watch, ask, record, forget. The network is reached elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import PROBE, ring
from assessments.domain import probing as rules
from assessments.domain.leases import CALLED
from assessments.domain.workflow import WorkState
from assessments.models import Probe, ProbedAddress, ProbeExchange, Submission, User
from assessments.models.probes import AddressKind, Occasion
from assessments.services import journal, leases
from assessments.services.errors import Denied, Refused
from assessments.services.leases import Kind, LeaseLost
from evaluator.availability import Standing, standing_of

_AT_ONCE = 500  # exchanges forgotten in one go


@transaction.atomic
def watch(*, submission: Submission, declaration: Mapping[str, Any], kinds: set[str]) -> None:
    """Keep the declared addresses of ``kinds`` and have each called for the first time; a second call adds nothing."""
    for kind in sorted(kinds & set(AddressKind.values)):
        url = declaration["urls"].get(kind)
        if not url:
            continue
        fields = {"url": url, "declared_in": declaration["path"], **leases.due(CALLED)}
        address, made = ProbedAddress.objects.get_or_create(submission=submission, kind=kind, defaults=fields)
        if made:
            ring(PROBE, address.pk)


@transaction.atomic
def ask(*, actor: User, address: ProbedAddress) -> None:
    """Have an address called now, because a person wants to know.

    Raises Denied; Refused("probe.pending"), Refused("probe.too_often") for this address or for this person.
    """
    address = (
        ProbedAddress.objects.select_for_update(of=("self",)).select_related("submission__work").get(pk=address.pk)
    )
    if not policies.can_probe(actor, address.submission):
        raise Denied
    now = timezone.now()
    is_due = address.due_at is not None and address.due_at <= now
    is_called = address.lease_expires_at is not None and address.lease_expires_at > now
    if is_due or is_called:
        raise Refused("probe.pending", _("Un appel de cette adresse est déjà en cours."))
    recently = address.asked_at is not None and now - address.asked_at < rules.ASKED_APART
    this_hour = Probe.objects.filter(asked_by=actor, at__gt=now - timedelta(hours=1)).count()
    if recently or this_hour >= rules.ASKED_PER_HOUR:
        raise Refused("probe.too_often", _("Cette adresse vient d’être appelée : attendez quelques minutes."))
    ProbedAddress.objects.filter(pk=address.pk).update(**leases.due(CALLED), asked_by=actor, asked_at=now)
    journal.record(actor, "probe.asked", address, submission=address.submission_id, kind=address.kind)
    ring(PROBE, address.pk)


@transaction.atomic
def record(*, address: ProbedAddress, exchange: dict[str, Any]) -> Probe:
    """Store what a claimed address answered, and when it is called next. Raises LeaseLost."""
    held = leases.held(KIND, address).select_for_update(of=("self",)).first()
    if held is None or held.due_at is None:
        raise LeaseLost
    standing = standing_of(address.kind, exchange)
    failure = exchange["failure"] or {"code": "", "params": {}}
    probe = Probe.objects.create(
        address=held,
        due_at=held.due_at,
        at=datetime.fromisoformat(exchange["at"]),
        occasion=Occasion.ASKED if held.asked_by_id else Occasion.PERIODIC,
        asked_by_id=held.asked_by_id,
        standing=standing.value,
        status=exchange["response"]["status"] if exchange["response"] else None,
        seconds=exchange["seconds"],
        failure_code=failure["code"],
        failure_params=failure["params"],
    )
    ProbeExchange.objects.create(probe=probe, content=exchange)
    leases.settle(KIND, address, due_at=_next_due(address, ours=standing is Standing.OURS), asked_by=None)
    return probe


def _next_due(address: ProbedAddress, *, ours: bool) -> datetime | None:
    period = timedelta(seconds=settings.PROBE_PERIOD_SECONDS)
    return rules.next_due(timezone.now(), ours=ours, watched=_is_watched(address.submission), period=period)


def _is_watched(submission: Submission) -> bool:
    work = submission.work
    latest = not Submission.objects.filter(work=work, number__gt=submission.number).exists()
    session = work.enrolment.session
    return rules.is_watched(
        WorkState(work.state), latest=latest, session_ends=session.ends_on, today=timezone.localdate()
    )


def _is_wanted(address: ProbedAddress) -> bool:
    """An address that is no longer watched is called no more, unless a person asked for it."""
    return address.asked_by_id is not None or _is_watched(address.submission)


def _given_up(address: ProbedAddress) -> dict[str, Any]:
    """A call that our workers did not survive is no probe: the next one comes in its time."""
    return {"due_at": _next_due(address, ours=True), "asked_by": None}


KIND = Kind(
    model=ProbedAddress,
    task=PROBE,
    policy=CALLED,
    waiting={},
    held={},
    dead=_given_up,
    wanted=_is_wanted,
    related=("submission__work__enrolment__session",),
)


def facts_of(submission: Submission) -> dict[str, Any]:
    """What the checks read of the probes of a submission (see ``evaluator.facts.outside``)."""
    facts: dict[str, Any] = {"missing": None} | dict.fromkeys(AddressKind.values)
    for address in ProbedAddress.objects.filter(submission=submission):
        series = list(address.probes.order_by("at", "pk").values_list("at", "standing"))
        if series:
            facts[address.kind] = {
                "exchange": _latest(address, ours=False),
                "failed": _latest(address, ours=True),
                "series": [{"at": timezone.localtime(at).isoformat(), "standing": word} for at, word in series],
            }
    return facts


def _latest(address: ProbedAddress, *, ours: bool) -> dict[str, Any] | None:
    rows = ProbeExchange.objects.filter(probe__address=address)
    rows = rows.filter(probe__standing=Standing.OURS) if ours else rows.exclude(probe__standing=Standing.OURS)
    found: dict[str, Any] | None = rows.order_by("-probe__at", "-probe").values_list("content", flat=True).first()
    return found


def forget_exchanges() -> int:
    """Remove the exchanges past their keeping, all but the latest of each address. Returns how many.

    The probes themselves stay, and so do the exchanges that results quote: evidence holds its own copy.
    """
    limit = timezone.now() - timedelta(days=settings.PROBE_EXCHANGE_DAYS)
    telling = Probe.objects.filter(address=OuterRef("probe__address")).exclude(standing=Standing.OURS)
    latest = Subquery(telling.order_by("-at", "-pk").values("pk")[:1])
    old = ProbeExchange.objects.filter(probe__at__lt=limit).annotate(latest=latest).exclude(probe=F("latest"))
    keys = list(old.values_list("pk", flat=True)[:_AT_ONCE])
    removed, _each = ProbeExchange.objects.filter(pk__in=keys).delete()
    return removed
