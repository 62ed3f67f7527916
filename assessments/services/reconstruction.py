"""What people rested on before it was frozen: made once, on the upgrade, of what is read then, and marked as such."""

from __future__ import annotations

from collections import Counter

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.domain.proposals import Proposal, Settled
from assessments.models import (
    Ballot,
    Decision,
    DecisionLine,
    DecisionNames,
    DocumentContent,
    JournalEntry,
    Review,
    Submission,
)
from assessments.models.grids import TakenFor
from assessments.selectors.grid import GridLine, computed_grid
from assessments.selectors.lines import place_of
from assessments.selectors.report_content import report_from
from assessments.services import bases, journal, seals
from assessments.services.seals import NAMES


def reconstruct() -> Counter[str]:
    """Freeze what every given review, passage with ballots and decision rests on. Returns how many of each.

    Each in a transaction of its own, so that it is taken up again where it was interrupted; nothing the second time.
    """
    counts: Counter[str] = Counter()
    for key in list(_unfrozen().order_by("pk").values_list("pk", flat=True)):
        _freeze(Submission.objects.get(pk=key))
        counts["grids"] += 1
    for key in list(Decision.objects.filter(names__isnull=True).order_by("pk").values_list("pk", flat=True)):
        _keep(Decision.objects.get(pk=key))
        counts["decisions"] += 1
    return counts


def _unfrozen() -> QuerySet[Submission]:
    reviewed = Exists(Review.objects.filter(submission=OuterRef("pk"), given_at__isnull=False))
    marked = Exists(Ballot.objects.filter(slot__submission=OuterRef("pk")))
    decided = Exists(Decision.objects.filter(submission=OuterRef("pk")))
    return Submission.objects.filter(Q(reviewed) | Q(marked) | Q(decided), snapshot__isnull=True)


@transaction.atomic
def _freeze(submission: Submission) -> None:
    """With the lines that were decided, whatever the work would be judged on today."""
    lines = list(computed_grid(submission).lines)
    known = {line.key for line in lines}
    decided = DecisionLine.objects.filter(decision__submission=submission).order_by("pk")
    others = {row.line_key: row.line for row in decided if row.line_key not in known}
    lines += [GridLine(line, [], Proposal.NONE, None, Settled.NOBODY) for line in others.values()]
    reviewed = Review.objects.filter(submission=submission, given_at__isnull=False).exists()
    bases.freeze(
        actor=None,
        submission=submission,
        taken_for=TakenFor.REVIEW if reviewed else TakenFor.BALLOTS,
        reconstructed=sorted(lines, key=lambda line: place_of(line.line)),
    )


@transaction.atomic
def _keep(decision: Decision) -> None:
    """Under a new seal, unless it is no longer what was sealed: that must still be found."""
    bases.keep(decision=decision, lines=list(decision.lines.order_by("pk")), names=_names_of(decision))
    sealed = JournalEntry.objects.filter(object_type="decision", object_id=decision.pk, payload__has_key="seal")
    seal = sealed.order_by("-number").values_list("payload__seal", flat=True).first()
    if seal and (decision.pk, seal) in seals.seals_of(seals.BY_NAME["decision"], [decision.pk], seals.version_of(seal)):
        journal.record(None, "decision.bases_kept", decision, seal=seals.seal_of(decision))


def _names_of(decision: Decision) -> DecisionNames:
    """As its document printed them, where that is kept; else as they are now."""
    names = bases.names_of(decision)
    printed = DocumentContent.objects.filter(document__decision=decision).first()
    if printed is not None:
        report = report_from(bytes(printed.content))
        for name in NAMES:
            setattr(names, name, getattr(report, name))
    return names
