"""A decision corrected: a new one that supersedes it, with its reason. Nothing is edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.deliberation import passed
from assessments.domain.lines import LineKey
from assessments.domain.scale import acquired_codes, scale_of
from assessments.domain.workflow import WorkEvent, WorkState, allows
from assessments.models import AwardBasis, Decision, DecisionLine, Enrolment, User, Work
from assessments.models.awards import FOR_GOOD
from assessments.models.decisions import DecidedBy, DecisionOutcome
from assessments.services import bases, journal, printing, retakes
from assessments.services.decisions import Ruling
from assessments.services.errors import Denied, Refused
from assessments.services.seals import seal_of
from assessments.services.texts import kept


@transaction.atomic
def correct(*, actor: User, decision: Decision, rulings: Mapping[LineKey, Ruling], motive: str) -> Decision:
    """Put a new decision in the place of one with a material error: the president of its passage does.

    ``rulings`` names the lines whose level changes; the others are taken over as they were judged. Raises Denied;
    what ``supersede`` raises; Refused("decision.appealed") during an appeal, which whoever handles it answers;
    ("correction.awarded") for lines no longer acquired on which something acquired for good rests.
    """
    held = _held(decision)
    if not policies.can_correct(actor, held):
        presides = policies.can_preside(actor, held.slot.sitting, held.slot)
        if WorkState(held.work.state) is WorkState.APPEALED and presides:
            raise Refused("decision.appealed", _("Un recours est en cours : la personne qui l’examine y répond."))
        raise Denied
    _require_unawarded(held, rulings)
    return supersede(actor=actor, decision=held, rulings=rulings, motive=motive)


def _held(decision: Decision) -> Decision:
    """The decision, with its work held until the transaction ends."""
    Work.objects.select_for_update(no_key=True).get(pk=decision.work_id)
    read = Decision.objects.select_related("work__enrolment__session__referential", "work__assessment", "slot__sitting")
    return read.get(pk=decision.pk)


def _require_unawarded(decision: Decision, rulings: Mapping[LineKey, Ruling]) -> None:
    """What a jury awarded for good is not undermined: nobody awards on this work while the correction is made."""
    acquired = acquired_codes(scale_of(decision.work.enrolment.session.referential.scale))
    won = [line.line_key for line in decision.lines.all() if line.level in acquired]
    if all(rulings[key].level in acquired for key in won if key in rulings):
        return
    theirs = Enrolment.objects.filter(candidate=decision.work.enrolment.candidate_id)
    list(theirs.order_by("pk").select_for_update(no_key=True))
    awarded = AwardBasis.objects.filter(decision__work=decision.work_id, award__superseded_by__isnull=True)
    if awarded.filter(award__outcome__in=FOR_GOOD).exists():
        raise Refused(
            "correction.awarded",
            _("Ce qu’un jury de certification a attribué pour de bon repose sur elle : cette décision ne baisse plus."),
        )


def supersede(*, actor: User, decision: Decision, rulings: Mapping[LineKey, Ruling], motive: str) -> Decision:
    """What ``correct`` does, of a decision whose work the caller holds.

    The report is printed anew, and the one of before is told of as replaced. A later attempt that became needless is
    withdrawn. Raises Refused("correction.motive"), ("correction.same"), ("decision.superseded"), ("decision.level"),
    ("text.too_long").
    """
    motive = kept(motive, texts.COMMENT)
    if not motive:
        raise Refused("correction.motive", _("Dites ce qui est corrigé et pourquoi : le motif est gardé et imprimé."))
    if Decision.objects.filter(supersedes=decision).exists():
        raise Refused("decision.superseded", _("Cette décision a déjà été remplacée : rechargez la page."))
    scale = scale_of(decision.work.enrolment.session.referential.scale)
    lines = [_line(line, rulings, {level.code for level in scale}) for line in decision.lines.order_by("pk")]
    if all(line.level == before.level for line, before in zip(lines, decision.lines.order_by("pk"), strict=True)):
        raise Refused("correction.same", _("Aucun niveau ne change : il n’y a rien à corriger."))
    acquired = passed([line.level for line in lines], acquired_codes(scale))
    corrected = _written(actor, decision, lines, motive, acquired=acquired)
    if acquired:
        _withdraw_needless(actor, decision.work)
    return corrected


def _line(line: DecisionLine, rulings: Mapping[LineKey, Ruling], levels: set[str]) -> DecisionLine:
    """The line as it was judged, or as it is ruled now."""
    columns = [column.attname for column in DecisionLine._meta.concrete_fields if column.name not in ("id", "decision")]
    copy = DecisionLine(**{name: getattr(line, name) for name in columns})
    ruling = rulings.get(line.line_key)
    if ruling is None or ruling.level == line.level:
        return copy
    if ruling.level not in levels:
        raise Refused("decision.level", _("Ce niveau n’existe pas dans l’échelle du référentiel."))
    copy.level, copy.decided_by = ruling.level, DecidedBy.PRESIDENT
    copy.comment = kept(ruling.comment, texts.REMARK) or line.comment
    return copy


def _written(
    actor: User, decision: Decision, lines: Sequence[DecisionLine], motive: str, *, acquired: bool
) -> Decision:
    corrected = Decision.objects.create(
        work=decision.work,
        bloc_id=decision.bloc_id,
        submission_id=decision.submission_id,
        slot=decision.slot,
        outcome=DecisionOutcome.ACQUIRED if acquired else DecisionOutcome.NOT_ACQUIRED,
        motive=motive,
        decided_by=actor,
        supersedes=decision,
    )
    for line in lines:
        line.decision = corrected
    DecisionLine.objects.bulk_create(lines)
    bases.keep(decision=corrected, lines=lines)
    journal.record(
        actor, "decision.corrected", corrected,
        before=decision.outcome, after=corrected.outcome, decision=decision.pk, seal=seal_of(corrected),
    )  # fmt: skip
    printing.order(decision=corrected)
    return corrected


def _withdraw_needless(actor: User, work: Work) -> None:
    """Later attempts at an épreuve that is now passed, so far as nobody has heard them."""
    later = Work.objects.filter(
        enrolment__candidate=work.enrolment.candidate_id, assessment=work.assessment_id, attempt__gt=work.attempt
    )
    for attempt in later.select_for_update(no_key=True, of=("self",)):
        if allows(WorkState(attempt.state), WorkEvent.WITHDRAW):
            retakes.give_up(actor=actor, work=attempt)
