"""Appeals of candidates: filed within the session's delay, answered by somebody who took no part in the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.appeals import ON_THE_WORK, AppealEvent, AppealState, next_state
from assessments.domain.lines import LineKey
from assessments.domain.passages import PassageEvent
from assessments.domain.workflow import WorkEvent
from assessments.models import Appeal, Award, Decision, DecisionLine, Enrolment, Role, User, Work
from assessments.models.awards import FOR_GOOD
from assessments.selectors.appeals import contest_ends
from assessments.services import corrections, deposits, journal, letters, passages, works
from assessments.services.decisions import Ruling
from assessments.services.errors import RULES, Denied, Refused
from assessments.services.locking import hold_passages
from assessments.services.seals import seal_of
from assessments.services.texts import kept

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@transaction.atomic
def contest(*, actor: User, decision: Decision, motive: str, line: DecisionLine | None = None) -> Appeal:
    """File an appeal against the decision on a work, or against one of its lines.

    Raises Denied to all but the candidate; Refused("appeal.superseded"), ("appeal.too_late"), ("appeal.open"),
    ("appeal.answered"), ("appeal.motive"), ("appeal.line"), ("work.transition"), ("text.too_long").
    """
    Work.objects.select_for_update(no_key=True).get(pk=decision.work_id)
    decision = Decision.objects.select_related("work__enrolment__session", "work__enrolment__candidate").get(
        pk=decision.pk
    )
    if line is not None and line.decision_id != decision.pk:
        raise Refused("appeal.line", _("Ce point n’est pas de cette décision."))
    appeal = _filed(actor, decision.work.enrolment, decision, motive, decision=decision, line=line)
    works.move(work=decision.work, event=WorkEvent.APPEAL, actor=actor, decision=decision.pk)
    return appeal


@transaction.atomic
def contest_award(*, actor: User, award: Award, motive: str) -> Appeal:
    """File an appeal against what a certification jury awarded.

    Raises like ``contest``; Refused("appeal.acquired") against what was acquired for good.
    """
    Enrolment.objects.select_for_update(no_key=True).get(pk=award.enrolment_id)
    award = Award.objects.select_related("enrolment__session", "enrolment__candidate").get(pk=award.pk)
    if award.outcome in FOR_GOOD and award.enrolment.candidate_id == actor.pk:
        raise Refused("appeal.acquired", _("C’est acquis, et pour de bon : il n’y a rien à contester."))
    return _filed(actor, award.enrolment, award, motive, award=award)


def _filed(actor: User, enrolment: Enrolment, contested: Decision | Award, motive: str, **against: Any) -> Appeal:
    if not (actor.has_role(Role.CANDIDATE) and enrolment.candidate_id == actor.pk):
        raise Denied
    if contested.__class__.objects.filter(supersedes=contested).exists():
        raise Refused("appeal.superseded", _("Cette décision a été remplacée : c’est la nouvelle qui se conteste."))
    until = contest_ends(contested, enrolment.session)
    if timezone.now() > until:
        raise Refused(
            "appeal.too_late",
            _("Le délai de recours est passé : il courait jusqu’au %(until)s."),
            until=deposits.said(until),
        )
    _require_first(contested)
    motive = kept(motive, texts.COMMENT)
    if not motive:
        raise Refused("appeal.motive", _("Dites ce que vous contestez et pourquoi : la réponse s’appuiera dessus."))
    appeal = Appeal.objects.create(enrolment=enrolment, motive=motive, due_at=until, **against)
    journal.record(actor, "appeal.filed", appeal, enrolment=enrolment.pk, seal=seal_of(appeal))
    _write(appeal, enrolment.candidate, _("Votre recours est enregistré"), "appeal_filed")
    return appeal


def _require_first(contested: Decision | Award) -> None:
    appeals = contested.appeals.standing()
    if appeals.open().exists():
        raise Refused(*RULES["appeal_one_per_decision"])
    if appeals.exists():
        raise Refused("appeal.answered", _("Un recours contre cette décision a déjà reçu sa réponse."))


@transaction.atomic
def withdraw(*, actor: User, appeal: Appeal) -> Appeal:
    """Take one's appeal back: the decision stands. Raises Denied; Refused("appeal.state")."""
    appeal = _held(appeal)
    if appeal.enrolment.candidate_id != actor.pk:
        raise Denied
    return _moved(actor, appeal, AppealEvent.WITHDRAW)


@transaction.atomic
def assign(*, actor: User, appeal: Appeal, handler: User) -> Appeal:
    """Give an appeal to the administrator who examines it, and who is told by mail.

    Raises Denied; Refused("appeal.handler") for one who may not administer; ("appeal.took_part") for one who had a
    hand in what is contested; ("appeal.state").
    """
    if not policies.can_administer(actor):
        raise Denied
    appeal = _held(appeal)
    if not (handler.is_active and policies.can_administer(handler)):
        raise Refused("appeal.handler", _("Un recours est examiné par un administrateur."))
    if policies.took_part(handler, appeal):
        sentence = _("%(name)s a pris part à cette décision : une autre personne doit examiner le recours.")
        raise Refused("appeal.took_part", sentence, name=handler.full_name)
    _moved(actor, appeal, AppealEvent.ASSIGN, handled_by=handler)
    _write(appeal, handler, _("Un recours vous est confié"), "appeal_assigned")
    return appeal


