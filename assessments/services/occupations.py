"""Who and what a passage takes, and when: the rows by which the database lets nobody be in two places at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.domain.workflow import WorkState
from assessments.models import Juror, Occupation, Room, Sitting, Slot, User
from assessments.models.juries import SittingKind, SittingState, SlotState
from assessments.selectors.planning import hearers_of
from assessments.services.errors import Refused


def require_free(
    *, people: Iterable[User], room: Room | None, starts_at: datetime, ends_at: datetime, but: Slot | None = None
) -> None:
    """Raise Refused("jury.taken") naming who or what is taken, by which passage, until when; ``but`` does not count."""
    taken = Occupation.objects.filter(
        Q(person__in=[each.pk for each in people]) | Q(room__isnull=False, room=room),
        starts_at__lt=ends_at,
        ends_at__gt=starts_at,
    )
    if but is not None:
        taken = taken.exclude(slot=but)
    found = taken.select_related("person", "room", "slot__sitting").order_by("starts_at", "pk").first()
    if found is None:
        return
    raise Refused(
        "jury.taken",
        _("%(who)s est déjà pris de %(starts)s à %(ends)s le %(day)s : « %(sitting)s »."),
        who=str(found.person or found.room),
        sitting=found.slot.sitting.name,
        **_hours(found),
    )


def require_no_passage(*, people: Iterable[User], at: datetime) -> None:
    """Raise Refused("jury.taken") naming who hears a passage, or has their own, when a certification sitting begins."""
    require_free(people=people, room=None, starts_at=at, ends_at=at + timedelta.resolution)


def require_no_certification(*, people: Iterable[User], starts_at: datetime, ends_at: datetime) -> None:
    """Raise Refused("jury.taken") naming whose certification sitting begins within that time: its end is not known."""
    found = (
        Juror.objects.in_office()
        .filter(
            user__in=[each.pk for each in people],
            sitting__kind=SittingKind.CERTIFICATION,
            sitting__state=SittingState.PLANNED,
            sitting__starts_at__gte=starts_at,
            sitting__starts_at__lt=ends_at,
        )
        .select_related("user", "sitting")
        .order_by("sitting__starts_at", "pk")
        .first()
    )
    if found is None:
        return
    at = timezone.localtime(found.sitting.starts_at)
    raise Refused(
        "jury.taken",
        _("%(who)s siège à %(starts)s le %(day)s : « %(sitting)s »."),
        who=str(found.user),
        sitting=found.sitting.name,
        day=f"{at:%d/%m/%Y}",
        starts=f"{at:%H:%M}",
    )


def keep(slot: Slot) -> None:
    """Take whom a due passage takes: the candidate, each juror who is to hear it, the room; replaces what was kept.

    In the caller's transaction, once it holds the journal's chain: nobody else then waits for these rows. Raises
    IntegrityError (``occupation_once``) where somebody was faster.
    """
    release(slot)
    people = {slot.work.enrolment.candidate_id, *(member.pk for member in hearers_of(slot))}
    when = {"slot": slot, "starts_at": slot.starts_at, "ends_at": slot.ends_at}
    rows = [Occupation(person_id=person, **when) for person in sorted(people)]
    if slot.room_id is not None:
        rows.append(Occupation(room_id=slot.room_id, **when))
    Occupation.objects.bulk_create(rows)


def keep_all(sitting: Sitting) -> None:
    """Keep those of each passage that is still to be heard anew, as after a juror of the sitting was replaced.

    Raises like ``require_free`` and ``keep``.
    """
    due = sitting.slots.filter(state=SlotState.DUE, work__state=WorkState.SCHEDULED.value).order_by("pk")
    for slot in due.select_related("work__enrolment", "sitting"):
        if slot.ends_at > timezone.now():
            require_free(people=hearers_of(slot), room=None, starts_at=slot.starts_at, ends_at=slot.ends_at, but=slot)
            keep(slot)


def release(slot: Slot) -> None:
    """Free whom a passage had taken."""
    Occupation.objects.filter(slot=slot).delete()


def _hours(found: Occupation) -> dict[str, str]:
    starts, ends = timezone.localtime(found.starts_at), timezone.localtime(found.ends_at)
    return {"day": f"{starts:%d/%m/%Y}", "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}
