"""What became of a passage that leads to no decision: absent, excused, adjourned."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.passages import ON_THE_WORK, WITH_REASON, PassageEvent, PassageState, next_state
from assessments.models import PassageOutcome, Slot, User, Work
from assessments.services import convocations, jottings, journal, letters, occupations, works
from assessments.services.errors import Denied, Refused
from assessments.services.locking import hold_passages, hold_session
from assessments.services.seals import seal_of
from assessments.services.texts import kept


@transaction.atomic
def tell(*, actor: User, slot: Slot, event: PassageEvent, reason: str = "", proof: str = "") -> PassageOutcome:
    """Say that the candidate missed the passage, was excused, or that it is adjourned; they are told by mail.

    ``proof`` names the paper that was shown. Raises Denied; Refused("passage.early") for an absence before the hour;
    ("passage.reason") for an excuse or an adjournment without one; ("passage.state") where the passage is over
    otherwise; ("work.transition"), ("work.superseded"), ("work.moved"), ("text.too_long").
    """
    hold_session(slot.sitting.session_id)
    hold_passages([slot.pk])
    work = Work.objects.get(pk=slot.work_id)
    slot = Slot.objects.select_related("sitting__session", "work__enrolment__candidate").get(pk=slot.pk)
    if not policies.can_tell_of(actor, slot):
        raise Denied
    if event is PassageEvent.MISS and timezone.now() < slot.starts_at:
        raise Refused("passage.early", _("Ce passage n’a pas commencé : personne n’y est encore absent."))
    reason = kept(reason, texts.REMARK)
    if event in WITH_REASON and not reason:
        raise Refused("passage.reason", _("Dites pourquoi : le motif est gardé avec le passage."))
    told = close(actor=actor, slot=slot, event=event, reason=reason, proof=kept(proof, texts.NAME))
    works.move(work=work, event=ON_THE_WORK[event], actor=actor, slot=slot.pk)
    _write_to_candidate(slot, told)
    convocations.renew(slot.sitting.session)
    return told


def close(*, actor: User, slot: Slot, event: PassageEvent, reason: str = "", proof: str = "") -> PassageOutcome:
    """End the passage, in the transaction of whoever moves its work. Raises Refused("passage.state")."""
    after = next_state(PassageState(slot.state), event)
    closed = after and Slot.objects.filter(pk=slot.pk, state=slot.state).update(state=after.value)
    if not (after and closed):
        raise Refused("passage.state", _("Ce passage n’est plus dans un état qui le permette : rechargez la page."))
    slot.state = after.value
    jottings.erase(slot=slot)
    told = PassageOutcome.objects.create(slot=slot, state=after.value, reason=reason, proof=proof, recorded_by=actor)
    journal.record(actor, f"passage.{after.value}", told, slot=slot.pk, work=slot.work_id, seal=seal_of(told))
    occupations.release(slot)
    return told


def _write_to_candidate(slot: Slot, told: PassageOutcome) -> None:
    letters.write(
        to=slot.work.enrolment.candidate.email,
        subject=_("Votre passage devant le jury"),
        letter="passage_outcome",
        slot=slot,
        outcome=told,
        address=settings.JALON_BASE_URL + reverse("web:work", args=[slot.work_id]),
    )
