"""Plans of a session: asked for, found by a worker, adjusted by hand, accepted, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import PLAN, ring
from assessments.domain.leases import PLANNED
from assessments.domain.planning import SMALLEST, Fault, Heard, Panel, Plan, faults_of
from assessments.models import PlanDraft, Room, Session, User, Work
from assessments.models.planning import PlanState
from assessments.selectors.composition import rules_of
from assessments.selectors.planning import duration_of, works_to_plan
from assessments.services import journal, leases
from assessments.services.composition import require_jurors
from assessments.services.errors import Denied, Refused
from assessments.services.leases import Kind
from assessments.services.planning.asking import Asked, given_for
from assessments.services.planning.standing import standing_plan

MOST_DAYS = 60

KIND = Kind(
    model=PlanDraft,
    task=PLAN,
    policy=PLANNED,
    waiting={},
    held={},
    # What was to be published is there to be accepted again; what was to be found is not there at all.
    dead=lambda draft: {"state": PlanState.READY if draft.state == PlanState.ACCEPTED else PlanState.FAILED},
    buried="plan.abandoned",
    related=("session", "asked_by", "accepted_by"),
)


@transaction.atomic
def ask(
    *,
    actor: User,
    session: Session,
    days: Sequence[date],
    hours: Sequence[tuple[int, int]],
    rooms: Sequence[Room],
    jurors: Sequence[User],
    size: int,
) -> PlanDraft:
    """Have a plan proposed for the admitted works of a session.

    Raises Denied; Refused("plan.days"), ("plan.hours"), ("plan.rooms"), ("plan.jurors"), ("plan.size"),
    ("plan.works") when no work waits for its passage.
    """
    _require_administrator(actor)
    _require_days(session, days)
    if not hours or any(starts >= ends for starts, ends in hours):
        raise Refused("plan.hours", _("Donnez des heures dans l’ordre : le début avant la fin."))
    if not rooms:
        raise Refused("plan.rooms", _("Choisissez au moins une salle."))
    require_jurors(jurors, "plan.jurors")
    _require_size(session, min(days), jurors, size)
    works = [work.pk for work in works_to_plan(session)]
    if not works:
        raise Refused("plan.works", _("Aucun travail admis n’attend son passage."))
    asked = Asked(days, hours, [room.pk for room in rooms], [juror.pk for juror in jurors], size=size, works=works)
    return _asked(actor, session, asked)


@transaction.atomic
def repair(*, actor: User, draft: PlanDraft) -> PlanDraft:
    """Have a plan repaired with the fewest moves, as after an absence: one that is ready, or one that was published.

    What jurors say of their hours, and what is taken elsewhere, is read anew. Raises Denied; Refused("plan.state").
    """
    _require_administrator(actor)
    draft = PlanDraft.objects.select_for_update(no_key=True).select_related("session").get(pk=draft.pk)
    asked = Asked.from_json(draft.asked)
    if draft.state == PlanState.READY:
        before, works = Plan.from_json(draft.result), list(asked.works)
    elif draft.state == PlanState.PUBLISHED:
        before, works = standing_plan(draft.session, asked)
    else:
        raise Refused("plan.state", _("Ce plan n’est pas prêt : rechargez la page."))
    today = timezone.localdate()
    left = replace(asked, days=[day for day in asked.days if day > today], works=works, repairs=before.as_json())
    return _asked(actor, draft.session, left)


@transaction.atomic
def move(*, actor: User, draft: PlanDraft, work: int, panel: int, starts: int) -> PlanDraft:
    """Hear a work elsewhere in a plan: before the panel of that place, at that minute of its day.

    What comes to be wrong is named on the board, and refused when the plan is accepted. Raises Denied;
    Refused("plan.state"), ("plan.unknown").
    """
    _require_administrator(actor)
    draft = _ready(draft)
    plan = Plan.from_json(draft.result)
    asked = Work.objects.filter(pk__in=Asked.from_json(draft.asked).works)
    found = asked.filter(pk=work).select_related("enrolment__session", "assessment").first()
    if found is None or not 0 <= panel < len(plan.panels):
        raise Refused("plan.unknown", _("Ce travail ou ce jury ne fait pas partie du plan : rechargez la page."))
    panels = [replace(each, heard=tuple(one for one in each.heard if one.work != work)) for each in plan.panels]
    there = (*panels[panel].heard, Heard(work, starts, duration_of(found).total))
    panels[panel] = replace(panels[panel], heard=tuple(sorted(there, key=lambda one: one.starts)))
    unplaced = tuple(each for each in plan.unplaced if each != work)
    return _keep(actor, draft, replace(plan, panels=tuple(panels), unplaced=unplaced))


@transaction.atomic
def reseat(*, actor: User, draft: PlanDraft, panel: int, jurors: Sequence[User]) -> PlanDraft:
    """Seat other jurors in a panel of a plan. Raises like ``move``; Refused("plan.jurors")."""
    _require_administrator(actor)
    draft = _ready(draft)
    plan = Plan.from_json(draft.result)
    if not 0 <= panel < len(plan.panels):
        raise Refused("plan.unknown", _("Ce travail ou ce jury ne fait pas partie du plan : rechargez la page."))
    require_jurors(jurors, "plan.jurors")
    panels: list[Panel] = list(plan.panels)
    panels[panel] = replace(panels[panel], jurors=tuple(juror.pk for juror in jurors))
    return _keep(actor, draft, replace(plan, panels=tuple(panels)))


@transaction.atomic
def accept(*, actor: User, draft: PlanDraft) -> PlanDraft:
    """Have a plan published whole by a worker: sittings, passages and convocations at once, or nothing.

    Raises Denied; Refused("plan.state"), ("plan.faults") while something is wrong with it, ("plan.empty").
    """
    _require_administrator(actor)
    draft = _ready(draft)
    plan = Plan.from_json(draft.result)
    if not any(panel.heard for panel in plan.panels):
        raise Refused("plan.empty", _("Ce plan ne place aucun passage."))
    found = faults(draft)
    if found:
        raise Refused(
            "plan.faults", _("Ce plan a %(count)d conflit(s), nommés ci-dessous : corrigez-les."), count=len(found)
        )
    draft.state, draft.accepted_by = PlanState.ACCEPTED, actor
    leases.make_due(draft, KIND.policy)
    draft.save()
    ring(PLAN, draft.pk)
    journal.record(actor, "plan.accepted", draft, session=draft.session_id)
    return draft


@transaction.atomic
def drop(*, actor: User, draft: PlanDraft) -> None:
    """Throw away a plan that is not published. Raises Denied; Refused("plan.state")."""
    _require_administrator(actor)
    draft = PlanDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if draft.state not in (PlanState.READY, PlanState.FAILED):
        raise Refused("plan.state", _("Ce plan n’est pas prêt : rechargez la page."))
    journal.record(actor, "plan.dropped", draft, session=draft.session_id)
    draft.delete()


def faults(draft: PlanDraft) -> list[Fault]:
    """What is wrong with a plan as the database is now: it may have changed since the plan was found."""
    given = given_for(draft.session, Asked.from_json(draft.asked))
    return list(faults_of(Plan.from_json(draft.result), given))


def _asked(actor: User, session: Session, asked: Asked) -> PlanDraft:
    draft = PlanDraft.objects.create(session=session, asked=asked.as_json(), asked_by=actor, **leases.due(KIND.policy))
    ring(PLAN, draft.pk)
    journal.record(actor, "plan.asked", draft, session=session.pk, count=len(asked.works))
    return draft


def _keep(actor: User, draft: PlanDraft, plan: Plan) -> PlanDraft:
    draft.result = plan.as_json()
    draft.save(update_fields=["result"])
    journal.record(actor, "plan.adjusted", draft, session=draft.session_id)
    return draft


def _ready(draft: PlanDraft) -> PlanDraft:
    found = PlanDraft.objects.select_for_update(of=("self",), no_key=True).select_related("session").get(pk=draft.pk)
    if found.state != PlanState.READY:
        raise Refused("plan.state", _("Ce plan n’est pas prêt : rechargez la page."))
    return found


def _require_administrator(actor: User) -> None:
    if not policies.can_administer(actor):
        raise Denied


def _require_days(session: Session, days: Sequence[date]) -> None:
    if not days:
        raise Refused("plan.days", _("Choisissez au moins un jour ouvré."))
    if len(days) > MOST_DAYS:
        raise Refused("plan.days", _("Un plan couvre au plus %(most)d jours."), most=MOST_DAYS)
    if min(days) <= timezone.localdate() or not session.starts_on <= min(days) <= max(days) <= session.ends_on:
        raise Refused(
            "plan.days",
            _("Les jours d’un plan sont à venir, et dans la session : du %(starts)s au %(ends)s."),
            starts=f"{session.starts_on:%d/%m/%Y}",
            ends=f"{session.ends_on:%d/%m/%Y}",
        )


def _require_size(session: Session, day: date, jurors: Sequence[User], size: int) -> None:
    """As many together as each rule of the session wants, who are there to be chosen."""
    least = max(SMALLEST, *(rule.minimum for rule in rules_of(session, day)))
    if not least <= size <= len(jurors):
        raise Refused(
            "plan.size",
            _("Un jury compte au moins %(least)d membres, et pas plus que les %(jurors)d jurés choisis."),
            least=least,
            jurors=len(jurors),
        )


def working_days(first: date, last: date) -> list[date]:
    """From Monday to Friday."""
    every = (first + timedelta(days=day) for day in range((last - first).days + 1))
    return [day for day in every if day.weekday() < 5]
