"""The log of accesses: rows are added, never changed, and removed by the owner once their time is over."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What is older than thirty days may go, and only as the owner of the table: the application's own role goes through
# the function.
KEEP = """
CREATE FUNCTION jalon_keep_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '30 days'
            AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is kept: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION jalon_purge_access(before timestamptz) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM assessments_accessevent WHERE at < before RETURNING 1) SELECT count(*) FROM gone;
$$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON assessments_accessevent
    FOR EACH ROW EXECUTE FUNCTION jalon_keep_access();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON assessments_accessevent
    FOR EACH STATEMENT EXECUTE FUNCTION jalon_keep_access();
"""

LET_GO = """
DROP TRIGGER kept_whole ON assessments_accessevent;
DROP TRIGGER kept ON assessments_accessevent;
DROP FUNCTION jalon_purge_access(timestamptz);
DROP FUNCTION jalon_keep_access();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0016_api_tokens")]

    operations = [
        migrations.CreateModel(
            name="AccessEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=30)),
                ("claimed", models.CharField(blank=True, max_length=16)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("agent", models.CharField(blank=True, max_length=200)),
                ("details", models.JSONField(blank=True, default=dict)),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "accès",
                "verbose_name_plural": "accès",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["-at"], name="access_at_idx"),
                    models.Index(fields=["person", "-at"], name="access_person_idx"),
                    models.Index(fields=["kind", "-at"], name="access_kind_idx"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
