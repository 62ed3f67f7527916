"""One set of columns for everything that waits for a worker; what waited or was held keeps waiting, or is held still."""

from django.db import migrations, models
from django.db.models import Q

COLUMNS = {
    "due_at": lambda: models.DateTimeField(blank=True, null=True),
    "ring_at": lambda: models.DateTimeField(blank=True, null=True),
    "rings": lambda: models.PositiveSmallIntegerField(default=0),
    "attempts": lambda: models.PositiveSmallIntegerField(default=0),
    "lease_token": lambda: models.UUIDField(blank=True, null=True),
    "lease_expires_at": lambda: models.DateTimeField(blank=True, null=True),
    "heartbeat_at": lambda: models.DateTimeField(blank=True, null=True),
    "started_at": lambda: models.DateTimeField(blank=True, null=True),
    "fault_code": lambda: models.CharField(blank=True, max_length=80),
    "fault_params": lambda: models.JSONField(blank=True, default=dict),
}
THERE = {
    # model: the columns that it has already
    "evaluationrun": {
        *("attempts", "lease_token", "lease_expires_at", "heartbeat_at", "started_at", "fault_code", "fault_params")
    },
    "upload": {"attempts", "lease_expires_at", "fault_code", "fault_params"},
    "referentialimport": {"attempts", "lease_token", "lease_expires_at"},
    "referenceversion": {"attempts", "lease_token", "lease_expires_at"},
    "probedaddress": {"due_at"},
    "submissionsketch": {"due_at"},
}
PREFIXES = {
    "evaluationrun": "run",
    "upload": "upload",
    "referentialimport": "import",
    "referenceversion": "reference",
    "probedaddress": "probed_address",
    "submissionsketch": "sketch",
}
# What waited is due since the moment it came, and rung for now. A lease is kept by whoever proves it with a token:
# an inspection and a call had none, and are taken up anew.
CARRY = """
SET CONSTRAINTS ALL IMMEDIATE; -- a row written twice would keep its check for later, and the table from being altered
UPDATE assessments_evaluationrun SET due_at = queued_at, ring_at = now() WHERE status IN ('queued', 'running');
UPDATE assessments_evaluationrun SET lease_expires_at = NULL WHERE lease_token IS NULL;
UPDATE assessments_evaluationrun SET lease_token = NULL, lease_expires_at = NULL WHERE due_at IS NULL;
UPDATE assessments_upload SET due_at = created_at, ring_at = now() WHERE state = 'inspecting';
UPDATE assessments_upload SET lease_expires_at = NULL;
UPDATE assessments_referentialimport SET due_at = created_at, ring_at = now() WHERE state = 'reading';
UPDATE assessments_referentialimport SET lease_token = NULL, lease_expires_at = NULL
    WHERE lease_token IS NULL OR due_at IS NULL;
UPDATE assessments_referenceversion SET due_at = received_at, ring_at = now() WHERE state = 'reading';
UPDATE assessments_referenceversion SET lease_token = NULL, lease_expires_at = NULL
    WHERE state <> 'in_force' AND (lease_token IS NULL OR due_at IS NULL);
UPDATE assessments_referenceversion SET fault_code = fault->>'code', fault_params = fault->'params'
    WHERE state <> 'in_force' AND fault ? 'code';
UPDATE assessments_probedaddress SET ring_at = due_at WHERE due_at IS NOT NULL;
UPDATE assessments_submissionsketch SET ring_at = due_at WHERE due_at IS NOT NULL;
"""
# The names that the columns had; those who hold a lease keep it.
CARRY_BACK = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE assessments_evaluationrun SET lease_expires_at = ring_at WHERE status = 'queued';
UPDATE assessments_upload SET lease_expires_at = ring_at, claimed = false WHERE state = 'inspecting';
UPDATE assessments_referentialimport SET lease_expires_at = coalesce(lease_expires_at, ring_at) WHERE state = 'reading';
UPDATE assessments_referenceversion SET lease_expires_at = coalesce(lease_expires_at, ring_at) WHERE state = 'reading';
UPDATE assessments_referenceversion SET fault = jsonb_build_object('code', fault_code, 'params', fault_params)
    WHERE state <> 'in_force' AND fault_code <> '';
"""


def added(model):
    return [migrations.AddField(model, name, field()) for name, field in COLUMNS.items() if name not in THERE[model]]


def constrained(model, prefix):
    free = Q(lease_token__isnull=True, lease_expires_at__isnull=True)
    held = Q(lease_token__isnull=False, lease_expires_at__isnull=False, due_at__isnull=False)
    rung = Q(due_at__isnull=True) | Q(ring_at__isnull=False)
    return [
        migrations.AddConstraint(model, models.CheckConstraint(condition=free | held, name=f"{prefix}_lease_whole")),
        migrations.AddConstraint(model, models.CheckConstraint(condition=rung, name=f"{prefix}_due_is_rung")),
    ]


def due_while(model, name, **waiting):
    condition = ~Q(**waiting) | Q(due_at__isnull=False)
    return migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))


def indexed(model):
    index = models.Index(fields=["due_at"], name=f"{PREFIXES[model]}_due_idx", condition=Q(due_at__isnull=False))
    return migrations.AddIndex(model, index)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0008_similarity")]

    operations = [
        *(operation for model in THERE for operation in added(model)),
        migrations.RemoveConstraint("evaluationrun", "run_running_has_lease"),
        migrations.RemoveConstraint("referentialimport", "import_reading_has_lease"),
        migrations.RemoveConstraint("referenceversion", "reference_reading_has_lease"),
        migrations.RunSQL(CARRY, CARRY_BACK),
        migrations.RemoveIndex("evaluationrun", "run_lease_idx"),
        migrations.RemoveIndex("referentialimport", "import_lease_idx"),
        migrations.RemoveIndex("referenceversion", "reference_lease_idx"),
        migrations.RemoveField("upload", "claimed"),
        migrations.RemoveField("referenceversion", "fault"),
        *(migrations.RemoveField("probedaddress", name) for name in ("claimed_until", "rung_at")),
        *(migrations.RemoveField("submissionsketch", name) for name in ("claimed_until", "rung_at")),
        *(indexed(model) for model in ("evaluationrun", "upload", "referentialimport", "referenceversion")),
        migrations.AddIndex("evaluationrun", models.Index(fields=["started_at"], name="run_started_idx")),
        *(operation for model, prefix in PREFIXES.items() for operation in constrained(model, prefix)),
        migrations.AddConstraint(
            "evaluationrun",
            models.CheckConstraint(
                condition=~Q(status="running") | Q(lease_token__isnull=False), name="run_running_has_lease"
            ),
        ),
        due_while("evaluationrun", "run_active_is_due", status__in=["queued", "running"]),
        due_while("upload", "upload_inspecting_is_due", state="inspecting"),
        due_while("referentialimport", "import_reading_is_due", state="reading"),
        due_while("referenceversion", "reference_reading_is_due", state="reading"),
    ]
