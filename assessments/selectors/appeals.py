"""Appeals as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments import policies
from assessments.domain.appeals import OPEN, AppealState, open_until
from assessments.models import Appeal, Award, Decision, DecisionLine, Enrolment, Role, Session, User
from assessments.models.awards import FOR_GOOD
from assessments.models.lines import KINDS
from assessments.selectors.administration.paging import in_order, page_of
from assessments.selectors.administration.people import holders_of

SORTS = {
    "filed": ("filed_at",),
    "name": ("enrolment__candidate__full_name", "-filed_at"),
    "state": ("state", "-filed_at"),
}


def appeals_in_sight(user: User) -> QuerySet[Appeal]:
    return Appeal.objects.visible_to(user).select_related(
        "enrolment__candidate", "enrolment__session", "handled_by", "line__criterion", "line__competency",
        "line__assessment", "decision__work__assessment__bloc", "decision__slot", "award__bloc",
    )  # fmt: skip


def appeals_page(user: User, *, query: str = "", state: str = "", sort: str = "", page: str = "1") -> Page[Appeal]:
    """``state``: one of theirs, ``open`` for those that wait for an answer, empty for all."""
    rows = appeals_in_sight(user)
    if query:
        rows = rows.filter(
            Q(enrolment__candidate__full_name__icontains=query) | Q(enrolment__candidate__email__icontains=query)
        )
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state in list(AppealState):
        rows = rows.filter(state=state)
    return page_of(in_order(rows, sort, SORTS, "-filed"), page, lambda row: row)


def decisions_in_sight(user: User) -> QuerySet[Decision]:
    return Decision.objects.visible_to(user).select_related(
        "work__enrolment__candidate", "work__enrolment__session__referential", "work__assessment__bloc",
        "slot__sitting", "decided_by",
    )  # fmt: skip


def awards_in_sight(user: User) -> QuerySet[Award]:
    return Award.objects.visible_to(user).select_related("enrolment__candidate", "enrolment__session", "bloc")


def award_appeals_of(user: User, enrolment: Enrolment) -> list[Appeal]:
    """The appeals in sight against what was awarded to the candidate in the edition, the latest first."""
    found = appeals_in_sight(user).filter(enrolment__candidate=enrolment.candidate_id, award__isnull=False)
    return list(found.filter(enrolment__session__referential=enrolment.session.referential_id))


def contestable_until(user: User, awards: Iterable[Award]) -> Mapping[int, datetime]:
    """Of these current awards, with their sessions, those that the user may still contest, by key: until when."""
    own = user.has_role(Role.CANDIDATE)
    theirs = [row for row in awards if own and row.enrolment.candidate_id == user.pk and row.outcome not in FOR_GOOD]
    told = Appeal.objects.filter(award__in=[row.pk for row in theirs]).standing()
    answered = set(told.values_list("award", flat=True))
    until = {row.pk: contest_ends(row, row.enrolment.session) for row in theirs if row.pk not in answered}
    return {key: end for key, end in until.items() if timezone.now() <= end}


def contest_ends(contested: Decision | Award, session: Session) -> datetime:
    """Until when what was decided may be contested, by the rule of its session."""
    return open_until(timezone.localtime(contested.decided_at), session.appeal_days)


def decided_lines(decision: Decision) -> QuerySet[DecisionLine]:
    return decision.lines.select_related(*KINDS).order_by("pk")


def handlers_of(appeal: Appeal) -> list[User]:
    """The administrators who took no part in what is contested."""
    return list(holders_of(Role.ADMINISTRATOR).exclude(pk__in=policies.parties_to(appeal)))
