"""Comparison of the works of a session: keep sketches, compare, record, have compared again.

A work that comes is compared with all the others of its session; those nearest to it are then compared again, so that
a work handed in first tells of the later one too. Each comparison replaces what the one before had found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessments.dispatch import COMPARE, ring
from assessments.domain import similarity as rules
from assessments.domain.leases import COMPARED
from assessments.models import Likeness, Submission, SubmissionSketch
from assessments.services import facts, leases
from assessments.services.leases import Kind, LeaseLost
from evaluator import similarity as engine
from evaluator.facts import BY_NAME
from evaluator.similarity.facts import passages_json

FACT = "fingerprints"
_AT_ONCE = 200  # sketches held in memory, and comparisons asked for, in one go


KIND = Kind(
    model=SubmissionSketch,
    task=COMPARE,
    policy=COMPARED,
    waiting={},
    held={},
    dead=lambda sketch: {},
    related=("submission__work__enrolment",),
)


@transaction.atomic
def keep(*, submission: Submission, fingerprints: Mapping[str, Any]) -> None:
    """Keep the sketch of a submission and have it compared; a second call with the same extractor changes nothing."""
    code, text = engine.sketch_of(fingerprints).to_bytes()
    version = BY_NAME[FACT].version
    kept = SubmissionSketch.objects.filter(submission=submission).first()
    if kept is not None and kept.extractor_version == version:
        return
    fields = {"code": code, "text": text, "extractor_version": version, "read_at": timezone.now()}
    fields |= leases.due(COMPARED)
    sketch, _made = SubmissionSketch.objects.update_or_create(submission=submission, defaults=fields)
    ring(COMPARE, sketch.pk)


def compare(*, sketch_id: int) -> None:
    """Compare a work that is due. Safe to deliver twice: the second delivery finds it compared, or being compared."""
    sketch = leases.claim(KIND, sketch_id)
    if sketch is None:
        return
    with leases.hold(KIND, sketch):
        own = engine.Sketch.from_bytes(bytes(sketch.code), bytes(sketch.text))
        found = engine.compare(own, _others(sketch), limit=rules.NEAREST)
        _record(sketch, found, _likenesses(sketch.submission, found))


def comparable(submission: Submission) -> QuerySet[SubmissionSketch]:
    """The sketches of the other candidates of the session, of every version that they handed in."""
    enrolment = submission.work.enrolment
    return SubmissionSketch.objects.filter(submission__work__enrolment__session=enrolment.session_id).exclude(
        submission__work__enrolment__candidate=enrolment.candidate_id
    )


def _others(sketch: SubmissionSketch) -> Iterator[engine.Work]:
    """Met one by one from a cursor of the database: 16 kB each for two thousand fingerprints."""
    rows = comparable(sketch.submission).filter(extractor_version=sketch.extractor_version)
    names = ("submission", "submission__work", "submission__work__enrolment__candidate", "code", "text")
    ordered = rows.order_by("submission__work__enrolment__candidate", "submission").values_list(*names)
    for key, work, owner, code, text in ordered.iterator(chunk_size=_AT_ONCE):
        yield engine.Work(key, work, owner, engine.Sketch.from_bytes(bytes(code), bytes(text)))


def _likenesses(submission: Submission, found: engine.Compared) -> list[Likeness]:
    own = facts.read(submission=submission, name=FACT) or {"units": []}
    others = Submission.objects.select_related("bundle").in_bulk([each.key for each in found.nearest])
    return [_likeness(submission, own, others[each.key], each, found.ignored) for each in found.nearest]


def _likeness(
    submission: Submission, own: Mapping[str, Any], other: Submission, found: engine.Nearest, ignored: frozenset[int]
) -> Likeness:
    read = facts.read(submission=other, name=FACT) or {"units": []}
    passages = engine.passages_of(own, read, ignored=ignored, limit=rules.PASSAGES)
    return Likeness(
        submission=submission,
        other=other,
        share=found.share,
        text=found.text,
        strength=found.strength,
        shared=found.shared,
        passages=passages_json(passages),
    )


@transaction.atomic
def _record(sketch: SubmissionSketch, found: engine.Compared, rows: list[Likeness]) -> None:
    """Replace what the comparison before had found. Raises LeaseLost where the sketch is another one by now."""
    held = leases.held(KIND, sketch).select_for_update().first()
    if held is None:
        raise LeaseLost
    Likeness.objects.filter(submission=sketch.submission_id).delete()
    Likeness.objects.bulk_create(rows)
    leases.settle(KIND, sketch, compared_at=timezone.now(), people=found.people, common=found.common)
    _ask(SubmissionSketch.objects.filter(submission__in=[row.other_id for row in rows], compared_at__lt=held.read_at))


def _ask(sketches: QuerySet[SubmissionSketch]) -> int:
    """Have these compared again, unless that is to be done already. Returns how many."""
    keys = list(sketches.filter(due_at__isnull=True).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])
    return len(leases.wake(KIND, SubmissionSketch.objects.filter(pk__in=keys)))


@transaction.atomic
def renew() -> int:
    """Have compared again, the oldest first, what was compared a day ago and before other works came.

    In the sessions that have not ended: what many people have, and counts no more, changes with them. Returns how many.
    """
    now = timezone.now()
    later = SubmissionSketch.objects.filter(
        submission__work__enrolment__session=OuterRef("submission__work__enrolment__session"),
        read_at__gt=OuterRef("compared_at"),
    )
    old = SubmissionSketch.objects.filter(
        Exists(later),
        submission__work__enrolment__session__ends_on__gte=timezone.localdate(),
        compared_at__lte=now - rules.OLD,
    )
    return _ask(old.order_by("compared_at"))
