"""The next attempt at an épreuve that was not passed, and giving one up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.attempts import Bar
from assessments.domain.passages import PassageEvent
from assessments.domain.workflow import WorkEvent
from assessments.models import User, Work
from assessments.models.juries import SlotState
from assessments.selectors.attempts import bar_of
from assessments.services import convocations, journal, passages, works
from assessments.services.errors import Denied, Refused
from assessments.services.locking import hold_passages, hold_session, hold_work
from assessments.services.texts import kept

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_SENTENCES: Mapping[Bar, StrPromise] = {
    Bar.UNDER_WAY: _("Cette épreuve a déjà une tentative en cours."),
    Bar.APPEALED: _("Un recours est en cours sur cette épreuve : attendez la réponse, ou retirez-le."),
    Bar.WON: _("Cette épreuve est réussie : elle n’est plus à présenter."),
    Bar.DEADLINE: _(
        "La date limite de dépôt de cette session est passée : une nouvelle tentative se présente dans une session "
        "suivante, à laquelle l’organisme certificateur vous inscrit."
    ),
    Bar.ATTEMPTS: _("Le nombre de tentatives que permet cette session est atteint."),
}


@transaction.atomic
def open_next(*, actor: User, work: Work) -> Work:
    """Open the attempt after ``work`` in the same enrolment, empty: every line is judged anew.

    Raises Denied; Refused("retake.under_way"), ("retake.appealed"), ("retake.won"), ("retake.deadline"),
    ("retake.attempts"), ("work.option").
    """
    Work.objects.select_for_update(no_key=True).get(pk=work.pk)
    work = Work.objects.select_related("enrolment__session", "assessment__bloc").get(pk=work.pk)
    if not policies.can_ask_again(actor, work):
        raise Denied
    bar = bar_of(work, timezone.now())
    if bar is not None:
        raise Refused(f"retake.{bar}", _SENTENCES[bar])
    works.require_presented(work.enrolment, work.assessment)
    following = works.begin(enrolment=work.enrolment, assessment=work.assessment)
    journal.record(actor, "attempt.opened", following, before=work.pk, number=following.attempt)
    return following


@transaction.atomic
def withdraw(*, actor: User, work: Work, reason: str = "") -> Work:
    """Give the attempt up: its passage, if it has one, is cancelled, and its jury told; what was deposited stays.

    Raises Denied; Refused("work.transition"), ("work.moved"), ("text.too_long").
    """
    hold_session(work.enrolment.session_id)
    hold_passages(work.slots.filter(state=SlotState.DUE).values_list("pk", flat=True))
    hold_work(work.pk)
    work = Work.objects.select_related("enrolment__candidate", "enrolment__session").get(pk=work.pk)
    if not (policies.is_depositor(actor, work) or actor.is_administrator):
        raise Denied
    give_up(actor=actor, work=work, reason=kept(reason, texts.REMARK))
    convocations.renew(work.enrolment.session)
    return work


def give_up(*, actor: User, work: Work, reason: str = "") -> None:
    """What ``withdraw`` does, of a work that the caller holds."""
    slot = work.slot
    if slot is not None:
        passages.close(actor=actor, slot=slot, event=PassageEvent.CANCEL, reason=reason)
    works.move(work=work, event=WorkEvent.WITHDRAW, actor=actor)
