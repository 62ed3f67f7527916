"""Who mentored whom, from the journal: a mentor of old never judges the candidate."""

from collections import defaultdict
from typing import Any

from django.db import migrations


def recall(apps: Any, schema_editor: Any) -> None:
    """A span for each mentor that the journal names, or that an enrolment has without the journal saying since when."""
    entries = apps.get_model("assessments", "JournalEntry").objects
    told = entries.filter(object_type="enrolment", verb__in=["enrolment.created", "enrolment.edited"])
    changes = defaultdict(list)
    for key, at, payload in told.order_by("number").values_list("object_id", "at", "payload"):
        changes[key].append((at, payload.get("after", payload).get("mentor")))
    users = set(apps.get_model("assessments", "User").objects.values_list("pk", flat=True))
    rows = apps.get_model("assessments", "Enrolment").objects.values_list("pk", "mentor", "created_at")
    spans = [span for row in rows for span in _spans(*row, changes[row[0]])]
    model = apps.get_model("assessments", "MentorSpan")
    model.objects.bulk_create(
        model(enrolment_id=key, mentor_id=mentor, since=since, until=until)
        for key, mentor, since, until in spans
        if mentor in users
    )


def _spans(key: int, mentor: int | None, created_at: Any, changes: list[Any]) -> list[Any]:
    """The last one is open if the enrolment has a mentor."""
    found: list[Any] = []
    for at, named in [*changes, (changes[-1][0] if changes else created_at, mentor)]:
        if found and found[-1][1] == named and found[-1][3] is None:
            continue
        if found and found[-1][3] is None:
            found[-1] = (*found[-1][:3], at)
        if named is not None:
            found.append((key, named, at, None))
    return found


class Migration(migrations.Migration):
    dependencies = [("assessments", "0033_seats_kept")]
    operations = [migrations.RunPython(recall, migrations.RunPython.noop)]
