"""Mails are rows until a worker has sent them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0010_print_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
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
                ("recipients", models.JSONField()),
                ("subject", models.CharField(max_length=998)),
                ("message_id", models.CharField(max_length=255, unique=True)),
                ("content", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "à envoyer"), ("sent", "envoyé"), ("dead", "abandonné")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "courriel",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="mail_due_idx")
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
                        name="mail_lease_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__isnull", True), ("ring_at__isnull", False), _connector="OR"),
                        name="mail_due_is_rung",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "sent", "dead"])), name="mail_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), _negated=True), ("due_at__isnull", False), _connector="OR"
                        ),
                        name="mail_waiting_is_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content", {}), ("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="mail_sent_is_erased",
                    ),
                ],
            },
        ),
    ]
