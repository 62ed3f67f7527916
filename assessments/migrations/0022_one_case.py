"""An address stands in lower case, as it is written since the first version: it is found by its index, as it is."""

from django.db import migrations, models
from django.db.models.functions import Lower

# No two become the same: the earlier index was unique on LOWER(email).
LOWERED = "UPDATE assessments_user SET email = lower(email) WHERE email <> lower(email);"


class Migration(migrations.Migration):
    dependencies = [("assessments", "0021_unread_columns")]

    operations = [
        migrations.RunSQL(LOWERED, migrations.RunSQL.noop),
        migrations.RemoveConstraint("user", "user_email_unique"),
        migrations.AddConstraint("user", models.UniqueConstraint(fields=["email"], name="user_email_unique")),
        migrations.AddConstraint(
            "user", models.CheckConstraint(condition=models.Q(("email", Lower("email"))), name="user_email_lower")
        ),
    ]
