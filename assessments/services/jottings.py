"""What is written on the day for oneself, kept as it comes: a juror's private notes, the president's rulings."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.scale import scale_of
from assessments.models import Ballot, Line, LineState, MarkNote, MotiveDraft, RulingDraft, Slot, User
from assessments.models.lines import key_of, on
from assessments.selectors.grid import jury_lines_of
from assessments.services import versions
from assessments.services.errors import Denied, Refused
from assessments.services.texts import kept


@transaction.atomic
def save_note(*, actor: User, ballot: Ballot, line: Line, flagged: bool, text: str, base: int) -> MarkNote:
    """Keep the juror's own note on a line left to the jury, also after the seal, until the decision.

    Raises Denied; Refused("mark.line"); Refused("text.too_long"); Stale when it was changed from elsewhere.
    """
    Ballot.objects.select_for_update(no_key=True).get(pk=ballot.pk)
    read = Ballot.objects.select_related("juror", "slot__work__enrolment", "slot__submission")
    ballot = read.get(pk=ballot.pk)
    if not policies.can_write_note(actor, ballot):
        raise Denied
    if key_of(line) not in jury_lines_of(ballot.slot.submission):
        raise Refused("mark.line", _("Ce point n’est pas à noter par le jury."))
    note = MarkNote.objects.filter(ballot=ballot, **on(line)).first() or MarkNote(ballot=ballot, **on(line))
    return versions.keep(row=note, base=base, flagged=flagged, text=kept(text, texts.REMARK))


@transaction.atomic
def save_ruling(*, actor: User, slot: Slot, line: Line, level: str, comment: str, base: int) -> RulingDraft:
    """Keep what the president has typed for a line; nothing is decided by it.

    Raises Denied; Refused("decision.line") for a line that is not of the work; Refused("decision.level");
    Refused("text.too_long"); Stale when it was changed from elsewhere.
    """
    slot = _locked(actor, slot)
    if not LineState.objects.filter(snapshot__submission=slot.submission_id, **on(line)).exists():
        raise Refused("decision.line", _("Ce point n’est pas de cette épreuve."))
    if level and level not in {item.code for item in scale_of(slot.sitting.session.referential.scale)}:
        raise Refused("decision.level", _("Ce niveau n’existe pas dans l’échelle du référentiel."))
    draft = RulingDraft.objects.filter(slot=slot, **on(line)).first() or RulingDraft(slot=slot, **on(line))
    draft.by = actor
    return versions.keep(row=draft, base=base, level=level, comment=kept(comment, texts.REMARK))


@transaction.atomic
def save_motive(*, actor: User, slot: Slot, motive: str, base: int) -> MotiveDraft:
    """Keep the reasons that the president is writing. Raises Denied; Refused("text.too_long"); Stale."""
    slot = _locked(actor, slot)
    draft = MotiveDraft.objects.filter(slot=slot).first() or MotiveDraft(slot=slot)
    draft.by = actor
    return versions.keep(row=draft, base=base, motive=kept(motive, texts.COMMENT))


def erase(*, slot: Slot) -> None:
    """What was written to come to a decision is gone with it: notes, rulings, reasons as they were being typed.

    Of a passage that the caller holds; a note that is being kept is waited for.
    """
    list(Ballot.objects.select_for_update(no_key=True).filter(slot=slot).order_by("pk"))
    MarkNote.objects.filter(ballot__slot=slot).delete()
    RulingDraft.objects.filter(slot=slot).delete()
    MotiveDraft.objects.filter(slot=slot).delete()


def _locked(actor: User, slot: Slot) -> Slot:
    """The passage under the lock that the decision takes. Raises Denied to all but who may decide it now."""
    Slot.objects.select_for_update(no_key=True).get(pk=slot.pk)
    found = Slot.objects.select_related("sitting__session__referential", "work__enrolment").get(pk=slot.pk)
    if not policies.can_decide(actor, found):
        raise Denied
    return found
