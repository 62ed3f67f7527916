"""Tokens of the API: several a person, hashed, scoped, expiring. Those given before keep working, hashed in place."""

import hashlib
from datetime import timedelta

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

FORMER_TABLE = "authtoken_token"
DAYS = 90


def hash_in_place(apps, schema_editor):
    """Each token in clear becomes the digest of itself, with an end; then nothing of the clear is kept."""
    token = apps.get_model("assessments", "ApiToken")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [FORMER_TABLE])
        if cursor.fetchone()[0] is None:
            return
        cursor.execute(f"SELECT key, created, user_id FROM {FORMER_TABLE}")  # noqa: S608 - a constant
        former = cursor.fetchall()
    now = timezone.now()
    token.objects.bulk_create(
        token(
            user_id=user,
            name="Jeton antérieur",
            digest=hashlib.sha256(key.encode()).hexdigest(),
            hint=key[:4],
            scopes=["read", "deposit"],
            created_at=created,
            expires_at=now + timedelta(days=DAYS),
        )
        for key, created, user in former
    )
    schema_editor.execute(f"DROP TABLE {FORMER_TABLE}")
    # The former owner of the table would make it again, should anyone go back.
    schema_editor.execute("DELETE FROM django_migrations WHERE app = 'authtoken'")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0015_one_address")]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("hint", models.CharField(blank=True, max_length=12)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                ("exchanged", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "jeton d’accès",
                "verbose_name_plural": "jetons d’accès",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scopes__contained_by", ["read", "deposit"]), ("scopes__len__gt", 0)),
                        name="api_token_scopes_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="api_token_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.RunPython(hash_in_place, migrations.RunPython.noop),
    ]