@transaction.atomic
def answer(*, actor: User, appeal: Appeal, event: AppealEvent, answer: str) -> Appeal:
    """Answer an appeal: the decision is maintained, or the work is heard again by a jury.

    One against an award is answered *corrected* once a jury has awarded anew, and no other way then. Raises Denied to
    all but its handler; Refused("appeal.answer") without words; ("appeal.not_corrected"), ("appeal.corrected");
    ("appeal.no_passage") where there was none; ("appeal.state"); ("work.superseded") where a later attempt is under
    way; ("text.too_long").
    """
    appeal = _held(appeal)
    _require_handler(actor, appeal)
    _require_event(appeal, event)
    return _answered(actor, appeal, event, answer)


@transaction.atomic
def correct(*, actor: User, appeal: Appeal, rulings: Mapping[LineKey, Ruling], answer: str) -> Decision:
    """Answer an appeal by a decision that supersedes the one contested; ``answer`` is its motive too.

    Raises Denied to all but the handler; Refused("appeal.state") and what ``corrections.supersede`` raises.
    """
    appeal = _held(appeal)
    _require_handler(actor, appeal)
    if appeal.decision is None:
        raise Refused("appeal.not_corrected", _("Corrigez d’abord ce qui est contesté : la réponse le constate."))
    corrected = corrections.supersede(actor=actor, decision=appeal.decision, rulings=rulings, motive=answer)
    _answered(actor, appeal, AppealEvent.CORRECT, answer)
    return corrected


def _held(appeal: Appeal) -> Appeal:
    """The appeal with its work, held until the transaction ends, as whoever held them before left them."""
    if appeal.decision is not None:
        hold_passages([appeal.decision.slot_id])
    Appeal.objects.select_for_update(no_key=True).get(pk=appeal.pk)
    read = Appeal.objects.select_related(
        "enrolment__candidate", "enrolment__session__referential", "handled_by", "award",
        "decision__slot__sitting", "decision__work__enrolment__session__referential", "decision__work__assessment",
    )  # fmt: skip
    return read.get(pk=appeal.pk)


def _require_handler(actor: User, appeal: Appeal) -> None:
    if appeal.handled_by_id != actor.pk or not policies.can_administer(actor):
        raise Denied


def _require_event(appeal: Appeal, event: AppealEvent) -> None:
    """The answer says what was done of the thing contested."""
    if event is AppealEvent.CORRECT and not _corrected(appeal):
        raise Refused("appeal.not_corrected", _("Corrigez d’abord ce qui est contesté : la réponse le constate."))
    if event is AppealEvent.MAINTAIN and _corrected(appeal):
        raise Refused("appeal.corrected", _("Un jury a décidé à nouveau : la réponse constate la correction."))
    if event is AppealEvent.HEAR_AGAIN and appeal.decision is None:
        raise Refused("appeal.no_passage", _("Une attribution n’a pas de passage : un autre jury la décide à nouveau."))


def _corrected(appeal: Appeal) -> bool:
    return appeal.award is not None and Award.objects.filter(supersedes=appeal.award).exists()


def _answered(actor: User, appeal: Appeal, event: AppealEvent, answer: str) -> Appeal:
    words = kept(answer, texts.COMMENT)
    if not words:
        raise Refused("appeal.answer", _("Écrivez la réponse : le candidat la reçoit, et elle est gardée."))
    if event is AppealEvent.HEAR_AGAIN and appeal.decision is not None:
        passages.close(actor=actor, slot=appeal.decision.slot, event=PassageEvent.ADJOURN, reason=words[: texts.REMARK])
    _moved(actor, appeal, event, answer=words, answered_at=timezone.now())
    _write(appeal, appeal.enrolment.candidate, _("Réponse à votre recours"), "appeal_answered")
    return appeal


def _moved(actor: User, appeal: Appeal, event: AppealEvent, **fields: Any) -> Appeal:
    """Apply the event to the appeal and to the work, with what the journal says of it."""
    before = AppealState(appeal.state)
    after = next_state(before, event)
    changed = after and Appeal.objects.filter(pk=appeal.pk, state=before).update(state=after.value, **fields)
    if not (after and changed):
        raise Refused("appeal.state", _("Ce recours n’est plus dans un état qui le permette : rechargez la page."))
    for name, value in {"state": after.value, **fields}.items():
        setattr(appeal, name, value)
    journal.record(actor, f"appeal.{event.value}", appeal, before=before.value, after=after.value, seal=seal_of(appeal))
    if appeal.decision is not None and event in ON_THE_WORK:
        works.move(work=appeal.decision.work, event=ON_THE_WORK[event], actor=actor, appeal=appeal.pk)
    return appeal


def _write(appeal: Appeal, to: User, subject: StrPromise, letter: str) -> None:
    address = settings.JALON_BASE_URL + reverse("web:appeal", args=[appeal.pk])
    letters.write(to=to.email, subject=subject, letter=letter, appeal=appeal, person=to, address=address)
