"""The passages that stand, as a plan: what a repair begins with."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.utils import timezone

from assessments.domain.planning import Heard, Panel, Plan
from assessments.models import Ballot, Session, Slot
from assessments.models.juries import SlotState
from assessments.selectors.planning import members_in, minutes_of
from assessments.services.planning.asking import Asked


def standing_plan(session: Session, asked: Asked) -> tuple[Plan, list[int]]:
    """The passages to come of the works that were asked for, that nobody has begun to judge, and those works."""
    slots = (
        Slot.objects.filter(sitting__session=session, state=SlotState.DUE, work__in=asked.works, room__isnull=False)
        .exclude(pk__in=Ballot.objects.values("slot"))
        .select_related("sitting")
        .order_by("starts_at", "pk")
    )
    panels: dict[tuple[int, date, tuple[int, int], tuple[int, ...]], list[Heard]] = defaultdict(list)
    seated = members_in(slot.sitting_id for slot in slots)
    today = timezone.localdate()
    for slot in slots:
        day, starts = timezone.localtime(slot.starts_at).date(), minutes_of(slot.starts_at)
        if day <= today or slot.room_id is None:
            continue
        hours = next((each for each in asked.hours if each[0] <= starts < each[1]), (starts, starts + slot.minutes))
        jurors = tuple(sorted(member.pk for member in seated.get(slot.sitting_id, ())))
        panels[slot.room_id, day, hours, jurors].append(Heard(slot.work_id, starts, slot.minutes))
    plan = Plan(
        tuple(
            Panel(room, day, hours[0], hours[1], jurors, tuple(heard))
            for (room, day, hours, jurors), heard in panels.items()
        )
    )
    return plan, [each.work for panel in plan.panels for each in panel.heard]
