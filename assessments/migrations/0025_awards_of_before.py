"""A bloc that was declared acquired by the former rule stays so: an award says it, made from its decisions.

The former rule: a bloc is acquired once the current decision on each of its épreuves says so, in whatever sessions of
the edition. The award is dated and signed like the last of these decisions; its reasons say ``reconstructed``.
The seal is written here in its version 2, and the journal's row in its version 2, whatever they become later.
"""

from collections import defaultdict

from django.db import connection, migrations
from django.utils import timezone

from assessments.domain.digests import chained, digest

_CHAIN_LOCK = 0x4A414C4F
REASONS = [{"code": "reconstructed", "params": {}}]


def reconstruct(apps, schema_editor):
    """Make the awards, each with its act in the journal."""
    Award = apps.get_model("assessments", "Award")
    found = list(_won(apps))
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_CHAIN_LOCK])
    decided_at = Award._meta.get_field("decided_at")
    decided_at.auto_now_add = False  # the moment of the decision, not of the upgrade
    try:
        for decisions in found:
            _award(apps, decisions)
    finally:
        decided_at.auto_now_add = True


def _won(apps):
    """The decisions that won each bloc, the last one last."""
    Decision = apps.get_model("assessments", "Decision")
    Assessment = apps.get_model("referentials", "Assessment")
    acquired = defaultdict(dict)
    current = Decision.objects.filter(superseded_by__isnull=True, outcome="acquired", bloc__isnull=False)
    for decision in current.select_related("work__enrolment", "slot").order_by("decided_at", "pk"):
        acquired[decision.work.enrolment.candidate_id, decision.bloc_id][decision.work.assessment_id] = decision
    asked = defaultdict(set)
    for key, bloc in Assessment.objects.filter(bloc__isnull=False).values_list("pk", "bloc"):
        asked[bloc].add(key)
    for (_candidate, bloc), by_assessment in sorted(acquired.items()):
        if by_assessment.keys() >= asked[bloc]:
            yield sorted(by_assessment.values(), key=lambda decision: (decision.decided_at, decision.pk))


def _award(apps, decisions):
    Award = apps.get_model("assessments", "Award")
    AwardBasis = apps.get_model("assessments", "AwardBasis")
    last = decisions[-1]
    there = Award.objects.filter(enrolment=last.work.enrolment_id, scope="unit", bloc=last.bloc_id)
    if there.exists():
        return
    award = Award.objects.create(
        enrolment_id=last.work.enrolment_id, sitting_id=last.slot.sitting_id, scope="unit", bloc_id=last.bloc_id,
        outcome="acquired", proposal="acquired", reasons=REASONS, decided_by_id=last.decided_by_id,
        decided_at=last.decided_at,
    )  # fmt: skip
    AwardBasis.objects.bulk_create(AwardBasis(award=award, decision=decision) for decision in decisions)
    _journal(apps, award)


def _journal(apps, award):
    JournalEntry = apps.get_model("assessments", "JournalEntry")
    last = JournalEntry.objects.order_by("-number").first()
    number, previous = (last.number, last.hash) if last else (0, "")
    entry = JournalEntry(
        number=number + 1, at=timezone.now(), verb="award.reconstructed", object_type="award", object_id=award.pk,
        payload={"enrolment": award.enrolment_id, "bloc": award.bloc_id, "seal": _seal(apps, award)},
        previous_hash=previous, version=2,
    )  # fmt: skip
    content = {
        "at": entry.at.isoformat(), "actor": None, "verb": entry.verb, "object": ["award", award.pk],
        "payload": entry.payload, "version": 2, "number": entry.number,
    }  # fmt: skip
    entry.hash = chained(previous, content)
    entry.save(force_insert=True)


def _seal(apps, award):
    """As ``services.seals`` gives it in version 2."""
    fields = (
        "pk", "enrolment_id", "sitting_id", "scope", "bloc_id", "outcome", "proposal", "reasons", "motive",
        "decided_by_id", "decided_at", "supersedes_id", "enrolment__session__referential__content_hash",
    )  # fmt: skip
    row = apps.get_model("assessments", "Award").objects.filter(pk=award.pk).values(*fields).get()
    row["decided_at"] = row["decided_at"].isoformat()
    bases = apps.get_model("assessments", "AwardBasis").objects.filter(award=award.pk).order_by("pk")
    under = [list(bases.values("pk", "award_id", "decision_id", "earlier_id", "carried_id"))]
    return f"2:{digest(['award', {'row': row, 'under': under}])}"


class Migration(migrations.Migration):
    dependencies = [("assessments", "0024_attempts_and_appeals")]

    operations = [migrations.RunPython(reconstruct, migrations.RunPython.noop, elidable=False)]
