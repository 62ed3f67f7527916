"""Ballots: blind marks, saved as they come, then sealed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.passages import begun
from assessments.domain.scale import scale_of
from assessments.domain.workflow import WorkEvent, WorkState
from assessments.models import Ballot, EarlyOpening, Juror, Line, Mark, Slot, User, Work
from assessments.models.grids import TakenFor
from assessments.models.lines import key_of, on
from assessments.selectors.grid import jury_lines_of
from assessments.services import bases, journal, works
from assessments.services.errors import Denied, Refused
from assessments.services.seals import seal_of
from assessments.services.texts import kept


@transaction.atomic
def open_ballot(*, actor: User, slot: Slot) -> Ballot:
    """The actor's ballot for the slot, created on first use; the first freezes the grid, where no review has.

    Raises Denied; Refused("jury.declaration") before the actor declared their independence for the sitting.
    """
    existing = Ballot.objects.filter(slot=slot, juror__user=actor).first()
    if existing is not None:
        return existing
    if not policies.can_mark(actor, slot):
        raise Denied
    if not policies.has_declared(actor, slot.sitting):
        raise Refused("jury.declaration", _("Signez d’abord votre déclaration d’indépendance pour cette séance."))
    juror = Juror.objects.get(sitting=slot.sitting_id, user=actor)
    bases.freeze(actor=actor, submission=slot.submission, taken_for=TakenFor.BALLOTS)
    ballot, _created = Ballot.objects.get_or_create(slot=slot, juror=juror)
    return ballot


@transaction.atomic
def save_mark(*, actor: User, ballot: Ballot, line: Line, level: str, comment: str) -> Mark | None:
    """Keep a mark while the ballot is open; an empty level with an empty comment removes it.

    Raises Denied; Refused("mark.level") for a level the edition's scale does not have; Refused("mark.line") for a
    line not left to the jury; Refused("text.too_long").
    """
    ballot = _locked(ballot)
    if not policies.can_write_ballot(actor, ballot):
        raise Denied
    scale = scale_of(ballot.slot.sitting.session.referential.scale)
    if level and level not in {item.code for item in scale}:
        raise Refused("mark.level", _("Ce niveau n’existe pas dans l’échelle du référentiel."))
    if key_of(line) not in jury_lines_of(ballot.slot.submission):
        raise Refused("mark.line", _("Ce point n’est pas à noter par le jury."))
    comment = kept(comment, texts.REMARK)
    if not level and not comment:
        Mark.objects.filter(ballot=ballot, **on(line)).delete()
        return None
    mark, _created = Mark.objects.update_or_create(
        ballot=ballot, **on(line), defaults={"level": level, "comment": comment}
    )
    return mark


@transaction.atomic
def save_ballot_comment(*, actor: User, ballot: Ballot, comment: str) -> Ballot:
    """Keep the general appreciation while the ballot is open. Raises Denied; Refused("text.too_long")."""
    ballot = _locked(ballot)
    if not policies.can_write_ballot(actor, ballot):
        raise Denied
    ballot.comment = kept(comment, texts.COMMENT)
    ballot.save(update_fields=["comment"])
    return ballot


@transaction.atomic
def seal(*, actor: User, ballot: Ballot) -> Ballot:
    """Seal the ballot: frozen, and opened to the others once all are sealed; the first seal means *defended*.

    Raises Denied; Refused("ballot.sealed") when it already is; Refused("ballot.early") before the defence begins;
    Refused("ballot.incomplete", missing=n) while a line left to the jury has no level;
    Refused("text.too_long") for an appreciation written before there was a bound.
    """
    Slot.objects.select_for_update(no_key=True).get(pk=ballot.slot_id)  # nobody leaves the jury meanwhile
    ballot = _locked(ballot)
    if ballot.juror.user_id == actor.pk and ballot.sealed_at is not None:
        raise Refused("ballot.sealed", _("Ce bulletin est déjà scellé : rechargez la page."))
    if not policies.can_write_ballot(actor, ballot):
        raise Denied
    early = EarlyOpening.objects.filter(slot=ballot.slot_id).exists()
    if not begun(ballot.slot.starts_at, timezone.now(), opened_early=early):
        raise Refused(
            "ballot.early", _("La soutenance n’a pas commencé : votre bulletin se scelle à partir de son heure.")
        )
    marked = {mark.line_key for mark in ballot.marks.exclude(level="")}
    missing = len(jury_lines_of(ballot.slot.submission) - marked)
    if missing:
        raise Refused(
            "ballot.incomplete",
            _("Il reste %(missing)d point(s) à noter avant de sceller."),
            missing=missing,
        )
    kept(ballot.comment, texts.COMMENT)
    work = Work.objects.select_for_update(no_key=True).get(pk=ballot.slot.work_id)
    ballot.sealed_at = timezone.now()
    ballot.save(update_fields=["sealed_at"])
    journal.record(actor, "ballot.sealed", ballot, slot=ballot.slot_id, seal=seal_of(ballot))
    if WorkState(work.state) is WorkState.SCHEDULED:
        works.move(work=work, event=WorkEvent.DEFEND, actor=actor, slot=ballot.slot_id)
    return ballot


def _locked(ballot: Ballot) -> Ballot:
    """The ballot under a lock, then read with what the rules ask of it, as the act that held the lock left it."""
    Ballot.objects.select_for_update(no_key=True).get(pk=ballot.pk)
    read = Ballot.objects.select_related(
        "juror",
        "slot__sitting__session__referential",
        "slot__work__enrolment",
        "slot__submission__work__assessment",
    )
    return read.get(pk=ballot.pk)
