import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ERASABLE = """
CREATE FUNCTION jalon_refuse_named_bundle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        OR EXISTS (SELECT 1 FROM assessments_submission WHERE bundle_id = OLD.sha256)
        OR EXISTS (SELECT 1 FROM assessments_upload WHERE bundle_id = OLD.sha256)
    THEN
        RAISE EXCEPTION '% is frozen: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER frozen ON assessments_bundle;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON assessments_bundle
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_named_bundle();
"""

FROZEN = """
DROP TRIGGER frozen ON assessments_bundle;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON assessments_bundle
    FOR EACH ROW WHEN (true) EXECUTE FUNCTION jalon_refuse_change();
DROP FUNCTION jalon_refuse_named_bundle();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0012_received_at")]
    operations = [
        migrations.CreateModel(
            name="Intake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "size",
                    models.BigIntegerField(default=0, help_text="Bytes received, pieces sent twice counted twice."),
                ),
                ("whole", models.BooleanField(default=False)),
                ("at", models.DateTimeField(help_text="When the last of them came.")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "upload",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="intake",
                        to="assessments.upload",
                    ),
                ),
            ],
            options={
                "verbose_name": "réception",
                "verbose_name_plural": "réceptions",
                "ordering": ["-at"],
                "indexes": [models.Index(fields=["person", "at"], name="intake_person_idx")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gte", 0)), name="intake_size_positive")
                ],
            },
        ),
        migrations.RunSQL(ERASABLE, FROZEN),
    ]
