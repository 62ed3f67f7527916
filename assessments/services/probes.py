"""The ledger of declared addresses: watch, ask, claim, record, sweep, forget. The network is reached elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import PROBE, ring
from assessments.domain import probing as rules
from assessments.domain.workflow import WorkState
from assessments.models import Probe, ProbedAddress, ProbeExchange, Submission, User
from assessments.models.probes import AddressKind, Occasion
from assessments.services import journal
from assessments.services.errors import Denied, Refused
from evaluator.availability import Standing, standing_of

_AT_ONCE = 500  # addresses rung for, and exchanges forgotten, in one go


@transaction.atomic
def watch(*, submission: Submission, declaration: Mapping[str, Any], kinds: set[str]) -> None:
    """Keep the declared addresses of ``kinds`` and have each called for the first time; a second call adds nothing."""
    for kind in sorted(kinds & set(AddressKind.values)):
        url = declaration["urls"].get(kind)
        if not url:
            continue
        fields = {"url": url, "declared_in": declaration["path"], "due_at": timezone.now(), "rung_at": timezone.now()}
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
    is_called = address.claimed_until is not None and address.claimed_until > now
    if is_due or is_called:
        raise Refused("probe.pending", _("Un appel de cette adresse est déjà en cours."))
    recently = address.asked_at is not None and now - address.asked_at < rules.ASKED_APART
    this_hour = Probe.objects.filter(asked_by=actor, at__gt=now - timedelta(hours=1)).count()
    if recently or this_hour >= rules.ASKED_PER_HOUR:
        raise Refused("probe.too_often", _("Cette adresse vient d’être appelée : attendez quelques minutes."))
    ProbedAddress.objects.filter(pk=address.pk).update(due_at=now, rung_at=now, asked_by=actor, asked_at=now)
    journal.record(actor, "probe.asked", address, submission=address.submission_id, kind=address.kind)
    ring(PROBE, address.pk)


def claim(*, address_id: int) -> ProbedAddress | None:
    """Take an address that is due and that nobody is calling; None when there is nothing to do."""
    now = timezone.now()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    taken = ProbedAddress.objects.filter(free, pk=address_id, due_at__lte=now).update(claimed_until=now + rules.LEASE)
    if not taken:
        return None
    return ProbedAddress.objects.select_related("submission__work__enrolment__session").get(pk=address_id)


@transaction.atomic
def record(*, address: ProbedAddress, exchange: dict[str, Any]) -> Probe | None:
    """Store what a claimed address answered, and when it is called next; None when another delivery did already."""
    held = ProbedAddress.objects.select_for_update(of=("self",)).filter(pk=address.pk, due_at=address.due_at).first()
    if held is None or held.due_at is None:
        return None
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
    ProbedAddress.objects.filter(pk=held.pk).update(
        due_at=_next_due(address, ours=standing is Standing.OURS), rung_at=None, claimed_until=None, asked_by=None
    )
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


def sweep() -> int:
    """Ring for the addresses that are due, once and then again for those that nobody called. Returns how many.

    An address that is no longer watched is called no more, unless a person asked for it.
    """
    now = timezone.now()
    silent = Q(rung_at__isnull=True) | Q(rung_at__lt=now - rules.RING_AGAIN)
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    due = ProbedAddress.objects.filter(silent, free, due_at__lte=now).order_by("due_at")
    rung = 0
    for address in due.select_related("submission__work__enrolment__session")[:_AT_ONCE]:
        rung += _ring(address, now)
    return rung


@transaction.atomic
def _ring(address: ProbedAddress, now: datetime) -> bool:
    unchanged = ProbedAddress.objects.filter(pk=address.pk, due_at=address.due_at)
    if address.asked_by_id is None and not _is_watched(address.submission):
        unchanged.update(due_at=None, rung_at=None)
        return False
    if unchanged.update(rung_at=now):
        ring(PROBE, address.pk)
    return True


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
