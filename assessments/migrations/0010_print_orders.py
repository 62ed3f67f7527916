"""A row for each document to print; what was decided and never printed is ordered."""

import django.db.models.deletion
from django.db import migrations, models

ORDER = """
INSERT INTO assessments_printorder (decision_id, kind, state, due_at, ring_at, rings, attempts, fault_code, fault_params)
SELECT id, 'evaluation_report', 'waiting', decided_at, now(), 0, 0, '', '{}' FROM assessments_decision
WHERE NOT EXISTS (
    SELECT FROM assessments_document
    WHERE decision_id = assessments_decision.id AND assessments_document.kind = 'evaluation_report'
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0009_leases"),
    ]

    operations = [
        migrations.CreateModel(
            name="PrintOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("ring_at", models.DateTimeField(blank=True, null=True)),
                ("rings", models.PositiveSmallIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_token", models.UUIDField(blank=True, null=True)),
                ("lease_expires_at", models.DateTimeField(blank=True, null=True)),
                ("heartbeat_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("fault_code", models.CharField(blank=True, max_length=80)),
                ("fault_params", models.JSONField(blank=True, default=dict)),
                ("kind", models.CharField(choices=[("evaluation_report", "rapport d’évaluation")], max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "à imprimer"), ("issued", "délivré"), ("dead", "abandonné de notre fait")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="print_orders",
                        to="assessments.decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "document à imprimer",
                "verbose_name_plural": "documents à imprimer",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="print_order_due_idx"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_expires_at__isnull", True), ("lease_token__isnull", True)),
                            models.Q(
                                ("due_at__isnull", False),
                                ("lease_expires_at__isnull", False),
                                ("lease_token__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="print_order_lease_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__isnull", True), ("ring_at__isnull", False), _connector="OR"),
                        name="print_order_due_is_rung",
                    ),
                    models.UniqueConstraint(fields=("decision", "kind"), name="print_order_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "issued", "dead"])), name="print_order_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), _negated=True), ("due_at__isnull", False), _connector="OR"
                        ),
                        name="print_order_waiting_is_due",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ORDER, migrations.RunSQL.noop),
    ]
