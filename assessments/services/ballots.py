"""Ballots: blind marks, saved as they come, then sealed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

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
from assessments.services import bases, journal, versions, works
from assessments.services.errors import Denied, Refused
from assessments.services.locking import hold_passages
from assessments.services.seals import seal_of
from assessments.services.texts import kept

_CHANGED: Final = _(
    "Ce bulletin a été changé ailleurs depuis que vous l’avez sous les yeux : relisez-le, puis scellez."
)


@transaction.atomic
def open_ballot(*, actor: User, slot: Slot) -> Ballot:
    """The actor's ballot for the slot, created on first use; the first freezes the grid, where no review has.

    Raises Denied; Refused("jury.declaration") before the actor declared their independence for the sitting.
    """
    existing = Ballot.objects.filter(slot=slot, juror__user=actor).first()
    if existing is not None:
        return existing
    slot = _held(slot)
    if not policies.can_mark(actor, slot):
        raise Denied
    if not policies.has_declared(actor, slot.sitting):
        raise Refused("jury.declaration", _("Signez d’abord votre déclaration d’indépendance pour cette séance."))
    juror = Juror.objects.get(sitting=slot.sitting_id, user=actor)
    bases.freeze(actor=actor, submission=slot.submission, taken_for=TakenFor.BALLOTS)
    ballot, _created = Ballot.objects.get_or_create(slot=slot, juror=juror)
    return ballot


@transaction.atomic
def save_mark(*, actor: User, ballot: Ballot, line: Line, level: str, comment: str, base: int = 0) -> Mark:
    """Keep a mark while the ballot is open, for who read it at version ``base`` (0: there was none).

    Raises Denied; Refused("mark.level") for a level the edition's scale does not have; Refused("mark.line") for a
    line not left to the jury; Refused("text.too_long"); Stale when it was changed from elsewhere.
    """
    ballot = _locked(ballot)
    if not policies.can_write_ballot(actor, ballot):
        raise Denied
    scale = scale_of(ballot.slot.sitting.session.referential.scale)
    if level and level not in {item.code for item in scale}:
        raise Refused("mark.level", _("Ce niveau n’existe pas dans l’échelle du référentiel."))
    if key_of(line) not in jury_lines_of(ballot.slot.submission):
        raise Refused("mark.line", _("Ce point n’est pas à noter par le jury."))
    mark = Mark.objects.filter(ballot=ballot, **on(line)).first() or Mark(ballot=ballot, **on(line))
    return versions.keep(row=mark, base=base, level=level, comment=kept(comment, texts.REMARK))


@transaction.atomic
def save_ballot_comment(*, actor: User, ballot: Ballot, comment: str, base: int = 0) -> Ballot:
    """Keep the general appreciation while the ballot is open, for who read it at version ``base``.

    Raises Denied; Refused("text.too_long"); Stale when it was changed from elsewhere.
    """
    ballot = _locked(ballot)
    if not policies.can_write_ballot(actor, ballot):
        raise Denied
    return versions.keep(row=ballot, base=base, comment=kept(comment, texts.COMMENT))


@transaction.atomic
def seal(*, actor: User, ballot: Ballot, seen: int | None = None) -> Ballot:
    """Seal the ballot: frozen, and opened to the others once all are sealed; the first seal means *defended*.

    ``seen`` is the ``revision`` that the juror had before their eyes; None for whoever looks at no screen.
    Raises Denied; Refused("ballot.sealed") when it already is; Refused("ballot.early") before the defence begins;
    Refused("ballot.changed") when it was written from elsewhere since;
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
    marks = list(ballot.marks.all())
    if seen is not None and seen != revision(ballot, marks):
        raise Refused("ballot.changed", _CHANGED)
    marked = {mark.line_key for mark in marks if mark.level}
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


def revision(ballot: Ballot, marks: Iterable[Mark]) -> int:
    """Rises with each thing kept in the ballot: two readings of one revision say the same."""
    return ballot.version + sum(mark.version for mark in marks)


def _held(slot: Slot) -> Slot:
    """The passage and its work under a lock, then read: nobody moves it to other jurors meanwhile."""
    hold_passages([slot.pk])
    return Slot.objects.select_related("sitting", "submission", "work__enrolment").get(pk=slot.pk)


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
