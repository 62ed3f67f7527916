"""A worker's part: a plan that was asked for is found, one that was accepted is published. Safe to deliver twice."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.domain.planning import Heard, Panel, Plan
from assessments.models import Juror, PlanDraft, Room, Sitting, Slot, User, Work
from assessments.models.juries import SittingKind, SittingState, SlotState
from assessments.models.planning import PlanState
from assessments.selectors.composition import rules_of
from assessments.selectors.planning import members_in, moment
from assessments.services import convocations, journal, leases, sittings, slots
from assessments.services.errors import Denied, Refused, conflicts_refused
from assessments.services.leases import LeaseLost
from assessments.services.locking import hold_passages, hold_session, hold_sittings
from assessments.services.planning.asking import Asked, given_for
from assessments.services.planning.drafts import KIND
from assessments.services.planning.solver import solve

_EVERY = 1.0  # seconds between two writings of how far the search is


def serve(*, draft_id: int) -> None:
    """Do what a plan waits for."""
    draft = leases.claim(KIND, draft_id)
    if draft is None:
        return
    with leases.hold(KIND, draft):
        if draft.state == PlanState.ACCEPTED:
            _publish_or_say(draft)
        else:
            _find(draft)


def _find(draft: PlanDraft) -> None:
    asked = Asked.from_json(draft.asked)
    before = Plan.from_json(asked.repairs) if asked.repairs else None
    plan = solve(given_for(draft.session, asked), before=before, progress=_Telling(draft))
    leases.settle(KIND, draft, state=PlanState.READY, result=plan.as_json(), progress=100)


class _Telling:
    """Writes how far the search is, once in a while."""

    def __init__(self, draft: PlanDraft) -> None:
        self.draft, self.last = draft, time.monotonic()

    def __call__(self, share: float) -> None:
        if time.monotonic() - self.last >= _EVERY:
            self.last = time.monotonic()
            leases.held(KIND, self.draft).update(progress=min(99, int(100 * share)))


def _publish_or_say(draft: PlanDraft) -> None:
    """What refuses the plan now is kept with it: somebody was faster, and it waits to be adjusted."""
    try:
        with translation.override(settings.LANGUAGE_CODE), conflicts_refused():
            _publish(draft)
    except (Refused, Denied) as refused:
        code = refused.code if isinstance(refused, Refused) else "plan.denied"
        said = {"sentence": str(refused)}
        leases.settle(KIND, draft, state=PlanState.READY, fault_code=code, fault_params=said)


@transaction.atomic
def _publish(draft: PlanDraft) -> None:
    """Everything in one transaction: the passages as the plan says, then who is concerned is told."""
    if leases.held(KIND, draft).select_for_update(no_key=True).first() is None or draft.accepted_by is None:
        raise LeaseLost
    hold_session(draft.session_id)
    hold_sittings(draft.session.sittings.values_list("pk", flat=True))
    plan = Plan.from_json(draft.result)
    rivals = _rivals(draft, {each.work for panel in plan.panels for each in panel.heard})
    hold_passages(slot.pk for slot in _standing(plan).values())
    standing = _standing(plan)
    _unseat(draft.accepted_by, plan, standing)
    for jurors, panels in groupby(sorted(_used(plan), key=_together), key=_together):
        _publish_sitting(draft, draft.accepted_by, list(jurors[2]), list(panels), standing)
    told = convocations.send(actor=draft.accepted_by, session=draft.session)
    passages = sum(len(panel.heard) for panel in plan.panels)
    journal.record(draft.accepted_by, "plan.published", draft, session=draft.session_id, count=passages, told=told)
    for rival in rivals:
        journal.record(draft.accepted_by, "plan.dropped", rival, session=draft.session_id)
        rival.delete()
    leases.settle(KIND, draft, state=PlanState.PUBLISHED)


def _rivals(draft: PlanDraft, works: set[int]) -> list[PlanDraft]:
    """What was proposed for the same works, under a lock: it is past, nobody publishes it over this plan."""
    others = PlanDraft.objects.filter(session=draft.session_id, state=PlanState.READY).exclude(pk=draft.pk)
    return [each for each in others.select_for_update(of=("self",)) if works & set(each.asked["works"])]


def _together(panel: Panel) -> tuple[int, str, tuple[int, ...]]:
    """What panels have in common that are one sitting: the same people in the same room on one day."""
    return (panel.room, panel.day.isoformat(), tuple(sorted(panel.jurors)))


def _used(plan: Plan) -> list[Panel]:
    return [panel for panel in plan.panels if panel.heard]


def _standing(plan: Plan) -> dict[int, Slot]:
    """The passage that each work of the plan has already, by work."""
    works = [each.work for panel in plan.panels for each in panel.heard]
    found = Slot.objects.filter(work__in=works, state=SlotState.DUE).select_related("sitting", "room")
    return {slot.work_id: slot for slot in found}


def _unseat(actor: User, plan: Plan, standing: dict[int, Slot]) -> None:
    """Cancel the passages that the plan has elsewhere, at another hour or before others; those that stay are kept."""
    seated = members_in(slot.sitting_id for slot in standing.values())
    for panel in _used(plan):
        for each in panel.heard:
            slot = standing.get(each.work)
            if slot is not None and not _stays(slot, seated.get(slot.sitting_id, ()), panel, each):
                slots.clear(actor=actor, slot=standing.pop(each.work))


def _stays(slot: Slot, members: Iterable[User], panel: Panel, heard: Heard) -> bool:
    same_time = slot.starts_at == moment(panel.day, heard.starts) and slot.minutes == heard.minutes
    return same_time and slot.room_id == panel.room and _keys(members) == set(panel.jurors)


def _keys(members: Iterable[User]) -> set[int]:
    return {member.pk for member in members}


def _publish_sitting(
    draft: PlanDraft, actor: User, jurors: list[int], panels: list[Panel], standing: dict[int, Slot]
) -> None:
    room = Room.objects.get(pk=panels[0].room)
    works = {
        work.pk: work
        for work in Work.objects.filter(pk__in=[each.work for panel in panels for each in panel.heard]).select_related(
            "enrolment__candidate", "enrolment__session", "assessment"
        )
    }
    sitting = _sitting_of(draft, actor, jurors, panels, room)
    for panel in panels:
        for each in panel.heard:
            if each.work not in standing:
                _schedule(actor, sitting, works[each.work], room, panel, each.starts, each.minutes)


def _schedule(actor: User, sitting: Sitting, work: Work, room: Room, panel: Panel, starts: int, minutes: int) -> None:
    """Raises Refused, that names the candidate."""
    try:
        slots.schedule(
            actor=actor,
            sitting=sitting,
            work=work,
            starts_at=moment(panel.day, starts),
            minutes=minutes,
            room=room,
        )
    except Refused as refused:
        who = work.enrolment.candidate.full_name
        raise Refused(refused.code, _("%(who)s : %(why)s"), who=who, why=str(refused)) from refused


def _sitting_of(draft: PlanDraft, actor: User, jurors: list[int], panels: list[Panel], room: Room) -> Sitting:
    """The sitting of the session that these jurors hold on that day already, or a new one."""
    day = panels[0].day
    since, until = moment(day, 0), moment(day, 23 * 60 + 59)
    there = Sitting.objects.filter(
        session=draft.session_id,
        kind=SittingKind.EVALUATION,
        state=SittingState.PLANNED,
        starts_at__range=(since, until),
        place=room.place,
    )
    seated = members_in(sitting.pk for sitting in there)
    for sitting in there:
        if _keys(seated.get(sitting.pk, ())) == set(jurors):
            return sitting
    people = list(User.objects.filter(pk__in=jurors).order_by("pk"))
    said = {"day": f"{day:%d/%m/%Y}", "room": room.name}
    return sittings.compose(
        actor=actor,
        session=draft.session,
        name=(_("Jury du %(day)s, %(room)s") % said)[:200],
        starts_at=moment(day, min(panel.starts for panel in panels)),
        jurors=people,
        president=_president(draft, people),
        quorum=max(rule.quorum for rule in rules_of(draft.session, day)),
        place=room.place[:200],
        reason=str(_("Jury d’un plan publié par %(who)s.") % {"who": actor}),
    )


def _president(draft: PlanDraft, people: list[User]) -> User:
    """Who has presided least often in the session."""
    presidents = Juror.objects.filter(sitting__session=draft.session_id, presides=True)
    presided = list(presidents.values_list("user", flat=True))
    return min(people, key=lambda each: (presided.count(each.pk), each.pk))
