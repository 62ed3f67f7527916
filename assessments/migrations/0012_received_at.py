from django.db import migrations, models
from django.db.models import F, Q


def what_came_whole(apps, schema_editor):
    """A file could only come in before the deadline: of those that came, the moment they were announced is known."""
    whole = apps.get_model("assessments", "Upload").objects.exclude(state="receiving")
    whole.filter(offset=F("size")).update(received_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("assessments", "0011_outgoing_mail")]
    operations = [
        migrations.AddField(
            "upload",
            "received_at",
            models.DateTimeField(blank=True, help_text="The moment of the last byte.", null=True),
        ),
        migrations.RunPython(what_came_whole, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            "upload",
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(offset=F("size")), name="upload_received_is_whole"
            ),
        ),
    ]
