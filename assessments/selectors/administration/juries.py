"""The administrator's pages of juries: one sitting with its members, habilitations, the rules of a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.domain.composition import Finding, findings
from assessments.models import (
    CompositionRule,
    Declaration,
    Habilitation,
    Juror,
    JurorDeparture,
    Leave,
    Presidency,
    Session,
    Sitting,
    Slot,
    User,
)
from assessments.models.juries import SlotState
from assessments.selectors.administration.paging import in_order, page_of
from assessments.selectors.composition import Bar, as_members, bars_in, president_of, rules_of

HABILITATION_SORTS = {"name": ("user__full_name",), "from": ("valid_from",), "until": ("valid_until",)}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as the sitting's page shows them; ``left`` and ``reason`` once they left the jury."""

    juror: Juror
    name: str
    presides: bool
    habilitated: bool
    qualified: bool
    external: bool
    declared: bool
    left: JurorDeparture | None


@dataclass(frozen=True, slots=True)
class PassageRow:
    """``away`` counts those who do not sit for it; ``presided`` is false where nobody who sits presides it."""

    slot: Slot
    candidate: str
    away: int
    presided: bool


@dataclass(frozen=True, slots=True)
class SittingPage:
    sitting: Sitting
    members: Sequence[MemberRow]
    findings: Sequence[Finding]
    bars: Sequence[Bar]
    passages: Sequence[PassageRow]
    presidency: Presidency | None

    @property
    def in_office(self) -> list[MemberRow]:
        return [member for member in self.members if member.left is None]


def sitting_page(sitting: Sitting) -> SittingPage:
    """One sitting, in a number of queries that does not grow with its members nor its passages."""
    signed = Declaration.objects.filter(juror=OuterRef("pk"))
    found: QuerySet[Any] = Juror.objects.filter(sitting=sitting).annotate(declared=Exists(signed))
    jurors = list(found.select_related("user", "departure__by").order_by("user__full_name", "pk"))
    day = timezone.localdate(sitting.starts_at)
    qualities = {member.key: member for member in as_members(sitting.session, [each.user_id for each in jurors], day)}
    president = president_of(sitting)
    members = [_member(juror, qualities[juror.user_id], president) for juror in jurors]
    standing = [qualities[member.juror.user_id] for member in members if member.left is None]
    return SittingPage(
        sitting=sitting,
        members=sorted(members, key=lambda member: (member.left is not None, not member.presides)),
        findings=findings(
            standing,
            rules_of(sitting.session, day),
            president=president.user_id if president else None,
            quorum=sitting.quorum,
        ),
        bars=bars_in(sitting.session, [juror.user for juror in jurors if not hasattr(juror, "departure")]),
        passages=_passages(sitting),
        presidency=Presidency.objects.current().filter(sitting=sitting, slot__isnull=True).first(),
    )


def _member(juror: Any, quality: Any, president: Juror | None) -> MemberRow:
    return MemberRow(
        juror=juror,
        name=str(juror.user),
        presides=juror == president,
        habilitated=quality.habilitated,
        qualified=quality.qualified,
        external=quality.external,
        declared=juror.declared,
        left=getattr(juror, "departure", None),
    )


def _passages(sitting: Sitting) -> list[PassageRow]:
    away = Leave.objects.filter(slot=OuterRef("pk"), ended_at__isnull=True, juror__departure__isnull=True)
    counted = away.order_by().values("slot")
    outer = OuterRef(OuterRef("pk"))
    presides = Juror.objects.filter(sitting=sitting.pk).seated(outer).presiding(sitting.pk, outer)
    rows: QuerySet[Any] = sitting.slots.filter(state=SlotState.DUE).annotate(
        away=Subquery(counted.annotate(total=Count("pk")).values("total")), presided=Exists(presides)
    )
    return [
        PassageRow(slot, str(slot.work.enrolment.candidate), slot.away or 0, slot.presided)
        for slot in rows.select_related("work__enrolment__candidate").order_by("starts_at", "pk")
    ]


def candidates_for_seat(sitting: Sitting, jurors: QuerySet[User]) -> QuerySet[User]:
    """Those of ``jurors`` who are not, and were not, members of the jury."""
    return jurors.exclude(juries__sitting=sitting)


def habilitations_page(*, query: str = "", holds: str = "", sort: str = "", page: str = "1") -> Page[Habilitation]:
    """``holds``: ``now`` for those that hold today, ``ended`` for those that do not any more, empty for all."""
    rows = Habilitation.objects.select_related("user", "certification", "user__jury_profile__employer")
    if query:
        rows = rows.filter(Q(user__full_name__icontains=query) | Q(certification__title__icontains=query))
    today = timezone.localdate()
    if holds == "now":
        rows = rows.on(today)
    elif holds == "ended":
        rows = rows.filter(valid_until__lt=today)
    return page_of(in_order(rows, sort, HABILITATION_SORTS, "name"), page, lambda row: row)


@dataclass(frozen=True, slots=True)
class RulesPage:
    """``bound``: the rules that juries of the session keep today; ``versions``: all that it holds, the last first."""

    bound: Sequence[Any]
    versions: Sequence[CompositionRule]


def rules_page(session: Session) -> RulesPage:
    versions = session.composition_rules.order_by("-version")
    return RulesPage(rules_of(session, timezone.localdate()), list(versions))
