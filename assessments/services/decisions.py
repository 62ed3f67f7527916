"""Deliberation: from sealed ballots to one decision on the épreuve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.deliberation import passed, quorum_reached
from assessments.domain.lines import LineKey
from assessments.domain.scale import acquired_codes, scale_of
from assessments.domain.workflow import WorkEvent
from assessments.models import Decision, DecisionLine, Juror, Slot, User
from assessments.models.decisions import DecidedBy, DecisionOutcome
from assessments.models.lines import on
from assessments.selectors.composition import findings_now
from assessments.selectors.deliberation import DeliberationLine, deliberation_of
from assessments.selectors.lines import text_of
from assessments.services import bases, composition, jottings, journal, printing, seats, works
from assessments.services.errors import RULES, Denied, Refused
from assessments.services.locking import hold_passages
from assessments.services.seals import seal_of
from assessments.services.texts import kept


@dataclass(frozen=True, slots=True)
class Ruling:
    """The president's final word on one line of the grid."""

    level: str
    comment: str = ""


@transaction.atomic
def decide(*, actor: User, slot: Slot, rulings: Mapping[LineKey, Ruling], motive: str = "") -> Decision:
    """Record the jury's decision on the work of this slot.

    ``rulings`` maps a line's key to the president's final word; a line without one takes the level that the machine
    and mentor settled, that the majority of the jury gave or, on equal votes, that of the president's own. Raises
    Denied; Refused("decision.made"), ("decision.quorum"), ("decision.unsealed"), ("decision.level"),
    ("decision.undecided") when no level is proposed and there is no ruling, ("decision.reason") when the president
    departs from the proposed level without a word; ("text.too_long"), ("decision.minimum"), ("decision.qualified")
    for members present who are no lawful jury.
    """
    slot = _locked(slot)
    seats.recuse_conflicted(slot=slot)
    _require_right(actor, slot)
    _require_ballots(slot)
    scale = scale_of(slot.sitting.session.referential.scale)
    lines = [_line(line, rulings.get(line.key), {level.code for level in scale}) for line in deliberation_of(slot)]
    acquired = passed([line.level for line in lines], acquired_codes(scale))
    decision = Decision.objects.create(
        work=slot.work,
        bloc=slot.work.assessment.bloc,
        submission=slot.submission,
        slot=slot,
        outcome=DecisionOutcome.ACQUIRED if acquired else DecisionOutcome.NOT_ACQUIRED,
        motive=kept(motive, texts.COMMENT),
        decided_by=actor,
        supersedes=Decision.objects.current().filter(work=slot.work).first(),  # heard again on an appeal
    )
    for line in lines:
        line.decision = decision
    bases.keep(decision=decision, lines=DecisionLine.objects.bulk_create(lines))
    jottings.erase(slot=slot)
    works.move(work=slot.work, event=WorkEvent.DECIDE, actor=actor, decision=decision.pk)
    journal.record(
        actor,
        "decision.made",
        decision,
        outcome=decision.outcome,
        submission=slot.submission_id,
        seal=seal_of(decision),
    )
    printing.order(decision=decision)
    return decision


def _locked(slot: Slot) -> Slot:
    """The passage and its work under a lock, then read: what is read while waiting for a lock is what was before it."""
    hold_passages([slot.pk])
    read = Slot.objects.select_related("sitting__session__referential", "work__enrolment", "work__assessment")
    return read.select_related("submission").get(pk=slot.pk)


def _require_right(actor: User, slot: Slot) -> None:
    if policies.can_decide(actor, slot):
        return
    if policies.can_preside(actor, slot.sitting, slot) and slot.decisions.exists():
        raise Refused(*RULES["decision_one_first_per_work"])
    raise Denied


def _require_ballots(slot: Slot) -> None:
    """Every member who sits for the passage has sealed, and they are a jury: the quorum is of those present."""
    present = Juror.objects.filter(sitting=slot.sitting_id).seated(slot.pk)
    sealed = present.filter(ballots__slot=slot, ballots__sealed_at__isnull=False).count()
    if not quorum_reached(sealed, slot.sitting.quorum):
        raise Refused(
            "decision.quorum",
            _("Le quorum n’est pas atteint : %(sealed)d bulletin(s) scellé(s) sur %(quorum)d."),
            sealed=sealed,
            quorum=slot.sitting.quorum,
        )
    if sealed < present.count():
        raise Refused("decision.unsealed", _("Tous les jurés présents n’ont pas encore scellé leur bulletin."))
    composition.require_lawful(findings_now(slot), "decision")


def _line(line: DeliberationLine, ruling: Ruling | None, levels: set[str]) -> DecisionLine:
    """The line to record: the ruling if there is one, else what was proposed."""
    name = text_of(line.grid.line)[:60]
    level = ruling.level if ruling and ruling.level else line.proposed
    if not level:
        raise Refused(
            "decision.undecided",
            _("Pas de majorité pour « %(name)s » : le président doit trancher."),
            name=name,
        )
    if level not in levels:
        raise Refused("decision.level", _("Ce niveau n’existe pas dans l’échelle du référentiel."))
    comment = kept(ruling.comment, texts.REMARK) if ruling else ""
    departs = level != line.proposed
    if departs and not comment:
        raise Refused("decision.reason", _("Motivez le niveau retenu pour « %(name)s »."), name=name)
    return DecisionLine(
        **on(line.grid.line),
        level=level,
        decided_by=DecidedBy.PRESIDENT if departs else line.proposed_by,
        votes=line.votes,
        comment=comment,
    )
